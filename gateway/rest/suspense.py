"""Suspense: money that came and belongs to nothing known; two people say where it goes."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from gateway.rest.answers import CHANGES, PRIVATE, READS, answer, answer_tagged, documented
from gateway.rest.requests import (
    Body,
    Identifier,
    Key,
    Name,
    PageSize,
    PageToken,
    Parts,
    Version,
    Who,
    Words,
    example,
)
from smartcity.economy.v1 import payments_pb2 as pb2
from smartcity.economy.v1 import payments_views as views

router = APIRouter(tags=["Payments"], prefix="/v1/suspense")


class ReleaseProposal(Body):
    """Where money in suspense belongs."""

    model_config = example({"note": "Terlambat dibayar, kembalikan ke pembayar."})

    target: Name = ""
    """Identifier of the merchant that it belongs to; empty: back to the payer through the bank."""
    note: Annotated[Words, Field(min_length=5, max_length=140)]
    """Why. No personal data."""


@router.get(
    "",
    summary="List money in suspense",
    operation_id="listSuspense",
    **documented("ListSuspenseResponse", problems=READS),
)
async def list_suspense(
    parts: Parts,
    who: Who,
    state: Annotated[
        list[views.SuspenseState], Query(max_length=3, description="Only these states; open and proposed if left out.")
    ] = [],  # noqa: B006 - FastAPI copies defaults
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists money that came late, of another amount than asked, or for nothing known, newest first."""
    message = pb2.ListSuspenseRequest(
        page_size=page_size,
        page_token=page_token,
        states=[views.SUSPENSE_STATE_NUMBERS[each] for each in state],
    )
    found = await parts.pillars.call(parts.pillars.payments.ListSuspense, message, who)
    return answer(views.list_suspense_response(found), headers=dict(PRIVATE))


@router.post(
    "/{id}/proposal",
    summary="Propose where it belongs",
    operation_id="proposeRelease",
    **documented("SuspenseItem", etag=True, problems=CHANGES),
)
async def propose(
    id: Identifier,  # noqa: A002 - the path's word
    body: ReleaseProposal,
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Proposes where money in suspense belongs; nothing moves before another person agrees."""
    message = pb2.ProposeReleaseRequest(request_id=key, id=id, etag=version, target=body.target, note=body.note)
    found = await parts.pillars.call(parts.pillars.payments.ProposeRelease, message, who)
    return _item(found.item)


@router.post(
    "/{id}/approval",
    summary="Approve a release",
    operation_id="approveRelease",
    **documented("SuspenseItem", etag=True, problems=CHANGES),
)
async def approve(id: Identifier, version: Version, key: Key, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Approves what another person proposed; the money moves."""
    message = pb2.ApproveReleaseRequest(request_id=key, id=id, etag=version)
    found = await parts.pillars.call(parts.pillars.payments.ApproveRelease, message, who)
    return _item(found.item)


def _item(item: pb2.SuspenseItem) -> Response:
    return answer_tagged(views.suspense_item(item), item.etag)
