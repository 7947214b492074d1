"""PermitService over gRPC: applications and what becomes of them.

No answer of a write holds the name of who applies: idempotency keeps those.
"""

from datetime import date

from services.economy import money
from services.economy.permit_documents import store as documents
from services.economy.permit_papers import store as papers
from services.economy.permits import access, names, store
from services.economy.permits.model import Move, Permit, State, Wanted
from services.economy.permitting import actions, views
from services.economy.permitting.actions import Filter
from services.economy.returns import store as returns
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import permits_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreatePermitRequest) -> pb.CreatePermitResponse:
    """Begins an application."""
    made = await actions.create(tx, request.kind, _wanted(request), _line(request.holder), request.extends)
    return pb.CreatePermitResponse(permit=await _whole(tx, made))


@rpc
async def rewrite(tx: Transaction, request: pb.UpdatePermitRequest) -> pb.UpdatePermitResponse:
    """Changes one before it is sent."""
    done = await actions.rewrite(tx, request.code, request.etag, _wanted(request), _line(request.holder))
    return pb.UpdatePermitResponse(permit=await _whole(tx, done))


@rpc
async def read(tx: Transaction, request: pb.GetPermitRequest) -> pb.GetPermitResponse:
    """Reads one."""
    found = await access.known(tx, request.code)
    shown = await _whole(tx, found, holder=names.unseal(tx.runtime, found))
    paper = await papers.get(tx, found.id) if shown.own and shown.has_paper else None
    shown.signature = paper.signature if paper else ""
    if found.payments and (ready := await returns.ready(tx, found.code)):
        shown.cash_ready.CopyFrom(money.to_proto(sum(ready.values()), tx.runtime.city.currency))
        shown.cash_payments.extend(ready)
    return pb.GetPermitResponse(permit=shown)


@rpc
async def page(tx: Transaction, request: pb.ListPermitsRequest) -> pb.ListPermitsResponse:
    """Lists them."""
    states = protos.members(pb.PermitState, request.states, State)
    wanted = Filter(states, own=request.own, checking=request.checking)
    found = await actions.page(tx, wanted, request.page_size, request.page_token)
    extended = await store.extended(tx, [one.id for one in found.rows])
    shown = [views.permit(tx, one, extended=one.id in extended) for one in found.rows]
    return pb.ListPermitsResponse(permits=shown, next_page_token=found.token)


@rpc
async def transition(tx: Transaction, request: pb.TransitionPermitRequest) -> pb.TransitionPermitResponse:
    """Moves one."""
    move = protos.member(pb.PermitMove, request.move, Move)
    done = await actions.transition(tx, request.code, request.etag, move, request.note, request.nib)
    return pb.TransitionPermitResponse(permit=await _whole(tx, done))


@rpc
async def pay(tx: Transaction, request: pb.RequestPermitPaymentRequest) -> pb.RequestPermitPaymentResponse:
    """Asks for the fee anew."""
    return pb.RequestPermitPaymentResponse(permit=await _whole(tx, await actions.pay(tx, request.code, request.etag)))


async def _whole(tx: Transaction, one: Permit, *, holder: str = "") -> pb.Permit:
    extension = await store.extension(tx, one.id)
    shown = views.permit(
        tx, one, holder=holder, shown=await documents.of(tx, one.id), steps=await store.steps(tx, one.id),
        extends=await actions.by_id(tx, one.extends), extended=extension is not None,
    )  # fmt: skip
    if extension is not None and access.parties(tx, extension):  # a draft is its applicant's alone
        shown.extended_by = extension.code
    return shown


def _wanted(request: pb.CreatePermitRequest | pb.UpdatePermitRequest) -> Wanted:
    return Wanted(
        name=_line(request.name),
        area=request.area,
        place=_line(request.place),
        nib=request.nib,
        first_day=_day(request.first_day, "first_day"),
        last_day=_day(request.last_day, "last_day"),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = "There is no such day. Give it as 2026-12-01."
        raise invalid("PERMIT_DAYS_INVALID", message, field=field) from None
