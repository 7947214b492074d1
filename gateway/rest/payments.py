"""Payments: what is to be paid, its QR code, how it was paid, and what happens to it live."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import Field
from starlette.responses import Response

from gateway import qr
from gateway.gateway import Gateway
from gateway.live import is_final
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
    documented_file,
    documented_stream,
)
from gateway.rest.requests import (
    Amount,
    Body,
    Identifier,
    Key,
    Name,
    PageSize,
    PageToken,
    Parts,
    RequiredKey,
    Version,
    Who,
    Words,
    example,
)
from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2 as pb2
from smartcity.economy.v1 import payments_views as views

router = APIRouter(tags=["Payments"], prefix="/v1/payments")


class NewPayment(Body):
    """What is to be paid to a merchant."""

    model_config = example(
        {
            "merchant": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60",
            "amount": {"currency": "IDR", "units": 12000},
            "description": "Lumpia 4 biji",
        }
    )

    merchant: Name
    """Identifier of the merchant, see `/v1/merchants`."""
    amount: Amount
    """How much."""
    terminal: Name = ""
    """Label of the till; empty for none."""
    purpose: Name = ""
    """What it is for, a word of small letters, digits and hyphens; `sale` when left out."""
    description: Annotated[Words, Field(max_length=140)] = ""
    """What the payer reads. No personal data."""
    seconds: Annotated[int, Field(ge=0, le=86_400, strict=True)] = 0
    """How long it can be paid, from 60 seconds; the city's usual time when zero."""
    exercise: bool = False
    """A drill: everything happens, nothing counts."""


@router.post(
    "",
    summary="Create a payment",
    operation_id="createPayment",
    **documented("Payment", status=201, etag=True, problems=WRITES, example=examples.PAYMENT),
)
async def create(body: NewPayment, key: RequiredKey, parts: Parts, who: Who) -> Response:
    """Creates a payment to a merchant, as its owner or as an officer of the counter's agency.

    Then present a QRIS, take cash, or let the payer use a wallet, before it expires.
    """
    message = pb2.CreatePaymentRequest(
        request_id=key,
        merchant=body.merchant,
        terminal=body.terminal,
        amount=body.amount.message(),
        purpose=body.purpose,
        description=body.description,
        seconds=body.seconds,
        exercise=body.exercise,
    )
    found = (await parts.pillars.call(parts.pillars.payments.CreatePayment, message, who)).payment
    return created(views.payment(found), f"/v1/payments/{found.id}", found.etag)


