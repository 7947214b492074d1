"""Checking a permit's paper: anybody types its number, or scans its QR code."""

from __future__ import annotations

import grpc.aio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import from_grpc
from gateway.callers.session import current_caller
from gateway.city.permitting import permitting_of
from gateway.gateway import current_gateway
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.page import PageRoute, render, texts_of
from services.kit.rpc.text import clean
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.economy.v1 import permits_views as views

PATH = "/izin/cek"
SAID = {"PERMIT_MISTYPED": ("mistyped", 422), "PERMIT_PAPER_NOT_FOUND": ("unknown", 404)}
_SIGNATURE = 100

OPENS = {"Z": PATH}
"""Codes that are opened here, by the letter after the city's own, and where."""
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def asked(request: Request, nomor: str = "") -> Response:
    """The form; and what a number is that was typed."""
    typed = clean(nomor)[:40]
    return await _said(request, typed, "") if typed else render(request, "economy/permit_check.html", here="permits")


@router.get("/{code}")
async def one(request: Request, code: Code, s: str = "") -> Response:
    """What a number is that was scanned, and whether the signature with it is the city's."""
    signature = clean(s)[:_SIGNATURE]
    if code != code.upper() and not signature:
        return RedirectResponse(f"{PATH}/{code.upper()}", 303)
    return await _said(request, code, signature)


async def _said(request: Request, typed: str, signature: str) -> Response:
    gateway = current_gateway(request)
    try:
        asked = pb.GetPermitPaperRequest(code=typed, signature=signature)
        answer = await gateway.pillars.call(asked, current_caller(request))
    except grpc.aio.AioRpcError as error:
        said = SAID.get(from_grpc(error).reason)
        if said is None:
            raise
        return render(
            request, "economy/permit_check.html", said[1], private=True, here="permits", typed=typed, verdict=said[0]
        )
    found = views.permit_paper(answer.paper)
    kind = permitting_of(gateway.city).kinds.get(found.kind)
    return render(
        request, "economy/permit_check.html", private=True, here="permits", it=found, typed=found.code,
        verdict=found.validity, kind_name=kind.name(texts_of(request).language) if kind else found.kind,
    )  # fmt: skip
