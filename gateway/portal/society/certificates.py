"""Verifying a certificate: anybody types its number, or scans it."""

from __future__ import annotations

import grpc.aio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import from_grpc
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.page import PageRoute, render
from services.kit.rpc.text import clean
from smartcity.society.v1 import certificates_pb2 as pb
from smartcity.society.v1 import certificates_views as views

PATH = "/sosial/sertifikat"
SAID = {"CERTIFICATE_MISTYPED": ("mistyped", 422), "CERTIFICATE_NOT_FOUND": ("unknown", 404)}

OPENS = {"C": PATH}
"""Codes that are opened here, by the letter after the city's own, and where."""
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def asked(request: Request, nomor: str = "") -> Response:
    """The form; and what a number is that was typed."""
    typed = clean(nomor)[:40]
    return await _said(request, typed) if typed else render(request, "society/certificate.html", here="society")


@router.get("/{code}")
async def one(request: Request, code: Code) -> Response:
    """What a number is that was scanned."""
    if code != code.upper():
        return RedirectResponse(f"{PATH}/{code.upper()}", 303)
    return await _said(request, code)


async def _said(request: Request, typed: str) -> Response:
    try:
        answer = await current_gateway(request).pillars.call(
            pb.GetCertificateRequest(code=typed), current_caller(request)
        )
    except grpc.aio.AioRpcError as error:
        said = SAID.get(from_grpc(error).reason)
        if said is None:
            raise
        return render(
            request, "society/certificate.html", said[1], private=True, here="society", typed=typed, verdict=said[0]
        )
    found = views.certificate(answer.certificate)
    return render(
        request, "society/certificate.html", private=True, here="society", it=found, typed=found.code,
        verdict=found.state,
    )  # fmt: skip
