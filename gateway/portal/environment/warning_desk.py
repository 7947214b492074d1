"""The desk of those who warn: propose, approve, change, give the all clear, take back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Annotated, Any

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.calls.pages import pages
from gateway.gateway import current_gateway
from gateway.portal.environment.things import words
from gateway.portal.environment.warnings import asleep, criteria_for, graver_first, spoken
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import next_href, page_token
from gateway.portal.kit.rewriting import opened, shown_again
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from services.kit.numbers import typed
from smartcity.environment.v1 import warning_subscriptions_pb2 as mails_pb2
from smartcity.environment.v1 import warning_subscriptions_views as mails_views
from smartcity.environment.v1 import warnings_pb2 as pb
from smartcity.environment.v1 import warnings_views as views

DESK = "/petugas/peringatan"
router = APIRouter(prefix=DESK, route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
DONE = frozenset(
    {"warning_raised", "warning_proposed", "warning_approved", "warning_rejected", "warning_withdrawn"}
    | {"warning_changed"}
)
LISTED, MOST, _MOST_PAGES = 50, 200, 50
"""Proposals of one page, and warnings of one call."""
USUAL = 6
"""Hours that a warning is to hold, if nobody says otherwise."""
MAILED = 12
"""Warnings of which the page tells how far they have come by mail."""


Officer = Annotated[Caller, Depends(staff)]
"""Only those of the agency that warns see what waits, so the page is for them; administrators only look."""


@router.get("")
async def desk(request: Request, caller: Officer, done: str = "") -> Response:
    """What waits, what is in force, and a form for another."""
    return await _desk(request, caller, FormState(done=done if done in DONE else ""))


@router.post("", dependencies=CHECKED)
async def propose(request: Request, caller: Officer) -> Response:
    """Proposes a warning, or puts it in force where one officer alone may."""
    form = await forms.read(request)
    chosen = form.all("areas")
    asked = pb.ProposeWarningRequest(
        request_id=form["request_id"],
        hazard=_number(views.WARNING_HAZARD_NUMBERS, form["hazard"]),
        level=_number(views.WARNING_LEVEL_NUMBERS, form["level"]),
        zone=form["zone"],
        areas=chosen if not form["zone"] else (),
        hours=_hours(form),
        note=form["note"],
        note_en=form["note_en"],
        exercise=form.flag("exercise"),
    )
    return await _act(request, caller, "propose", form, current_gateway(request).pillars.call(asked, caller))


@router.post("/{warning}/setujui", dependencies=CHECKED)
async def approve(request: Request, warning: Identifier, caller: Officer) -> Response:
    """Approves what a colleague or a gauge proposed."""
    form = await forms.read(request)
    asked = pb.ApproveWarningRequest(request_id=form["request_id"], id=warning, etag=form["etag"])
    return await _act(
        request, caller, f"approve-{warning}", form, current_gateway(request).pillars.call(asked, caller),
        "warning_approved",
    )  # fmt: skip


@router.post("/{warning}/tolak", dependencies=CHECKED)
async def reject(request: Request, warning: Identifier, caller: Officer) -> Response:
    """Rejects what is proposed, or takes it back."""
    form = await forms.read(request)
    asked = pb.RejectWarningRequest(
        request_id=form["request_id"], id=warning, etag=form["etag"], reason=form["reason"]
    )  # fmt: skip
    return await _act(
        request, caller, f"reject-{warning}", form, current_gateway(request).pillars.call(asked, caller),
        "warning_withdrawn" if form.flag("own") else "warning_rejected",
    )  # fmt: skip


@router.post("/{warning}/ubah", dependencies=CHECKED)
async def update(request: Request, warning: Identifier, caller: Officer) -> Response:
    """Changes the level, or how long it holds."""
    form = await forms.read(request)
    asked = pb.UpdateWarningRequest(
        request_id=form["request_id"], id=warning, etag=form["etag"],
        level=_number(views.WARNING_LEVEL_NUMBERS, form["level"]), hours=_hours(form), note=form["note"],
        note_en=form["note_en"],
    )  # fmt: skip
    return await _act(request, caller, f"update-{warning}", form, current_gateway(request).pillars.call(asked, caller))


@router.post("/{warning}/aman", dependencies=CHECKED)
async def clear(request: Request, warning: Identifier, caller: Officer) -> Response:
    """Gives the all clear."""
    form = await forms.read(request)
    asked = pb.ClearWarningRequest(
        request_id=form["request_id"], id=warning, etag=form["etag"], note=form["note"], note_en=form["note_en"]
    )  # fmt: skip
    return await _act(request, caller, f"clear-{warning}", form, current_gateway(request).pillars.call(asked, caller))


@router.post("/{warning}/tarik", dependencies=CHECKED)
async def cancel(request: Request, warning: Identifier, caller: Officer) -> Response:
    """Takes back a mistake."""
    form = await forms.read(request)
    asked = pb.CancelWarningRequest(
        request_id=form["request_id"], id=warning, etag=form["etag"], note=form["note"], note_en=form["note_en"]
    )  # fmt: skip
    return await _act(request, caller, f"cancel-{warning}", form, current_gateway(request).pillars.call(asked, caller))


async def _act(
    request: Request, caller: Caller, doing: str, form: Fields, call: Awaitable[Any], done: str = ""
) -> Response:
    answer = await attempted(request, doing, form, call)
    if isinstance(answer, FormState):
        return await _desk(request, caller, answer)
    made = answer.warning
    waits = made.HasField("proposal")
    told = done or ("warning_proposed" if waits else "warning_raised" if doing == "propose" else "warning_changed")
    return RedirectResponse(f"{DESK}?done={told}", 303)


async def _desk(request: Request, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    waiting, in_force, criteria = await asyncio.gather(
        pillars.call(pb.ListWarningProposalsRequest(page_size=LISTED, page_token=page_token(request)), caller),
        _in_force(request, caller),
        criteria_for(request, caller),
    )
    mailed = await _mailed(request, caller, [one.id for one in in_force if not one.exercise])
    now = datetime.now(UTC)
    present = {one.id: _entered(one, now) for one in in_force}
    return render(
        request, "environment/officer_warnings.html", shown.status, private=True, here="officer", view="warnings",
        waiting=[views.warning(each) for each in waiting.warnings],
        overtaken=[views.warning(each) for each in waiting.overtaken], in_force=graver_first(in_force),
        criteria=criteria, asleep=asleep(criteria), said=spoken(request), acts=caller.agency in criteria.agencies,
        mailed=mailed, warns=current_gateway(request).bulletins.warns,
        chosen=shown.form.all("areas") if shown.form else (), present=present, usual=USUAL,
        opened_of={id_: opened(fields) for id_, fields in present.items()},
        next_href=next_href(DESK, waiting.next_page_token), **words(request), **_context(request, shown, in_force, now),
    )  # fmt: skip


def _entered(warning: views.Warning, now: datetime) -> Fields:
    """A warning as the form has it that changes it."""
    hours = max(USUAL, _hours_left(warning, now))
    return Fields(level=warning.level or "", hours=str(hours), note=warning.note, note_en=warning.note_en)


def _hours_left(warning: views.Warning, now: datetime) -> int:
    return ceil((warning.expire_time - now) / timedelta(hours=1)) if warning.expire_time else 0


def _context(
    request: Request, shown: FormState, in_force: Iterable[views.Warning], now: datetime
) -> dict[str, Any]:  # fmt: skip
    """What is shown of a form: of a change of what a colleague changed meanwhile, as ``shown_again`` has it."""
    form = shown.form or Fields()
    for one in in_force:
        # While its version is the same, the hours that are left are others by the clock alone.
        if shown.doing == f"update-{one.id}" and form["etag"] != one.etag:
            said = {"level": texts_of(request)(f"warned.{one.level}"), "hours": str(_hours_left(one, now))}
            return shown_again(shown, shown.doing, _entered(one, now), words=said)
    return shown.context()


async def _in_force(request: Request, caller: Caller) -> list[views.Warning]:
    """All that is in force: the list begins with it, and each of them may have to be acted on."""
    pillars, found = current_gateway(request).pillars, list[views.Warning]()
    asked = pb.ListWarningsRequest(page_size=MOST)
    async for answer in pages(lambda more: pillars.call(more, caller), asked, _MOST_PAGES):
        page = [views.warning(each) for each in answer.warnings]
        found += [one for one in page if one.state == "in_force"]
        if page and page[-1].state != "in_force":
            break
    return found


async def _mailed(request: Request, caller: Caller, ids: list[str]) -> dict[str, mails_views.WarningMails]:
    """How far warnings have come by mail, by their ids; those alone of which it can be read now."""
    pillars = current_gateway(request).pillars

    async def read(one: str) -> mails_views.WarningMails | None:
        try:
            found = await pillars.call(mails_pb2.GetWarningMailsRequest(id=one), caller, retry=False)
        except grpc.aio.AioRpcError:
            return None
        return mails_views.warning_mails(found.mails)

    found = await asyncio.gather(*(read(one) for one in ids[:MAILED]))
    return {one: mails for one, mails in zip(ids, found, strict=False) if mails and mails.start_time}


def _number(numbers: Mapping[str, Any], word: str) -> Any:
    """The contract's number of a word; 0, which it refuses, of none."""
    return numbers.get(word, 0)


def _hours(form: Fields) -> int:
    """Whole hours; 0, which the contract refuses, where it is no number of them."""
    return typed(form["hours"], 3) or 0
