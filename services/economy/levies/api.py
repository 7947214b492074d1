"""LevyService over gRPC: proto -> action -> proto."""

from typing import Any

from services.economy.levies import actions, receipts
from services.economy.levies.model import Claim, State
from services.economy.levies.receipt_store import Issued
from services.economy.levies.store import Filter, Seen
from services.economy.levies.tariffs import Tariff
from services.economy.money import to_proto
from services.economy.payments import actions as payments
from services.economy.payments import views
from services.economy.resources import resources
from services.kit import etag as etags
from services.kit import protos
from services.kit.caller import Access, Scope
from services.kit.errors import invalid
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.economy.v1 import levies_pb2 as pb
from smartcity.economy.v1 import levies_pb2_grpc, payments_pb2

_ALL = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)
_OFFICE = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}

ACCESS: Access = {
    "ListTariffs": _ALL,
    "CreateBill": _OFFICE,
    "GetBill": _ALL,
    "ListBills": _OFFICE,
    "PayBill": _ALL,
    "CancelBill": _OFFICE,
    "GetReceipt": _ALL,
    "CheckReceipt": _ALL,
}


class LevyService(levies_pb2_grpc.LevyServiceServicer):
    """Issues bills and hands out receipts."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def ListTariffs(self, request: pb.ListTariffsRequest, context: Any) -> pb.ListTariffsResponse:
        """Lists the tariffs in force."""
        found = resources(self._runtime).tariffs.values()
        return pb.ListTariffsResponse(tariffs=[_tariff(one, self._runtime.city.currency) for one in found])

    async def CreateBill(self, request: pb.CreateBillRequest, context: Any) -> pb.CreateBillResponse:
        """Issues a bill."""
        claim = Claim(request.object, request.period.strip(), request.quantity, request.area, request.exercise)
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.CreateBillResponse:
                return pb.CreateBillResponse(bill=self._bill(await actions.issue(tx, request.tariff, claim)))

            return await once(tx, request.request_id, request, act, pb.CreateBillResponse, permanent=True)

    async def GetBill(self, request: pb.GetBillRequest, context: Any) -> pb.GetBillResponse:
        """Reads a bill by its number."""
        async with current_call().snapshot(self._runtime) as tx:
            return pb.GetBillResponse(bill=self._bill(await actions.get(tx, request.number)))

    async def ListBills(self, request: pb.ListBillsRequest, context: Any) -> pb.ListBillsResponse:
        """Lists bills, the soonest due first."""
        states = tuple(sorted({_state(value) for value in request.states}, key=lambda one: one.value))
        wanted = Filter((State.ISSUED,) if request.overdue else states or (State.ISSUED,), overdue=request.overdue)
        async with current_call().snapshot(self._runtime) as tx:
            found, token = await actions.page(tx, wanted, request.page_size, request.page_token)
        return pb.ListBillsResponse(bills=[self._bill(one) for one in found], next_page_token=token)

    async def PayBill(self, request: pb.PayBillRequest, context: Any) -> pb.PayBillResponse:
        """Makes the payment of a bill, or gives the one that can still be paid."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.PayBillResponse:
                made = await actions.pay(tx, request.number)
                merchant = await payments.merchant_of(tx, made)
                name = merchant.name if merchant else ""
                city = self._runtime.city
                return pb.PayBillResponse(payment=views.payment(made, name, city, tx.now, inside=False))

            return await once(tx, request.request_id, request, act, pb.PayBillResponse, permanent=True)

    async def CancelBill(self, request: pb.CancelBillRequest, context: Any) -> pb.CancelBillResponse:
        """Cancels an unpaid bill."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.CancelBillResponse:
                return pb.CancelBillResponse(bill=self._bill(await actions.cancel(tx, request.number, request.etag)))

            return await once(tx, request.request_id, request, act, pb.CancelBillResponse, permanent=True)

    async def GetReceipt(self, request: pb.GetReceiptRequest, context: Any) -> pb.GetReceiptResponse:
        """Reads a receipt by its number or its bill's."""
        async with current_call().snapshot(self._runtime) as tx:
            return pb.GetReceiptResponse(receipt=_receipt(await receipts.find(tx, request.number)))

    async def CheckReceipt(self, request: pb.CheckReceiptRequest, context: Any) -> pb.CheckReceiptResponse:
        """Checks what somebody holds; a forged one is an answer, not an error."""
        async with current_call().snapshot(self._runtime) as tx:
            found = await receipts.check(tx, request.number, request.units, request.seal)
        issued = _receipt(found.issued) if found.issued else None
        return pb.CheckReceiptResponse(genuine=issued is not None, reason=found.reason, receipt=issued)

    def _bill(self, seen: Seen) -> pb.Bill:
        bill = seen.bill
        return pb.Bill(
            number=bill.number,
            state=pb.BillState.Value(f"BILL_STATE_{bill.state.name}"),
            tariff=bill.tariff,
            tariff_name_id=bill.tariff_name_id,
            tariff_name_en=bill.tariff_name_en,
            object=bill.object,
            period=bill.period,
            quantity=bill.quantity,
            amount=to_proto(bill.amount, bill.currency),
            agency=bill.agency,
            area=protos.area(self._runtime.city, bill.area),
            create_time=protos.timestamp(bill.created_at),
            due_time=protos.timestamp(bill.due_at),
            paid_time=protos.timestamp(bill.paid_at),
            overdue=bill.overdue(self._runtime.clock()),
            payment=str(bill.payment or ""),
            receipt=seen.receipt,
            correlation=bill.correlation,
            exercise=bill.exercise,
            etag=etags.of(bill.version),
        )


def _tariff(tariff: Tariff, currency: str) -> pb.Tariff:
    return pb.Tariff(
        id=tariff.id,
        name_id=tariff.name_id,
        name_en=tariff.name_en,
        agency=tariff.agency,
        amount=to_proto(tariff.amount, currency),
        unit=tariff.unit,
        period=tariff.period,
        due_days=tariff.due_days,
        basis=tariff.basis,
    )


def _receipt(issued: Issued) -> pb.Receipt:
    made, facts = issued.receipt, issued.facts
    return pb.Receipt(
        number=made.number,
        bill=made.bill,
        object=facts.object,
        tariff_name_id=issued.tariff_name_id,
        tariff_name_en=issued.tariff_name_en,
        period=facts.period,
        amount=to_proto(facts.amount, facts.currency),
        method=payments_pb2.PaymentMethod.Value(f"PAYMENT_METHOD_{facts.method.upper()}"),
        payment_code=facts.payment_code,
        agency=facts.agency,
        paid_time=protos.timestamp(facts.paid_at),
        seal=made.seal,
        text=made.text,
        signature=made.signature,
        key_id=made.key_id,
        keys=receipts.keys(issued),
        refunded=to_proto(issued.refunded, facts.currency) if issued.refunded else None,
        exercise=facts.exercise,
    )


def _state(value: "pb.BillState.ValueType") -> State:
    try:
        return State(pb.BillState.Name(value).removeprefix("BILL_STATE_").lower())
    except ValueError as error:
        names = ", ".join(state.value for state in State)
        raise invalid("STATE_UNKNOWN", f"Name states out of: {names}.", field="states") from error
