"""SettlementService over gRPC: proto -> action -> proto."""

from typing import Any, TypeVar

from google.protobuf.message import Message

from services.economy import access
from services.economy.money import to_proto
from services.economy.providers.model import Provider, ProviderAwayError, ProviderRefusedError
from services.economy.resources import resources
from services.economy.settlement import actions, closing, differences, model, reconciling
from services.economy.settlement.difference_store import Listed
from services.economy.settlement.model import Line
from services.economy.settlement.store import Named
from services.kit import etag as etags
from services.kit import protos
from services.kit.caller import Access, Scope
from services.kit.errors import DomainError, precondition, unavailable
from services.kit.idempotency import Claim, once, recall
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.economy.v1 import settlement_pb2 as pb
from smartcity.economy.v1 import settlement_pb2_grpc

M = TypeVar("M", bound=Message)

_DESK = {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_OFFICE = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}

ACCESS: Access = {
    "ListBatches": _DESK,
    "GetBatch": _DESK,
    "CloseDay": _OFFICE,
    "ConfirmPayout": _OFFICE,
    "ReconcileDay": _OFFICE,
    "ListDifferences": _OFFICE,
}


class SettlementService(settlement_pb2_grpc.SettlementServiceServicer):
    """Closes days and compares them with the bank's report."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def ListBatches(self, request: pb.ListBatchesRequest, context: Any) -> pb.ListBatchesResponse:
        """Lists batches, newest first."""
        day = model.read_day(request.day) if request.day else None
        async with current_call().snapshot(self._runtime) as tx:
            found, token = await actions.page(tx, request.merchant, day, request.page_size, request.page_token)
        return pb.ListBatchesResponse(batches=[_batch(one) for one in found], next_page_token=token)

    async def GetBatch(self, request: pb.GetBatchRequest, context: Any) -> pb.GetBatchResponse:
        """Reads a batch with its payments."""
        async with current_call().snapshot(self._runtime) as tx:
            found = await actions.get(tx, request.id)
        currency = found.named.batch.currency
        return pb.GetBatchResponse(batch=_batch(found.named), lines=[_line(one, currency) for one in found.lines])

    async def CloseDay(self, request: pb.CloseDayRequest, context: Any) -> pb.CloseDayResponse:
        """Closes a day now, each batch in a transaction of its own; a repeated request gets the first answer."""
        timezone = self._runtime.city.timezone
        known = await self._recall(request, request.request_id, pb.CloseDayResponse)
        if known is not None:
            return known
        day = model.read_day(request.day)
        end = model.closing_end(day, early=request.early, now=self._runtime.clock(), timezone=timezone)
        closed = await closing.close_day(self._runtime, day, end)
        await closing.tell_rest(self._runtime)
        net = to_proto(closed.net, self._runtime.city.currency)
        return await self._keep(request, request.request_id, pb.CloseDayResponse(batches=closed.batches, net=net))

    async def ConfirmPayout(self, request: pb.ConfirmPayoutRequest, context: Any) -> pb.ConfirmPayoutResponse:
        """Says that a batch was paid out."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.ConfirmPayoutResponse:
                return pb.ConfirmPayoutResponse(
                    batch=_batch(await actions.confirm_payout(tx, request.id, request.etag))
                )

            return await once(tx, request.request_id, request, act, pb.ConfirmPayoutResponse, permanent=True)

    async def ReconcileDay(self, request: pb.ReconcileDayRequest, context: Any) -> pb.ReconcileDayResponse:
        """Compares a day with the bank's report now; a repeated request gets the first answer."""
        known = await self._recall(request, request.request_id, pb.ReconcileDayResponse)
        if known is not None:
            return known
        provider = resources(self._runtime).provider
        if provider is None:
            raise precondition("NO_PROVIDER", "No acquirer is connected, so there is no report to compare with.")
        day = model.read_day(request.day)
        model.require_over(day, self._runtime.clock(), self._runtime.city.timezone)
        found = await self._compared(provider, request)
        answer = pb.ReconcileDayResponse(lines=found.lines, equal=found.equal, differences=found.differences)
        return await self._keep(request, request.request_id, answer)

    async def ListDifferences(self, request: pb.ListDifferencesRequest, context: Any) -> pb.ListDifferencesResponse:
        """Lists differences between the bank's books and ours, newest first."""
        day = model.read_day(request.day) if request.day else None
        async with current_call().snapshot(self._runtime) as tx:
            found, token = await differences.page(tx, day, request.page_size, request.page_token)
        return pb.ListDifferencesResponse(differences=[_difference(one) for one in found], next_page_token=token)

    async def _compared(self, provider: Provider, request: pb.ReconcileDayRequest) -> reconciling.Compared:
        try:
            found = await reconciling.reconcile(self._runtime, provider, model.read_day(request.day))
        except (ProviderAwayError, ProviderRefusedError):
            raise unavailable(
                "PROVIDER_AWAY", "The acquirer does not give its report now. Repeat with the same request id."
            ) from None
        if found is None:
            raise precondition("REPORT_NOT_YET", "The acquirer has no report of that day yet. Try again later.")
        return found

    async def _recall(self, request: Message, request_id: str, answer: type[M]) -> M | None:
        """What a request of the treasury was answered with before."""
        async with current_call().snapshot(self._runtime) as tx:
            access.require_treasury(tx)
            (known,) = await recall(tx, [Claim(tx.caller.subject, request_id, request)])
        if isinstance(known, DomainError):
            raise known
        return answer.FromString(known) if known is not None else None

    async def _keep(self, request: Message, request_id: str, answer: M) -> M:
        """Keeps the answer; when another process was faster, its answer."""
        async with current_call().transaction(self._runtime) as tx:

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
        state=pb.BatchState.Value(f"BATCH_STATE_{batch.state.name}"),
        payments=batch.payments,
        gross=to_proto(batch.gross, batch.currency),
        fees=to_proto(batch.fees, batch.currency),
        refunded=to_proto(batch.refunded, batch.currency),
        net=to_proto(batch.net, batch.currency),
        create_time=protos.timestamp(batch.created_at),
        paid_time=protos.timestamp(batch.paid_at),
        etag=etags.of(batch.version),
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
        kind=pb.DifferenceKind.Value(f"DIFFERENCE_KIND_{found.kind.name}"),
        provider_reference=found.reference,
        payment_code=listed.code,
        bank=to_proto(found.bank, found.currency) if found.bank is not None else None,
        here=to_proto(found.here, found.currency) if found.here is not None else None,
        mended=found.mended,
        create_time=protos.timestamp(found.created_at),
    )
