"""Receipts and seals: what anybody needs to check what the city recorded."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from gateway.rest.answers import PRIVATE, answer, documented
from gateway.rest.requests import Code, LinkKey, PageToken, Parts, Who
from smartcity.governance.v1 import receipts_pb2 as pb2
from smartcity.governance.v1 import receipts_views as views

router = APIRouter(prefix="/v1", tags=["Receipts"])


@router.get(
    "/complaints/{code}/receipt",
    summary="Get the receipt of a complaint",
    operation_id="getReceipt",
    **documented("GovernanceReceipt", problems=(401, 403, 404, 422, 503, 504)),
)
async def receipt(code: Code, parts: Parts, who: Who, link_key: LinkKey = "") -> Response:
    """Hands out entries, hash chain and the proof that a published seal holds them.

    Check it offline with `smartcity receipt verify`.
    """
    message = pb2.GetReceiptRequest(code=code, link_key=link_key)
    found = await parts.pillars.call(parts.pillars.receipts.GetReceipt, message, who)
    return answer(views.receipt(found.receipt), headers=dict(PRIVATE))


@router.get(
    "/receipts/seals",
    summary="List daily seals",
    operation_id="listSeals",
    **documented("ListSealsResponse", problems=(422, 503, 504)),
)
async def seals(
    parts: Parts,
    who: Who,
    page_size: Annotated[int, Query(ge=0, le=400, description="At most this many; 30 when zero.")] = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists the signed daily seals, newest first, and the public keys."""
    message = pb2.ListSealsRequest(page_size=page_size, page_token=page_token)
    found = await parts.pillars.call(parts.pillars.receipts.ListSeals, message, who)
    return answer(views.list_seals_response(found))


@router.get(
    "/receipts/seals/{day}",
    summary="Get the seal of a day",
    operation_id="getSeal",
    **documented("GetSealResponse", problems=(404, 422, 503, 504)),
)
async def seal(
    day: Annotated[
        str,
        Path(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Day in the city's time zone.", examples=["2026-11-24"]),
    ],
    parts: Parts,
    who: Who,
) -> Response:
    """Reads the seal of a day with all hashes under it; they name no case."""
    found = await parts.pillars.call(parts.pillars.receipts.GetSeal, pb2.GetSealRequest(day=day), who)
    return answer(views.get_seal_response(found))
