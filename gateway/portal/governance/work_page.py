"""The working page of a case, and how an officer's step is taken on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import grpc.aio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem, from_grpc
from gateway.gateway import current_gateway
from gateway.portal.governance.likeness import alike
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import render, texts_of
from gateway.portal.kit.trouble import Trouble
from gateway.portal.kit.way_back import kept, onward, way_back
from services.kit.caller import Caller
from smartcity.environment.v1 import cleanups_pb2, cleanups_views
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_views as views
from smartcity.governance.v1 import contacts_pb2, contacts_views, events_pb2, redactions_pb2, redactions_views

CORRECTABLE = frozenset({"filed", "verified", "assigned", "transferred", "reopened"})
ENDED = frozenset({"closed", "rejected", "duplicate", "withdrawn"})
TRANSITION_PATHS = {
    "verify": "verifikasi",
    "assign": "teruskan",
    "start": "mulai",
    "ask": "tanya",
    "resolve": "selesaikan",
    "close": "tutup",
    "reject": "tolak",
    "transfer": "alihkan",
    "mark_duplicate": "gandakan",
    "decline": "kembalikan",
}
"""Transition -> the last part of its address."""
NOTED_TRANSITIONS = frozenset({"ask", "resolve", "reject", "transfer", "decline"})
"""Transitions that need a note."""

_REOPENED = events_pb2.ComplaintReopened.DESCRIPTOR.full_name


def path_of(code: str) -> str:
    """Path of a case's working page."""
    return f"/petugas/{code}"


def next_due(complaint: views.Complaint) -> datetime | None:
    """The deadline that comes next, or passed first: what the queue is sorted by."""
    if complaint.due is None:
        return None
    due = complaint.due
    return min((each for each in (due.verification, due.response, due.resolution) if each), default=None)


@dataclass(frozen=True)
class WorkState(FormState):
    """What the page shows besides the case itself."""

    contact: views.Contact | None = None


async def show_case(request: Request, code: str, caller: Caller, shown: WorkState | None = None) -> Response:
    """The working page of a case as it stands now."""
    gateway, shown = current_gateway(request), shown or WorkState()
    pillars = gateway.pillars
    answer = await pillars.call(pb.GetComplaintRequest(code=code), caller)
    found = views.complaint(answer.complaint)
    inside = bool(caller.roles & {"verifier", "admin"}) or _of_agency(found, caller)
    decides = inside and not found.own_matter
    cleanup, similar, reads, redactions = await asyncio.gather(
        _cleanup(request, found, caller),
        _similar(request, found, caller, inside),
        _reads(request, found, caller),
        _redactions(request, found, caller),
    )
    return render(
        request, "governance/officer_case.html", shown.status, private=True, here="officer", view="case",
        complaint=found, cleanup=cleanup, similar=similar, reads=reads, redactions=redactions,
        cleanup_mine=decides and cleanup is not None and (caller.has("admin") or caller.agency == cleanup.agency),
        correctable=decides and found.state in CORRECTABLE,
        evidence_possible=decides and found.state not in ENDED, proving=_proving(found),
        transition_paths=TRANSITION_PATHS, noted_transitions=NOTED_TRANSITIONS,
        waiting_days=gateway.city.clocks.waiting,
        contact=shown.contact, contact_readable=_of_agency(found, caller) and not found.anonymous,
        back=way_back(request), trail=kept(request), **shown.context(),
    )  # fmt: skip


def _proving(complaint: views.Complaint) -> list[views.Photo]:
    """Evidence that can prove what was done: what came since the case was filed or last reopened."""
    reopened = max((each.at for each in complaint.timeline if each.at and each.type == _REOPENED), default=None)
    evidence = [photo for photo in complaint.photos if photo.evidence]
    # A pillar of the version before does not tell when they came.
    return [each for each in evidence if not (reopened and each.create_time and each.create_time < reopened)]


def _of_agency(complaint: views.Complaint, caller: Caller) -> bool:
    """Whether the case is with the caller's agency: nobody else on the desk may read who reported it."""
    return bool(complaint.agency and caller.agency and complaint.agency.id == caller.agency)


async def _cleanup(request: Request, complaint: views.Complaint, caller: Caller) -> cleanups_views.Cleanup | None:
    """The clean-up job behind the case, where there is one that the caller may see."""
    pillars = current_gateway(request).pillars
    asked = cleanups_pb2.GetCleanupRequest(id=complaint.code)
    try:
        answer = await pillars.call(asked, caller, retry=False)
    except grpc.aio.AioRpcError:
        return None  # no job, not theirs, or environment is away: the case itself is what the page is for
    return cleanups_views.cleanup(answer.cleanup)


async def _similar(
    request: Request, complaint: views.Complaint, caller: Caller, inside: bool
) -> list[views.SimilarComplaint]:
    """Cases that may be the same matter, for marking duplicates."""
    if not inside or complaint.state in ENDED:
        return []
    point = complaint.location
    found = await alike(
        request, caller, text=complaint.text, category=complaint.category.id if complaint.category else "",
        area_code=complaint.area.code if complaint.area else "", point=(point.lon, point.lat) if point else None,
    )  # fmt: skip
    return [each for each in found if each.code != complaint.code]


async def _reads(request: Request, complaint: views.Complaint, caller: Caller) -> list[contacts_views.ContactRead]:
    """Who read the contact before."""
    if not complaint.has_contact:
        return []
    pillars = current_gateway(request).pillars
    asked = contacts_pb2.ListContactReadsRequest(code=complaint.code, page_size=20)
    try:
        answer = await pillars.call(asked, caller)
    except grpc.aio.AioRpcError:
        return []
    return [contacts_views.contact_read(each) for each in answer.reads]


async def _redactions(request: Request, complaint: views.Complaint, caller: Caller) -> list[redactions_views.Redaction]:
    """What was taken out of the case, or waits for a second person."""
    if not caller.roles & {"verifier", "admin"}:
        return []
    asked = redactions_pb2.ListRedactionsRequest(code=complaint.code)
    answer = await current_gateway(request).pillars.call(asked, caller)
    return [redactions_views.redaction(each) for each in answer.redactions]


async def act(
    request: Request, code: str, caller: Caller, doing: str, done: str, form: Fields, call: Awaitable[Any]
) -> Response:
    """Does what was asked and shows the case; a refusal shows the newest state with the entries still there."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
    except Problem as refused:
        problem = refused
    else:
        return RedirectResponse(onward(request, path_of(code), done=done), 303)
    trouble = Trouble.of(problem, texts_of(request))
    shown = WorkState(doing=doing, form=forms.kept(form, problem), trouble=trouble, status=problem.status)
    return await show_case(request, code, caller, shown)
