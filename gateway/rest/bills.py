"""Bills: the city's levies, their payment, and receipts that anybody can check."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from gateway.rest import examples
from gateway.rest.answers import (
    CHANGES,
    PRIVATE,
    PUBLIC_READS,
    READS,
    WRITES,
    answer,
    answer_tagged,
    created,
    documented,
)
from gateway.rest.payments import payment_answer
from gateway.rest.requests import (
    MOST_UNITS,
    Body,
    Key,
    Name,
    Number,
    PageSize,
    PageToken,
    Parts,
    RequiredKey,
    Version,
    Who,
    Words,
    example,
)
from smartcity.economy.v1 import levies_pb2 as pb2
from smartcity.economy.v1 import levies_views as views

router = APIRouter(tags=["Bills"], prefix="/v1")


class NewBill(Body):
    """What is levied."""

    model_config = example(
        {
            "tariff": "pasar-kios",
            "object": "Pasar Johar, kios B-12",
            "period": "2026-11",
            "quantity": 180,
            "area": "33.74.01.1010",
        }
    )

    tariff: Name
    """Identifier of the tariff, see `/v1/levies/tariffs`."""
    object: Annotated[Words, Field(min_length=3, max_length=100)]
    """What is billed: a stall, a lot; never a person."""
    period: Name = ""
    """Period billed: `2026-11-24`, `2026-11` or `2026` as the tariff has it; left out for `once`."""
    quantity: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 1
    """Units of the tariff."""
    area: Name
    """Kemendagri code of the kelurahan or desa of the object."""
    exercise: bool = False
    """A drill: everything happens, nothing counts."""


class PrintedReceipt(Body):
    """What stands on a receipt in somebody's hands."""

    model_config = example({"number": "SMG-2026-0000123-K", "units": 90000, "seal": "7K4P-2M8Q-1RTB-93ZC"})

    number: Name
    """Number printed on it."""
    units: Annotated[int, Field(ge=0, le=MOST_UNITS, strict=True)]
    """Amount printed on it, whole units."""
    seal: Name
    """Seal printed on it."""


@router.get(
    "/levies/tariffs",
    summary="List tariffs",
    operation_id="listTariffs",
    **documented("ListTariffsResponse", problems=(503, 504)),
)
async def tariffs(parts: Parts, who: Who) -> Response:
    """Lists what the city levies, with the legal basis of each."""
    found = await parts.pillars.call(parts.pillars.levies.ListTariffs, pb2.ListTariffsRequest(), who)
    return answer(views.list_tariffs_response(found), headers={"cache-control": "public, max-age=60"})


@router.post(
    "/bills",
    summary="Issue a bill",
    operation_id="createBill",
    **documented("Bill", status=201, etag=True, problems=WRITES, example=examples.BILL),
)
async def create(body: NewBill, key: RequiredKey, parts: Parts, who: Who) -> Response:
    """Issues a bill, as an officer of the agency that levies by the tariff."""
    message = pb2.CreateBillRequest(
        request_id=key,
        tariff=body.tariff,
        object=body.object,
        period=body.period,
        quantity=body.quantity,
        area=body.area,
        exercise=body.exercise,
    )
    found = (await parts.pillars.call(parts.pillars.levies.CreateBill, message, who)).bill
    return created(views.bill(found), f"/v1/bills/{found.number}", found.etag)


@router.get(
    "/bills",
    summary="List bills",
    operation_id="listBills",
    **documented("ListBillsResponse", problems=READS),
)
async def list_bills(
    parts: Parts,
    who: Who,
    state: Annotated[
        list[views.BillState], Query(max_length=4, description="Only these states; issued ones when left out.")
    ] = [],  # noqa: B006 - FastAPI copies defaults
    overdue: Annotated[bool, Query(description="Only arrears: issued and past due.")] = False,
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists the bills of your agency, all of them for the treasury, the soonest due first."""
    message = pb2.ListBillsRequest(
        page_size=page_size,
        page_token=page_token,
        states=[views.BILL_STATE_NUMBERS[each] for each in state],
        overdue=overdue,
    )
    found = await parts.pillars.call(parts.pillars.levies.ListBills, message, who)
    return answer(views.list_bills_response(found), headers=dict(PRIVATE))


@router.get(
    "/bills/{number}",
    summary="Read a bill",
    operation_id="getBill",
    **documented("Bill", etag=True, problems=PUBLIC_READS, example=examples.BILL),
)
async def read(number: Number, parts: Parts, who: Who) -> Response:
    """Reads a bill by its number; it names what is billed, never a person."""
    found = await parts.pillars.call(parts.pillars.levies.GetBill, pb2.GetBillRequest(number=number), who)
    return _bill(found.bill)


@router.post(
    "/bills/{number}/payment",
    summary="Pay a bill",
    operation_id="payBill",
    **documented("Payment", etag=True, problems=(*PUBLIC_READS, 400, 409), example=examples.BILL_PAYMENT),
)
async def pay(number: Number, key: RequiredKey, parts: Parts, who: Who) -> Response:
    """Makes the payment of a bill, or gives the one that can still be paid. Anybody may pay any bill."""
    message = pb2.PayBillRequest(request_id=key, number=number)
    found = await parts.pillars.call(parts.pillars.levies.PayBill, message, who)
    return payment_answer(found.payment)


@router.post(
    "/bills/{number}/cancellation",
    summary="Cancel a bill",
    operation_id="cancelBill",
    **documented("Bill", etag=True, problems=CHANGES),
)
async def cancel(number: Number, version: Version, key: Key, parts: Parts, who: Who) -> Response:
    """Cancels a bill that was not paid."""
    message = pb2.CancelBillRequest(request_id=key, number=number, etag=version)
    found = await parts.pillars.call(parts.pillars.levies.CancelBill, message, who)
    return _bill(found.bill)


@router.get(
    "/bills/{number}/receipt",
    summary="Receipt of a bill",
    operation_id="getBillReceipt",
    **documented("EconomyReceipt", problems=(*PUBLIC_READS, 409)),
)
async def bill_receipt(number: Number, parts: Parts, who: Who) -> Response:
    """Reads the receipt of a paid bill."""
    return await _receipt(number, parts, who)


@router.get(
    "/levies/receipts/{number}",
    summary="Read a receipt",
    operation_id="getLevyReceipt",
    **documented("EconomyReceipt", problems=(*PUBLIC_READS, 409), example=examples.LEVY_RECEIPT),
)
async def receipt(number: Number, parts: Parts, who: Who) -> Response:
    """Reads a receipt by its own number."""
    return await _receipt(number, parts, who)


@router.post(
    "/levies/receipts/check",
    summary="Check a receipt",
    operation_id="checkLevyReceipt",
    **documented("EconomyCheckReceiptResponse", problems=(400, 413, 422, 503, 504)),
)
async def check(body: PrintedReceipt, parts: Parts, who: Who) -> Response:
    """Compares what is printed on a receipt with what the city issued."""
    message = pb2.CheckReceiptRequest(number=body.number, units=body.units, seal=body.seal)
    found = await parts.pillars.call(parts.pillars.levies.CheckReceipt, message, who)
    return answer(views.check_receipt_response(found))


async def _receipt(number: str, parts: Parts, who: Who) -> Response:
    found = await parts.pillars.call(parts.pillars.levies.GetReceipt, pb2.GetReceiptRequest(number=number), who)
    return answer(views.receipt(found.receipt), headers=dict(PRIVATE))


def _bill(bill: pb2.Bill) -> Response:
    return answer_tagged(views.bill(bill), bill.etag)
