"""SettlementService over gRPC, reconciliation: proto -> action -> proto."""

from services.economy import answers
from services.economy.acts.model import What
from services.economy.days import read_day
from services.economy.money import to_proto
from services.economy.providers.model import Provider, ProviderAwayError, ProviderRefusedError
from services.economy.reconciliation import actions
from services.economy.reconciliation.store import Listed
from services.economy.resources import resources
from services.economy.settlement.model import require_over
from services.kit.database import Transaction
from services.kit.errors import precondition, unavailable
from services.kit.rpc import Call, protos, rpc
from smartcity.economy.v1 import settlement_pb2 as pb

MISSED = 10
"""How many days that were not compared are told."""


@rpc
async def reconcile(call: Call, request: pb.ReconcileDayRequest) -> pb.ReconcileDayResponse:
    """Compares a day with the bank's report now; a repeated request gets the first answer."""
    runtime = call.runtime
    known = await answers.known(call, request, request.request_id, pb.ReconcileDayResponse)
    if known is not None:
        return known
    provider = resources(runtime).provider
    if provider is None:
        raise precondition("NO_PROVIDER", "No acquirer is connected, so there is no report to compare with.")
    found = await _compared(call, provider, request)
    answer = pb.ReconcileDayResponse(lines=found.lines, equal=found.equal, differences=found.differences)
    return await answers.keep(call, request, request.request_id, answer, What.DAY_RECONCILED, request.day)


@rpc
async def page(tx: Transaction, request: pb.ListDifferencesRequest) -> pb.ListDifferencesResponse:
    """Lists differences between the bank's books and ours, newest first."""
    day = read_day(request.day) if request.day else None
    found, token = await actions.page(tx, day, request.page_size, request.page_token)
    missed = await actions.missed(tx, resources(tx.runtime).provider)
    return pb.ListDifferencesResponse(
        differences=[_difference(one) for one in found],
        next_page_token=token,
        missed_days=[day.isoformat() for day in missed[:MISSED]],
    )


async def _compared(call: Call, provider: Provider, request: pb.ReconcileDayRequest) -> actions.Compared:
    day = read_day(request.day)
    require_over(day, call.runtime.clock(), provider.zone)
    try:
        found = await actions.reconcile(call.runtime, provider, day)
    except (ProviderAwayError, ProviderRefusedError):
        raise unavailable(
            "PROVIDER_AWAY", "The acquirer does not give its report now. Repeat with the same request id."
        ) from None
    if found is None:
        raise precondition(
            "REPORT_NOT_YET", "The acquirer has no report of that day, or of the one before, yet. Try again later."
        )
    return found


def _difference(listed: Listed) -> pb.Difference:
    found = listed.difference
    return pb.Difference(
        id=str(found.id),
        day=found.day.isoformat(),
        kind=protos.number(pb.DifferenceKind, found.kind),
        provider_reference=found.reference,
        payment_code=listed.code,
        merchant_name=listed.seller,
        bank=to_proto(found.bank, found.currency) if found.bank is not None else None,
        here=to_proto(found.here, found.currency) if found.here is not None else None,
        mended=found.mended,
        create_time=protos.timestamp(found.created_at),
        paid_batch=str(found.paid_batch or ""),
    )
