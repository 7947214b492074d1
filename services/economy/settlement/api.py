"""SettlementService over gRPC, batches: proto -> action -> proto."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.economy import answers, approval
from services.economy.acts.model import What
from services.economy.days import read_day
from services.economy.merchants.model import hidden
from services.economy.money import to_proto
from services.economy.settlement import actions, despite, model, paying
from services.economy.settlement.actions import Payee
from services.economy.settlement.despite import Wish
from services.economy.settlement.model import Line, State
from services.economy.settlement.paying import Standing
from services.economy.settlement.store import Named
from services.kit.database import Transaction
from services.kit.interest import own_matter
from services.kit.rpc import Call, protos, rpc
from smartcity.economy.v1 import merchants_pb2 as pb_merchants
from smartcity.economy.v1 import settlement_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListBatchesRequest) -> pb.ListBatchesResponse:
    """Lists batches, newest first."""
    day = read_day(request.day) if request.day else None
    state = protos.member(pb.BatchState, request.state, State) if request.state else None
    found, token = await actions.page(tx, request.merchant, day, state, request.page_size, request.page_token)
    asked = await paying.asked(tx)
    standings = await paying.standings(tx, [*found, *asked])
    answer = pb.ListBatchesResponse(batches=await _batches(tx, found, standings), next_page_token=token)
    if (waits := await actions.waiting(tx)) is not None:
        net = to_proto(waits.net, tx.runtime.city.currency)
        answer.waiting.CopyFrom(pb.BatchesWaiting(batches=waits.batches, net=net))
        answer.to_confirm.extend(await _batches(tx, paying.to_confirm(asked, standings), standings))
    return answer


@rpc
async def read(tx: Transaction, request: pb.GetBatchRequest) -> pb.GetBatchResponse:
    """Reads a batch with its payments."""
    named, found = await actions.get(tx, request.id, request.page_size, request.page_token)
    lines = [_line(one, named.batch.currency) for one in found.rows]
    (batch,) = await _batches(tx, [named], await paying.standings(tx, [named]))
    return pb.GetBatchResponse(batch=batch, lines=lines, next_page_token=found.token)


@rpc
async def close(call: Call, request: pb.CloseDayRequest) -> pb.CloseDayResponse:
    """Closes a day now, each batch in a transaction of its own; a repeated request gets the first answer."""
    runtime = call.runtime
    known = await answers.known(call, request, request.request_id, pb.CloseDayResponse)
    if known is not None:
        return known
    day = read_day(request.day)
    end = model.closing_end(day, early=request.early, now=runtime.clock(), timezone=runtime.city.timezone)
    closed = await actions.close_day(runtime, day, end, besides=call.caller.subject)
    await actions.tell_rest(runtime)
    net = to_proto(closed.net, runtime.city.currency)
    answer = pb.CloseDayResponse(batches=closed.batches, net=net)
    return await answers.keep(call, request, request.request_id, answer, What.DAY_CLOSED, request.day)


@rpc
async def confirm(tx: Transaction, request: pb.ConfirmPayoutRequest) -> pb.ConfirmPayoutResponse:
    """Says that a batch was paid out; or asks a second person to, where the bank's report differs."""
    made, standing = await paying.confirm_payout(
        tx, request.id, request.etag, to_former=request.to_former_account, why=request.despite
    )
    (batch,) = await _batches(tx, [made], {made.batch.id: standing})
    return pb.ConfirmPayoutResponse(batch=batch)


async def _batches(tx: Transaction, found: Sequence[Named], standings: Mapping[UUID, Standing]) -> list[pb.Batch]:
    payees = await actions.payees(tx, found)
    return [
        _batch(tx, each, payee, standings.get(each.batch.id, Standing()))
        for each, payee in zip(found, payees, strict=True)
    ]


def _batch(tx: Transaction, named: Named, payee: Payee, standing: Standing) -> pb.Batch:
    batch, doubt, wish = named.batch, standing.doubt, standing.wish
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
        covered=to_proto(batch.covered, batch.currency) if batch.covered else None,
        create_time=protos.timestamp(batch.created_at),
        paid_time=protos.timestamp(batch.paid_at),
        etag=despite.etag_of(batch.version, doubt),
        settlement_account=_account(payee.bank, payee.bank_number),
        former_account=_account(*payee.former) if payee.former else None,
        own=own_matter(tx.caller, payee.owner) is not None,
        differences=doubt.differences if doubt else 0,
        lacking=to_proto(doubt.lacking, batch.currency) if doubt else None,
        despite=_despite(tx, wish, batch.currency, payee) if wish else None,
    )


def _despite(tx: Transaction, wish: Wish, currency: str, payee: Payee) -> pb.PayoutDespite:
    return pb.PayoutDespite(
        reason=wish.reason,
        ask_time=protos.timestamp(wish.asked_at),
        to_former_account=wish.to_former,
        differences=wish.differences,
        lacking=to_proto(wish.lacking, currency),
        own=not wish.is_approved and approval.is_own(tx.caller, wish.asked_by, payee.owner),
    )


def _account(bank: str, number: str) -> pb_merchants.SettlementAccount | None:
    return pb_merchants.SettlementAccount(bank=bank, number=hidden(number)) if number else None


def _line(line: Line, currency: str) -> pb.BatchLine:
    return pb.BatchLine(
        payment_code=line.reference,
        kind=line.kind,
        amount=to_proto(line.amount, currency),
        time=protos.timestamp(line.at),
    )
