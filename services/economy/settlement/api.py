"""SettlementService over gRPC: proto -> action -> proto."""

from typing import TypeVar

from google.protobuf.message import Message

from services.economy import access
from services.economy.money import to_proto
from services.economy.providers.model import Provider, ProviderAwayError, ProviderRefusedError
from services.economy.resources import resources
from services.economy.settlement import actions, closing, differences, model, reconciling
from services.economy.settlement.difference_store import Listed
from services.economy.settlement.model import Line
from services.economy.settlement.store import Named
from services.kit.database import Transaction
from services.kit.database.idempotency import Claim, once, recall
from services.kit.errors import DomainError, precondition, unavailable
from services.kit.rpc import Call, etag, protos, rpc
from smartcity.economy.v1 import settlement_pb2 as pb

M = TypeVar("M", bound=Message)


@rpc
async def page(tx: Transaction, request: pb.ListBatchesRequest) -> pb.ListBatchesResponse:
    """Lists batches, newest first."""
    day = model.read_day(request.day) if request.day else None
    found, token = await actions.page(tx, request.merchant, day, request.page_size, request.page_token)
    return pb.ListBatchesResponse(batches=[_batch(one) for one in found], next_page_token=token)


@rpc
async def read(tx: Transaction, request: pb.GetBatchRequest) -> pb.GetBatchResponse:
    """Reads a batch with its payments."""
    found = await actions.get(tx, request.id)
    currency = found.named.batch.currency
    return pb.GetBatchResponse(batch=_batch(found.named), lines=[_line(one, currency) for one in found.lines])


@rpc
async def close(call: Call, request: pb.CloseDayRequest) -> pb.CloseDayResponse:
    """Closes a day now, each batch in a transaction of its own; a repeated request gets the first answer."""
    runtime = call.runtime
    known = await _recall(call, request, request.request_id, pb.CloseDayResponse)
    if known is not None:
        return known
    day = model.read_day(request.day)
    end = model.closing_end(day, early=request.early, now=runtime.clock(), timezone=runtime.city.timezone)
    closed = await closing.close_day(runtime, day, end)
    await closing.tell_rest(runtime)
    net = to_proto(closed.net, runtime.city.currency)
    return await _keep(call, request, request.request_id, pb.CloseDayResponse(batches=closed.batches, net=net))


@rpc
async def confirm(tx: Transaction, request: pb.ConfirmPayoutRequest) -> pb.ConfirmPayoutResponse:
    """Says that a batch was paid out."""
    return pb.ConfirmPayoutResponse(batch=_batch(await actions.confirm_payout(tx, request.id, request.etag)))


@rpc
async def reconcile(call: Call, request: pb.ReconcileDayRequest) -> pb.ReconcileDayResponse:
    """Compares a day with the bank's report now; a repeated request gets the first answer."""
    runtime = call.runtime
    known = await _recall(call, request, request.request_id, pb.ReconcileDayResponse)
    if known is not None:
        return known
    provider = resources(runtime).provider
    if provider is None:
        raise precondition("NO_PROVIDER", "No acquirer is connected, so there is no report to compare with.")
    found = await _compared(call, provider, request)
    answer = pb.ReconcileDayResponse(lines=found.lines, equal=found.equal, differences=found.differences)
    return await _keep(call, request, request.request_id, answer)


@rpc
async def page_differences(tx: Transaction, request: pb.ListDifferencesRequest) -> pb.ListDifferencesResponse:
    """Lists differences between the bank's books and ours, newest first."""
    day = model.read_day(request.day) if request.day else None
    found, token = await differences.page(tx, day, request.page_size, request.page_token)
    return pb.ListDifferencesResponse(differences=[_difference(one) for one in found], next_page_token=token)


async def _compared(call: Call, provider: Provider, request: pb.ReconcileDayRequest) -> reconciling.Compared:
    day = model.read_day(request.day)
    model.require_over(day, call.runtime.clock(), call.runtime.city.timezone)
    try:
        found = await reconciling.reconcile(call.runtime, provider, day)
    except (ProviderAwayError, ProviderRefusedError):
        raise unavailable(
            "PROVIDER_AWAY", "The acquirer does not give its report now. Repeat with the same request id."
        ) from None
    if found is None:
        raise precondition("REPORT_NOT_YET", "The acquirer has no report of that day yet. Try again later.")
    return found


async def _recall(call: Call, request: Message, request_id: str, answer: type[M]) -> M | None:
    """What a request of the treasury was answered with before."""
    async with call.snapshot() as tx:
        access.require_treasury(tx)
        (known,) = await recall(tx, [Claim(tx.caller.subject, request_id, request)])
    if isinstance(known, DomainError):
        raise known
    return answer.FromString(known) if known is not None else None


async def _keep(call: Call, request: Message, request_id: str, answer: M) -> M:
    """Keeps the answer; when another process was faster, its answer."""
    async with call.transaction() as tx:

        async def act() -> M:
            return answer

        return await once(tx, request_id, request, act, type(answer), permanent=True)


def _batch(named: Named) -> pb.Batch:
    batch = named.batch
    return pb.Batch(
        id=str(batch.id),
        merchant=str(batch.merchant),
        merchant_name=named.merchant_name,
        day=batch.day.isoformat(),
        state=protos.number(pb.BatchState, batch.state),
        payments=batch.payments,
        gross=to_proto(batch.gross, batch.currency),
        fees=to_proto(batch.fees, batch.currency),
        refunded=to_proto(batch.refunded, batch.currency),
        net=to_proto(batch.net, batch.currency),
        create_time=protos.timestamp(batch.created_at),
        paid_time=protos.timestamp(batch.paid_at),
        etag=etag.of(batch.version),
    )


def _line(line: Line, currency: str) -> pb.BatchLine:
    return pb.BatchLine(
        payment_code=line.reference,
        kind=line.kind,
        amount=to_proto(line.amount, currency),
        time=protos.timestamp(line.at),
    )


def _difference(listed: Listed) -> pb.Difference:
    found = listed.difference
    return pb.Difference(
        id=str(found.id),
        day=found.day.isoformat(),
        kind=protos.number(pb.DifferenceKind, found.kind),
        provider_reference=found.reference,
        payment_code=listed.code,
        bank=to_proto(found.bank, found.currency) if found.bank is not None else None,
        here=to_proto(found.here, found.currency) if found.here is not None else None,
        mended=found.mended,
        create_time=protos.timestamp(found.created_at),
    )
