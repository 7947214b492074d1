"""The receipt of a levy to print, and the page on which anybody checks one."""

from __future__ import annotations

from urllib.parse import urlencode

import grpc.aio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.answers.problems import from_grpc
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.economy.judging import judge_code_of
from gateway.portal.kit import money
from gateway.portal.kit.acting import FormState, incomplete
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.trouble import Trouble
from services.kit.rpc.text import clean
from smartcity.economy.v1 import levies_pb2 as pb
from smartcity.economy.v1 import levies_views as views

router = APIRouter(prefix="/bayar/kuitansi", route_class=PageRoute, include_in_schema=False)
FIELDS = {"nomor": 40, "jumlah": 30, "segel": 60}
"""Entries of the form and the most characters of each."""


@router.get("")
async def check(request: Request) -> Response:
    """The form, and the verdict when it was filled in; the QR code of a receipt leads here filled in."""
    form = Fields({name: clean(request.query_params.get(name, ""))[:most] for name, most in FIELDS.items()})
    if not any(form.values()):
        return _form(request, FormState(form=form))
    missing = {name: "proof.missing" for name in FIELDS if not form[name]}
    units = money.typed(form["jumlah"])
    if units is None and "jumlah" not in missing:
        missing["jumlah"] = "problem.amount"
    if missing or units is None:
        return _form(request, incomplete(request, "", form, **missing))
    pillars = current_gateway(request).pillars
    asked = pb.CheckReceiptRequest(number=form["nomor"].upper(), units=units, seal=form["segel"].upper())
    try:
        answer = await pillars.call(asked, current_caller(request))
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
        trouble = Trouble.of(problem, texts_of(request))
        return _form(request, FormState(form=form, trouble=trouble, status=problem.status))
    return _form(request, FormState(form=form), views.check_receipt_response(answer))


def _form(request: Request, shown: FormState, verdict: views.CheckReceiptResponse | None = None) -> Response:
    return render(request, "economy/proof_check.html", shown.status, here="pay", verdict=verdict, **shown.context())


@router.get("/{number}")
async def receipt(request: Request, number: Code, segel: str = "") -> Response:
    """The receipt to read, print or save: by its bill's number, or by its own and the seal, which it asks for."""
    gateway = current_gateway(request)
    asked = pb.GetReceiptRequest(number=number, seal=clean(segel)[: FIELDS["segel"]])
    try:
        answer = await gateway.pillars.call(asked, current_caller(request))
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
        if problem.reason != "RECEIPT_SEAL_MISSING":
            raise
        return RedirectResponse(f"{router.prefix}?{urlencode({'nomor': number})}", 303)
    found = views.receipt(answer.receipt)
    printed = {"nomor": found.number, "jumlah": str(found.amount.units if found.amount else 0), "segel": found.seal}
    link = f"{gateway.settings.origin}/bayar/kuitansi?{urlencode(printed)}"
    return render(
        request,
        "economy/proof.html",
        private=True,
        here="pay",
        receipt=found,
        check_link=link,
        qr=qr.drawing(link),
        judge_code=await judge_code_of(request, found.payment_code),
    )
