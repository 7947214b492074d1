"""The desk of timetables: which feed holds, feeds that are brought, checked and let hold, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import from_grpc
from gateway.bodies.forms import Upload
from gateway.bodies.kinds import FEED
from gateway.callers.session import FormChecked, csrf_checked, current_caller
from gateway.calls import archives
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, strange
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.living.v1 import feed_imports_pb2 as pb
from smartcity.living.v1 import feed_imports_views as views
from smartcity.living.v1 import feeds_pb2, feeds_views

PATH = "/petugas/jadwal"
CHECKED, WITH_FILE = [Depends(csrf_checked)], [Depends(FormChecked(FEED))]
DONE = frozenset({"feed_brought", "feed_accepted", "feed_dropped", "feed_retried", "feed_rolled_back"})
SEVERITIES = ("error", "warning", "info")
MOVING = frozenset({"uploading", "waiting", "running"})
"""States that end by themselves: the page asks again."""
_SWAPS = 10
_VERBS: dict[str, tuple[str, str, Any]] = {
    "terima": ("accept", "feed_accepted", pb.AcceptFeedImportRequest),
    "buang": ("drop", "feed_dropped", pb.DropFeedImportRequest),
    "ulangi": ("retry", "feed_retried", pb.RetryFeedImportRequest),
}

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def listed(request: Request, caller: Staff, done: str = "") -> Response:
    """What holds, what is on its way, and what held before."""
    return await _listed(request, caller, FormState(done=done if done in DONE else ""))


async def _listed(request: Request, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    asked = pb.ListFeedImportsRequest(page_size=PAGE, page_token=page_token(request))
    found, swaps, feed = await asyncio.gather(
        pillars.call(asked, caller), pillars.call(pb.ListFeedSwapsRequest(page_size=_SWAPS), caller), _held(request)
    )
    told = [views.feed_swap(one) for one in swaps.swaps]
    return render(
        request, "living/officer_timetable.html", shown.status, private=True, here="officer", view="timetable",
        feed=feed, found=[views.feed_import(one) for one in found.feed_imports], swaps=told,
        back=next((one for one in told if one.previous), None), moving=MOVING,
        next_href=next_href(PATH, found.next_page_token), **shown.context(),
    )  # fmt: skip


async def _held(request: Request) -> feeds_views.Feed | None:
    """The feed that holds; None before the first."""
    try:
        answer = await current_gateway(request).pillars.call(feeds_pb2.GetFeedRequest(), current_caller(request))
    except grpc.aio.AioRpcError as error:
        if from_grpc(error).reason == "FEED_NOT_FOUND":
            return None
        raise
    return feeds_views.feed(answer.feed)


@router.post("/kirim", dependencies=WITH_FILE)
async def upload(request: Request, caller: Staff) -> Response:
    """Brings the archive of a form."""
    form = await forms.read(request)
    file = next(iter(await forms.uploads(request, "file")), None)
    if file is None or file.too_large or not file.data:
        why = "timetable_desk.too_large" if file is not None and file.too_large else "timetable_desk.no_file"
        return await _listed(request, caller, incomplete(request, "upload", form, file=why))

    async def send() -> str:
        pillars = current_gateway(request).pillars
        asked = pb.CreateFeedImportRequest(
            request_id=form["request_id"], name=file.filename[-100:], bytes=len(file.data)
        )
        made: pb.FeedImport = (await pillars.call(asked, caller)).feed_import
        await archives.send(pillars, caller, made.id, _pieces(file))
        return made.id

    return await _brought(request, caller, await attempted(request, "upload", form, send()))


async def _pieces(file: Upload) -> AsyncIterator[bytearray]:
    """What has been handed on of a file lies in the message alone."""
    while file.data:
        yield file.data[: archives.PART_BYTES]
        del file.data[: archives.PART_BYTES]


@router.post("/alamat", dependencies=CHECKED)
async def fetch(request: Request, caller: Staff) -> Response:
    """Brings what lies at an address."""
    form = await forms.read(request)

    async def send() -> str:
        asked = pb.CreateFeedImportRequest(request_id=form["request_id"], url=form["url"] or "-")
        made: pb.FeedImport = (await current_gateway(request).pillars.call(asked, caller)).feed_import
        return made.id

    return await _brought(request, caller, await attempted(request, "fetch", form, send()))


async def _brought(request: Request, caller: Caller, answer: str | FormState) -> Response:
    if isinstance(answer, FormState):
        return await _listed(request, caller, answer)
    return RedirectResponse(f"{PATH}/impor/{answer}?done=feed_brought", 303)


@router.post("/kembali", dependencies=CHECKED)
async def roll_back(request: Request, caller: Staff) -> Response:
    """Lets the feed before hold again."""
    form = await forms.read(request)
    asked = pb.RollBackFeedRequest(request_id=form["request_id"], feed=form["feed"][:36], to=form["to"][:36])
    answer = await attempted(request, "back", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _listed(request, caller, answer)
    return RedirectResponse(f"{PATH}?done=feed_rolled_back", 303)


@router.get("/impor/{id}")
async def one(request: Request, id: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """One import: how far it is, what was found in the feed, and what can be done with it."""
    away = strange(request, tingkat=SEVERITIES)
    return away or await _one(request, id, caller, FormState(done=done if done in DONE else ""))


@router.post("/impor/{id}/{verb}", dependencies=CHECKED)
async def do(request: Request, id: Identifier, verb: Code, caller: Staff) -> Response:  # noqa: A002
    """Accepts it, drops it or tries it again."""
    form = await forms.read(request)
    doing, done, kind = _VERBS.get(verb, _VERBS["buang"])
    asked = kind(request_id=form["request_id"], id=id, etag=form["etag"])
    answer = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _one(request, id, caller, answer)
    return RedirectResponse(f"{PATH}/impor/{id}?done={done}", 303)


def _today(request: Request) -> str:
    return datetime.now(current_gateway(request).city.timezone).date().isoformat()


def _held_before(one: views.FeedImport, held: feeds_views.Feed) -> bool:
    """Whether the feed that it became was in use already when it came: then accepting it changed nothing."""
    if held.since is None or one.create_time is None:
        return False
    return bool(one.feed) and one.feed == held.id and held.since < one.create_time


async def _one(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    severity = request.query_params.get("tingkat", "")
    severity = severity if severity in SEVERITIES else ""
    wanted = pb.ListFeedImportFindingsRequest(id=id_, page_size=PAGE, page_token=page_token(request))
    if severity:
        wanted.severity = views.FEED_IMPORT_SEVERITY_NUMBERS[severity]
    answer, findings, held = await asyncio.gather(
        pillars.call(pb.GetFeedImportRequest(id=id_), caller), pillars.call(wanted, caller), _held(request)
    )
    found = views.feed_import(answer.feed_import)
    same = held is not None and held.digest == found.digest
    return render(
        request, "living/officer_feed_import.html", shown.status, private=True, here="officer", view="timetable",
        one=found, same=same and found.state == "checked", held_before=held is not None and _held_before(found, held),
        base=f"{PATH}/impor/{found.id}", today=_today(request), moving=found.state in MOVING,
        severity=severity, held_made_up=held is not None and held.made_up and found.state != "held",
        severities=[(name, getattr(found, f"{name}s")) for name in SEVERITIES],
        findings=[views.feed_import_finding(each) for each in findings.findings],
        next_href=next_href(f"{PATH}/impor/{found.id}", findings.next_page_token, tingkat=severity),
        **shown.context(),
    )  # fmt: skip