@router.get(
    "",
    summary="List payments of a merchant",
    operation_id="listPayments",
    **documented("ListPaymentsResponse", problems=READS),
)
async def list_payments(
    parts: Parts,
    who: Who,
    merchant: Annotated[str, Query(min_length=1, max_length=64, description="Identifier of the merchant.")],
    state: Annotated[
        list[views.PaymentState], Query(max_length=7, description="Only these states; all when left out.")
    ] = [],  # noqa: B006 - FastAPI copies defaults
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists the payments of a merchant, newest first."""
    message = pb2.ListPaymentsRequest(
        page_size=page_size,
        page_token=page_token,
        merchant=merchant,
        states=[views.PAYMENT_STATE_NUMBERS[each] for each in state],
    )
    found = await parts.pillars.call(parts.pillars.payments.ListPayments, message, who)
    return answer(views.list_payments_response(found), headers=dict(PRIVATE))


@router.get(
    "/{id}",
    summary="Read a payment",
    operation_id="getPayment",
    **documented("Payment", etag=True, problems=PUBLIC_READS, example=examples.PAYMENT),
)
async def read(id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002 - the path's word
    """Reads a payment by its id or code. Whoever knows either sees how it stands; payer, payee and treasury see all."""
    return payment_answer(await _payment(parts, id, who))


@router.post(
    "/{id}/qr",
    summary="Present a QRIS",
    operation_id="presentQr",
    **documented("Payment", etag=True, problems=(*PUBLIC_READS, 409), example=examples.PENDING_PAYMENT),
)
async def present(id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Asks the acquirer for a QRIS of a payment; `qr` is its text. Asked again: the same one."""
    message = pb2.PresentQrRequest(id=id)
    found = await parts.pillars.call(parts.pillars.payments.PresentQr, message, who)
    return payment_answer(found.payment)


@router.get(
    "/{id}/qr.svg",
    summary="QRIS of a payment as SVG",
    operation_id="getPaymentQrSvg",
    **documented_file("image/svg+xml", "The QR code, to scale.", problems=PUBLIC_READS),
)
async def qr_svg(id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Draws the QRIS that was presented, while the payment can be paid with it."""
    payment = await _payment(parts, id, who)
    return qr.answer(payment.qr, "svg", payment.code)


@router.get(
    "/{id}/qr.png",
    summary="QRIS of a payment as PNG",
    operation_id="getPaymentQrPng",
    **documented_file("image/png", "The QR code, to be kept on a phone.", problems=PUBLIC_READS),
)
async def qr_png(id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Draws the QRIS that was presented, while the payment can be paid with it."""
    payment = await _payment(parts, id, who)
    return qr.answer(payment.qr, "png", payment.code)


@router.get(
    "/{id}/events",
    summary="Follow a payment live",
    operation_id="followPayment",
    **documented_stream("payment", "Payment", problems=PUBLIC_READS),
)
async def events(
    request: Request,
    id: Identifier,  # noqa: A002
    parts: Parts,
    who: Who,
    last: Annotated[
        str, Header(alias="Last-Event-ID", max_length=64, description="Id of the last event that arrived.")
    ] = "",
) -> Response:
    """Sends an event `payment` at once and whenever the payment changes, with the payment as its data.

    The stream ends after a final state or after ten minutes; a browser's `EventSource` connects again by itself.
    """
    payment = await _payment(parts, id, who)
    if last and last == payment.etag and is_final(payment):
        return Response(status_code=204)
    return parts.live.stream(payment, who, request.state.address)


@router.post(
    "/{id}/wallet-payment",
    summary="Pay from the wallet",
    operation_id="payFromWallet",
    **documented("Payment", etag=True, problems=WRITES),
)
async def pay_from_wallet(id: Identifier, key: RequiredKey, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Pays from your own wallet, at once."""
    message = pb2.PayFromWalletRequest(request_id=key, id=id)
    found = await parts.pillars.call(parts.pillars.payments.PayFromWallet, message, who)
    return payment_answer(found.payment)


@router.post(
    "/{id}/cash",
    summary="Record cash",
    operation_id="recordCash",
    **documented("Payment", etag=True, problems=WRITES),
)
async def cash(id: Identifier, key: RequiredKey, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Records that cash was taken at a counter of your agency."""
    message = pb2.RecordCashRequest(request_id=key, id=id)
    found = await parts.pillars.call(parts.pillars.payments.RecordCash, message, who)
    return payment_answer(found.payment)


@router.post(
    "/{id}/cancellation",
    summary="Cancel a payment",
    operation_id="cancelPayment",
    **documented("Payment", etag=True, problems=CHANGES),
)
async def cancel(
    id: Identifier,  # noqa: A002
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Cancels a payment that was not captured; its QRIS cannot be paid any more."""
    message = pb2.CancelPaymentRequest(request_id=key, id=id, etag=version)
    found = await parts.pillars.call(parts.pillars.payments.CancelPayment, message, who)
    return payment_answer(found.payment)


def payment_answer(payment: pb2.Payment) -> Response:
    """A payment with its ETag."""
    return answer_tagged(views.payment(payment), payment.etag)


async def _payment(parts: Gateway, id: str, who: Caller) -> pb2.Payment:  # noqa: A002
    request = pb2.GetPaymentRequest(id=id)
    return (await parts.pillars.call(parts.pillars.payments.GetPayment, request, who)).payment
