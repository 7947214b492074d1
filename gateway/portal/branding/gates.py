"""A gate's page for a phone: codes typed, QR codes scanned, with a connection or without one.

Without JavaScript a typed code is judged by the platform. With it the page takes the gate's list along, judges by that
while there is no connection, and uploads what it let in when there is one again.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

import grpc.aio
import msgspec
from fastapi import APIRouter, Depends
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.answers.problems import from_grpc
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.branding import gate_keeping
from gateway.portal.kit import dates, forms
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.staff import staff
from services.kit import codes
from services.kit.caller import Caller
from smartcity.branding.v1 import gates_pb2 as pb
from smartcity.branding.v1 import gates_views as views

PATH = "/petugas/gerbang"
CHECKED = [Depends(csrf_checked)]
GOOD = frozenset({"admitted", "readmitted", "left"})
VERDICTS = (
    "admitted", "readmitted", "left", "used", "forged", "mistyped", "unknown", "elsewhere", "cancelled", "superseded",
    "other_gate", "other_day", "time_invalid", "no_ticket",
)  # fmt: skip
_TYPED = frozenset({"mistyped", "no_ticket"})
"""Verdicts of which what was typed stays, to be compared and mended."""
_MOST = 500
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("/{gate}")
async def shown(request: Request, gate: Identifier, caller: Staff) -> Response:
    """The gate's page."""
    return await _show(request, gate, caller, FormState(), None)


@router.get("/{gate}/penjaga.js")
async def keeper(gate: Identifier, caller: Staff) -> Response:
    """What keeps the page on the phone."""
    return gate_keeping.worker(f"{PATH}/{gate}")


@router.post("/{gate}", dependencies=CHECKED)
async def scan(request: Request, gate: Identifier, caller: Staff) -> Response:
    """Judges what was typed, or what a scanner typed. Sent again, the form is the same scan: its key names it."""
    form = await forms.read(request)
    if not form["kode"]:
        return await _show(request, gate, caller, incomplete(request, "scan", form, kode="gate.none_typed"), None)
    known = str(uuid5(NAMESPACE_URL, f"smartcity:scan:{form['request_id']}"))
    one = pb.Scan(scan=known, shown=form["kode"][:300], exit=form["arah"] == "keluar")
    asked = pb.UploadScansRequest(request_id=form["request_id"], id=gate, scans=[one])
    answer = await attempted(request, "scan", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, gate, caller, answer, None)
    result = views.scan_result(answer.results[0])
    result = msgspec.structs.replace(result, verdict=_verdict(request, result, form["kode"]))
    onward = FormState(form=Fields(arah=form["arah"], kode=form["kode"] if result.verdict in _TYPED else ""))
    return await _show(request, gate, caller, onward, result)


@router.get("/{gate}/daftar")
async def listed(request: Request, gate: Identifier, caller: Staff, token: str = "") -> Response:
    """A page of the gate's list, for the page's script."""
    asked = pb.GetGateListRequest(id=gate, page_token=token[:400])
    try:
        page = (await current_gateway(request).pillars.call(asked, caller)).page
    except grpc.aio.AioRpcError as error:
        return _refused(error)
    told = {"text": page.text, "signature": page.signature, "keys": list(page.keys), "next": page.next_page_token}
    return JSONResponse(told, headers={"cache-control": "no-store"})


@router.post("/{gate}/unggah", dependencies=CHECKED)
async def upload(request: Request, gate: Identifier, caller: Staff) -> Response:
    """Takes scans of the page's script: one that waits for its verdict, or those that were let in without it."""
    form = await forms.read(request)
    scans = _scans(form["scans"])
    asked = pb.UploadScansRequest(
        request_id=form["request_id"][:64], id=gate, scans=scans, offline=form.flag("offline")
    )
    try:
        answer = await current_gateway(request).pillars.call(asked, caller)
    except grpc.aio.AioRpcError as error:
        return _refused(error)
    shown = {one.scan: one.shown for one in scans}
    told = [_told(request, views.scan_result(one), shown.get(one.scan, "")) for one in answer.results]
    return JSONResponse({"results": told}, headers={"cache-control": "no-store"})


def _verdict(request: Request, one: views.ScanResult, shown: str) -> str:
    """Of a scan; what is read right, and is no code of a ticket but an order's or a link, is told as that."""
    prefix = current_gateway(request).city.code_prefix
    other = "://" in shown or codes.parse(f"{prefix}B", shown) is not None
    return "no_ticket" if one.verdict == "mistyped" and other else one.verdict or ""


def _told(request: Request, one: views.ScanResult, shown: str) -> dict[str, Any]:
    """A verdict for the page's script: as much as the page tells without it, in the reader's words."""
    texts = texts_of(request)
    kind = texts.pick(one.type_id, one.type_en)
    return {
        "scan": one.scan,
        "verdict": _verdict(request, one, shown),
        "code": one.code,
        "amiss": one.amiss,
        "type": kind,
        "before": _known(request, one),
    }


def _known(request: Request, one: views.ScanResult) -> str:
    """What is known of a ticket beside the verdict, in words: its days where they are others, or when it let in."""
    texts, zone = texts_of(request), city_words(request).city.timezone
    if one.verdict == "other_day" and one.first_day:
        days = dict.fromkeys((one.first_day, one.last_day))
        return texts("gate.for_days", days=" – ".join(dates.plain_day(day, texts, zone) for day in days))
    return texts("gate.before", time=dates.moment(one.before_time, texts, zone)) if one.before_time else ""


def _scans(text: str) -> list[pb.Scan]:
    """The scans that a script sent; what is none is left out, and refused by the pillar if nothing is left."""
    try:
        given: Any = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found = []
    for one in given[:_MOST] if isinstance(given, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("scan"), str) or not isinstance(one.get("shown"), str):
            continue
        if not (one["scan"] + one["shown"]).isprintable():
            continue
        made = pb.Scan(scan=one["scan"][:40], shown=one["shown"][:300], exit=one.get("exit") is True)
        if isinstance(one.get("time"), int) and 0 < one["time"] < 1 << 33:
            made.time.CopyFrom(Timestamp(seconds=one["time"]))
        found.append(made)
    return found


def _refused(error: grpc.aio.AioRpcError) -> Response:
    problem = from_grpc(error)
    return JSONResponse({"reason": problem.reason}, problem.status, headers={"cache-control": "no-store"})


def _minutes(request: Request) -> int:
    """How far the city's clocks are ahead of UTC now: what a phone without a connection needs of them."""
    ahead = datetime.now(city_words(request).city.timezone).utcoffset()
    return int(ahead.total_seconds() // 60) if ahead else 0


async def _show(
    request: Request, gate: str, caller: Caller, shown: FormState, result: views.ScanResult | None
) -> Response:
    answer = await current_gateway(request).pillars.call(pb.GetGateRequest(id=gate), caller)
    found = views.gate(answer.gate)
    return render(
        request, "branding/gate.html", shown.status, private=True, here="officer", view="tickets", gate=found,
        result=result, known=_known(request, result) if result else "", good=GOOD, verdicts=VERDICTS,
        base=f"{PATH}/{found.id}", decoder=gate_keeping.DECODER, minutes=_minutes(request),
        prefix=current_gateway(request).city.code_prefix, **shown.context(),
    )  # fmt: skip
