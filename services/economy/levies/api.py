"""LevyService over gRPC: proto -> action -> proto."""

from services.economy.levies import actions
from services.economy.levies.model import Claim, State
from services.economy.levies.store import Filter, Seen
from services.economy.levies.tariffs import Tariff, tariffs_of
from services.economy.money import to_proto
from services.economy.payments import actions as payments
from services.economy.payments import views
from services.kit.database import Transaction
from services.kit.rpc import Call, etag, one_statement, protos, rpc
from smartcity.economy.v1 import levies_pb2 as pb


@rpc
async def tariffs(call: Call, request: pb.ListTariffsRequest) -> pb.ListTariffsResponse:
    """Lists the tariffs in force; they are in memory."""
    city = call.runtime.city
    found = tariffs_of(city).values()
    return pb.ListTariffsResponse(tariffs=[_tariff(one, city.currency) for one in found])


@rpc
async def issue(tx: Transaction, request: pb.CreateBillRequest) -> pb.CreateBillResponse:
    """Issues a bill."""
    claim = Claim(request.object, request.period.strip(), request.quantity, request.area, request.exercise)
    return pb.CreateBillResponse(bill=_bill(tx, await actions.issue(tx, request.tariff, claim)))


@rpc
@one_statement
async def read(tx: Transaction, request: pb.GetBillRequest) -> pb.GetBillResponse:
    """Reads a bill by its number."""
    return pb.GetBillResponse(bill=_bill(tx, await actions.get(tx, request.number)))


@rpc
async def page(tx: Transaction, request: pb.ListBillsRequest) -> pb.ListBillsResponse:
    """Lists bills, the soonest due first."""
    states = protos.members(pb.BillState, request.states, State)
    wanted = Filter((State.ISSUED,) if request.overdue else states or (State.ISSUED,), overdue=request.overdue)
    found, token = await actions.page(tx, wanted, request.object, request.page_size, request.page_token)
    return pb.ListBillsResponse(bills=[_bill(tx, one) for one in found], next_page_token=token)


@rpc
async def pay(tx: Transaction, request: pb.PayBillRequest) -> pb.PayBillResponse:
    """Makes the payment of a bill, or gives the one that can still be paid."""
    made = await actions.pay(tx, request.number)
    merchant = await payments.merchant_of(tx, made)
    name = merchant.name if merchant else ""
    return pb.PayBillResponse(payment=views.payment(made, name, tx.runtime.city, tx.now, inside=False))


@rpc
async def cancel(tx: Transaction, request: pb.CancelBillRequest) -> pb.CancelBillResponse:
    """Cancels an unpaid bill."""
    return pb.CancelBillResponse(bill=_bill(tx, await actions.cancel(tx, request.number, request.etag)))


def _bill(tx: Transaction, seen: Seen) -> pb.Bill:
    bill = seen.bill
    return pb.Bill(
        number=bill.number,
        state=protos.number(pb.BillState, bill.state),
        tariff=bill.tariff,
        tariff_name_id=bill.tariff_name_id,
        tariff_name_en=bill.tariff_name_en,
        object=bill.object,
        period=bill.period,
        quantity=bill.quantity,
        amount=to_proto(bill.amount, bill.currency),
        agency=bill.agency,
        area=protos.area(tx.runtime.city, bill.area),
        create_time=protos.timestamp(bill.created_at),
        due_time=protos.timestamp(bill.due_at),
        paid_time=protos.timestamp(bill.paid_at),
        overdue=bill.overdue(tx.now),
        payment=str(bill.payment or ""),
        receipt=seen.receipt,
        correlation=bill.correlation,
        exercise=bill.exercise,
        etag=etag.of(bill.version),
    )


def _tariff(tariff: Tariff, currency: str) -> pb.Tariff:
    return pb.Tariff(
        id=tariff.id,
        name_id=tariff.name_id,
        name_en=tariff.name_en,
        agency=tariff.agency,
        amount=to_proto(tariff.amount, currency),
        unit=tariff.unit,
        unit_en=tariff.unit_en,
        period=tariff.period,
        due_days=tariff.due_days,
        basis=tariff.basis,
    )
