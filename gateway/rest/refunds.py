"""Refunds: whether money can go back, asking for it, and the second person's word."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from gateway.rest import examples
from gateway.rest.answers import CHANGES, PRIVATE, READS, WRITES, answer, answer_tagged, documented
from gateway.rest.requests import (
    MOST_UNITS,
    Amount,
    Body,
    Identifier,
    Key,
    PageSize,
    PageToken,
    Parts,
    RequiredKey,
    Version,
    Who,
    Words,
    example,
)
from smartcity.economy.v1 import payments_pb2 as pb2
from smartcity.economy.v1 import payments_views as views
from smartcity.types.v1.money_pb2 import Money

router = APIRouter(tags=["Payments"], prefix="/v1")

Reason = Annotated[Words, Field(min_length=5, max_length=140)]


class NewRefund(Body):
    """What is given back."""

    model_config = example({"amount": {"currency": "IDR", "units": 3000}, "reason": "Satu lumpia habis."})

    amount: Amount | None = None
    """How much; all that is left when left out."""
    reason: Reason
    """Why. No personal data."""


class RefundRejection(Body):
    """Why money is not given back."""

    model_config = example({"reason": "Barang sudah diterima lengkap."})

    reason: Reason
    """Why."""


@router.get(
    "/payments/{id}/refund-check",
    summary="Ask whether a refund is possible",
    operation_id="checkRefund",
    **documented("CheckRefundResponse", problems=READS, example=examples.REFUND_CHECK),
)
async def check(
    id: Identifier,  # noqa: A002 - the path's word
    parts: Parts,
    who: Who,
    units: Annotated[
        int | None, Query(ge=1, le=MOST_UNITS, description="How much, whole units; all that is left when left out.")
    ] = None,
) -> Response:
    """Says whether and how a payment can be given back now, and who must agree. Changes nothing."""
    amount = None if units is None else Money(currency=parts.city.currency, units=units)
    message = pb2.CheckRefundRequest(payment=id, amount=amount)
    found = await parts.pillars.call(parts.pillars.payments.CheckRefund, message, who)
    return answer(views.check_refund_response(found), headers=dict(PRIVATE))


@router.post(
    "/payments/{id}/refunds",
    summary="Refund a payment",
    operation_id="createRefund",
    **documented("Refund", etag=True, problems=WRITES, example=examples.REFUND),
)
async def create(id: Identifier, body: NewRefund, key: RequiredKey, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Gives a payment back, partly or fully, the way it was paid. Above the city's limit a second person must agree."""
    amount = body.amount.message() if body.amount else None
    message = pb2.CreateRefundRequest(request_id=key, payment=id, amount=amount, reason=body.reason)
    found = await parts.pillars.call(parts.pillars.payments.CreateRefund, message, who)
    return _refund(found.refund)


@router.get(
    "/refunds",
    summary="List refunds",
    operation_id="listRefunds",
    **documented("ListRefundsResponse", problems=READS),
)
async def list_refunds(
    parts: Parts,
    who: Who,
    state: Annotated[
        list[views.RefundState],
        Query(max_length=5, description="Only these states; those that wait for a second person when left out."),
    ] = [],  # noqa: B006 - FastAPI copies defaults
    merchant: Annotated[
        str, Query(max_length=64, description="Only of this merchant; of all, for the treasury, when left out.")
    ] = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists refunds, newest first."""
    message = pb2.ListRefundsRequest(
        page_size=page_size,
        page_token=page_token,
        states=[views.REFUND_STATE_NUMBERS[each] for each in state],
        merchant=merchant,
    )
    found = await parts.pillars.call(parts.pillars.payments.ListRefunds, message, who)
    return answer(views.list_refunds_response(found), headers=dict(PRIVATE))


@router.post(
    "/refunds/{id}/approval",
    summary="Approve a refund",
    operation_id="approveRefund",
    **documented("Refund", etag=True, problems=CHANGES),
)
async def approve(id: Identifier, version: Version, key: Key, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Approves a refund that another person asked for; the money goes back."""
    message = pb2.ApproveRefundRequest(request_id=key, id=id, etag=version)
    found = await parts.pillars.call(parts.pillars.payments.ApproveRefund, message, who)
    return _refund(found.refund)


@router.post(
    "/refunds/{id}/rejection",
    summary="Reject a refund",
    operation_id="rejectRefund",
    **documented("Refund", etag=True, problems=CHANGES),
)
async def reject(
    id: Identifier,  # noqa: A002
    body: RefundRejection,
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Refuses a refund that waits; the money stays."""
    message = pb2.RejectRefundRequest(request_id=key, id=id, etag=version, reason=body.reason)
    found = await parts.pillars.call(parts.pillars.payments.RejectRefund, message, who)
    return _refund(found.refund)


def _refund(refund: pb2.Refund) -> Response:
    return answer_tagged(views.refund(refund), refund.etag)
