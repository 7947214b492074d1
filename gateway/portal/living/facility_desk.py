"""The desk of facilities: what people say is wrong, and what the agency makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete, overtaken
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, strange
from gateway.portal.kit.staff import staff
from gateway.portal.living.facility_words import words
from services.kit.caller import Caller
from services.kit.rpc.text import clean
from smartcity.living.v1 import facilities_pb2 as pb
from smartcity.living.v1 import facilities_views as views

router = APIRouter(prefix="/petugas/fasilitas", route_class=PageRoute, include_in_schema=False)
PATH = "/petugas/fasilitas"
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]
STATES = ("waiting", "accepted", "declined")
_DONE = {"accept": "accepted", "decline": "declined"}
_SHORT = 9
"""Letters of a note that is too short: these come back in the address, longer ones never do."""
DONE = frozenset(f"correction_{one}" for one in _DONE.values())


@router.get("")
async def listed(request: Request, caller: Staff, keadaan: str = "", done: str = "") -> Response:
    """The agency's corrections in a state; those of all for administrators."""
    if away := strange(request, keadaan=STATES):
        return away
    state = keadaan or STATES[0]
    found: list[views.FacilityCorrection] = []
    token = ""
    if caller.has("admin") or (caller.has("officer") and caller.agency):
        asked = pb.ListFacilityCorrectionsRequest(page_size=PAGE, page_token=page_token(request))
        asked.state = views.FACILITY_CORRECTION_STATE_NUMBERS[state]
        answer = await current_gateway(request).pillars.call(asked, caller)
        found, token = [views.facility_correction(one) for one in answer.corrections], answer.next_page_token
    return render(
        request, "living/officer_corrections.html", private=True, here="officer", view="facilities", found=found,
        state=state, states=STATES, everybodys=caller.has("admin"), done=done if done in DONE else "",
        next_href=next_href(PATH, token, keadaan=state), **words(request),
    )  # fmt: skip


@router.get("/{id}")
async def correction(  # what a refused form sent goes into the address, so that the way back leads to no form sent
    request: Request,
    id: Identifier,  # noqa: A002 - the address's own word
    caller: Staff,
    salah: str = "",
    note: str = "",
) -> Response:
    """One correction: what is said now, and what is to be said."""
    found, shown = await _read(request, id, caller), FormState()
    if salah in _DONE and found.state == STATES[0]:
        shown = incomplete(request, salah, Fields(note=clean(note[:_SHORT])), note="facility_desk.note_short")
        shown = replace(shown, status=200)
    return _page(request, found, shown)


@router.post("/{id}/terima", dependencies=CHECKED)
async def accept(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """It is right: the facility is as it says from now on."""
    form = await forms.read(request)
    asked = pb.AcceptFacilityCorrectionRequest(
        request_id=form["request_id"], id=id, etag=form["etag"], note=form["note"]
    )
    return await _decide(request, id, caller, "accept", form, asked)


@router.post("/{id}/tolak", dependencies=CHECKED)
async def decline(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """It is not: the facility stays as it is."""
    form = await forms.read(request)
    asked = pb.DeclineFacilityCorrectionRequest(
        request_id=form["request_id"], id=id, etag=form["etag"], note=form["note"]
    )
    return await _decide(request, id, caller, "decline", form, asked)


async def _decide(
    request: Request, id_: str, caller: Caller, doing: str, form: Fields, asked: Any
) -> Response:  # fmt: skip
    answer = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _refused(request, id_, caller, doing, answer)
    return RedirectResponse(f"{PATH}?done=correction_{_DONE[doing]}", 303)


async def _refused(request: Request, id_: str, caller: Caller, doing: str, shown: FormState) -> Response:
    """What to correct; or that somebody else was first, where nothing can be sent again."""
    found = await _read(request, id_, caller)
    if found.state != STATES[0]:  # also of a note that is too short: it is not to be corrected any more
        shown = replace(shown, status=409) if shown.status == 422 else shown
        return _page(request, found, overtaken(request, shown, f"facility_desk.meanwhile_{found.state}"))
    note = (shown.form or Fields())["note"]
    if shown.trouble and list(shown.trouble.errors) == ["note"] and len(note) <= _SHORT:
        return RedirectResponse(f"{PATH}/{id_}?{urlencode({'salah': doing, 'note': note})}", 303)
    return _page(request, found, shown)


async def _read(request: Request, id_: str, caller: Caller) -> views.FacilityCorrection:
    asked = pb.GetFacilityCorrectionRequest(id=id_)
    answer = await current_gateway(request).pillars.call(asked, caller)
    return views.facility_correction(answer.correction)


def _page(request: Request, found: views.FacilityCorrection, shown: FormState) -> Response:
    return render(
        request, "living/officer_correction.html", shown.status, private=True, here="officer", view="facilities",
        one=found, base=f"{PATH}/{found.id}", **words(request), **shown.context(),
    )  # fmt: skip
