"""ConcessionService over gRPC: proto -> action -> proto."""

from collections.abc import Sequence
from uuid import UUID

from services.kit.database import Transaction
from services.kit.rpc import Call, after, etag, protos, rpc
from services.living.concessions import actions, store
from services.living.concessions.model import Concession, State
from smartcity.living.v1 import concessions_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateConcessionRequest) -> pb.CreateConcessionResponse:
    """Asks for a concession. The answer that is kept does not hold the proof: what is taken back is gone."""
    shown = await _view(tx, await actions.create(tx, request.rider, request.proof))
    shown.proof = ""
    return pb.CreateConcessionResponse(concession=shown)


@after(create)
async def with_proof(call: Call, answer: pb.CreateConcessionResponse) -> pb.CreateConcessionResponse:
    """Adds the proof, as long as it is there."""
    async with call.snapshot() as tx:
        found = await store.get(tx, UUID(answer.concession.id))
    answer.concession.proof = found.proof if found else ""
    return answer


@rpc
async def read(tx: Transaction, request: pb.GetConcessionRequest) -> pb.GetConcessionResponse:
    """Reads a concession."""
    return pb.GetConcessionResponse(concession=await _view(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListConcessionsRequest) -> pb.ListConcessionsResponse:
    """Lists concessions."""
    state = protos.member(pb.ConcessionState, request.state, State) if request.state else None
    found = await actions.page(tx, state, request.page_size, request.page_token, own=request.own, code=request.code)
    shown = await _views(tx, found.rows)
    return pb.ListConcessionsResponse(concessions=shown, next_page_token=found.token)


@rpc
async def grant(tx: Transaction, request: pb.GrantConcessionRequest) -> pb.GrantConcessionResponse:
    """Grants a concession."""
    done = await actions.grant(tx, request.id, request.etag, request.last_day, request.note)
    return pb.GrantConcessionResponse(concession=await _view(tx, done))


@rpc
async def decline(tx: Transaction, request: pb.DeclineConcessionRequest) -> pb.DeclineConcessionResponse:
    """Declines a concession or takes it back."""
    done = await actions.decline(tx, request.id, request.etag, request.note)
    return pb.DeclineConcessionResponse(concession=await _view(tx, done))


@rpc
async def take_back(tx: Transaction, request: pb.DeleteConcessionRequest) -> pb.DeleteConcessionResponse:
    """Takes back what nobody has decided on."""
    return pb.DeleteConcessionResponse(id=str(await actions.take_back(tx, request.id)))


async def _view(tx: Transaction, one: Concession) -> pb.Concession:
    (shown,) = await _views(tx, [one])
    return shown


async def _views(tx: Transaction, found: Sequence[Concession]) -> list[pb.Concession]:
    residents = await store.residents(tx, [one.owner for one in found]) if found else set()
    return [_shown(tx, one, resident=one.owner in residents) for one in found]


def _shown(tx: Transaction, one: Concession, *, resident: bool) -> pb.Concession:
    return pb.Concession(
        id=str(one.id),
        state=protos.number(pb.ConcessionState, one.state),
        rider=one.rider,
        proof=one.proof,
        first_day=str(one.first_day or ""),
        last_day=str(one.until or ""),
        valid=one.holds(actions.day_of(tx)),
        note=one.note,
        own=one.owner == tx.caller.subject,
        create_time=protos.timestamp(one.created_at),
        decide_time=protos.timestamp(one.decided_at),
        etag=etag.of(one.version),
        resident=resident,
        code=one.code if one.owner == tx.caller.subject else "",
    )
