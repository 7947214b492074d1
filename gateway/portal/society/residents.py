"""One's own residence: declared here, verified at the office; and what one agrees to."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.city.registration import registration_agency
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, signed_in, tried
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, render
from services.kit import nik
from services.kit.caller import Caller
from smartcity.society.v1 import consents_pb2, consents_views, residents_pb2, residents_views

PATH = "/sosial/warga"
OWN_PAGE = OwnPage(PATH, "resident.title", registration_agency)
CHECKED = [Depends(csrf_checked)]
DONE = frozenset({"resident_declared", "consent_given", "consent_withdrawn"})


def office(request: Request) -> str:
    """Dependency: the agency that verifies, of a city that has one."""
    found = registration_agency(current_gateway(request).city)
    if not found:
        raise Problem(404, "RESIDENTS_OFF", "This city verifies no residents.")
    return found


router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Office = Annotated[str, Depends(office)]
Person = Annotated[Caller, Depends(signed_in)]


@router.get("")
async def own(request: Request, caller: Person, agency: Office, done: str = "") -> Response:
    """What the caller declared, what came of it, and what they agree to."""
    return await _show(request, caller, agency, FormState(done=done if done in DONE else ""))


@router.post("", dependencies=CHECKED)
async def declare(request: Request, caller: Person, agency: Office) -> Response:
    """Declares where the caller lives."""
    form = await forms.read(request)
    asked = residents_pb2.CreateResidentRequest(
        request_id=form["request_id"],
        nik="".join(form["nik"].split()),
        birth_date=form["birth_date"],
        area_code=form["area_code"],
    )
    answer = await tried(request, caller, "declare", form, asked, _wrong(request, asked))
    if isinstance(answer, FormState):
        return await _show(request, caller, agency, answer)
    return RedirectResponse(f"{PATH}?done=resident_declared", 303)


def _wrong(request: Request, asked: residents_pb2.CreateResidentRequest) -> dict[str, str]:
    """All entries that can be none, as keys of texts by their names: the pillar tells of one at a time."""
    city = current_gateway(request).city
    area, born = city.area(asked.area_code), nik.birthday(asked.birth_date, datetime.now(city.timezone).date())
    holds = {
        "nik": nik.plausible(asked.nik),
        "birth_date": born is not None,
        "area_code": area is not None and area.is_lowest,
    }
    reasons = {"nik": "NIK_IMPLAUSIBLE", "birth_date": "BIRTH_DATE_INVALID", "area_code": "AREA_UNKNOWN"}
    return {name: f"reason.{reason}" for name, reason in reasons.items() if not holds[name]}


@router.post("/persetujuan/{purpose}/{verb}", dependencies=CHECKED)
async def agree(request: Request, purpose: Code, verb: Code, caller: Person, agency: Office) -> Response:
    """Agrees to a purpose (``beri``), or withdraws that (anything else)."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    said = {"request_id": form["request_id"], "purpose": purpose}
    asked: Any = consents_pb2.WithdrawConsentRequest(**said)
    doing = "withdrawn"
    if verb == "beri":
        asked, doing = consents_pb2.GiveConsentRequest(**said), "given"
    answer: Any = await attempted(request, "consent", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, caller, agency, answer)
    return RedirectResponse(f"{PATH}?done=consent_{doing}", 303)


async def _show(request: Request, caller: Caller, agency: str, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    holds = residents_pb2.ListResidentsRequest(own=True, page_size=1, state=residents_pb2.RESIDENT_STATE_VERIFIED)
    declared, verified, consents = await asyncio.gather(
        pillars.call(residents_pb2.ListResidentsRequest(own=True, page_size=5), caller),
        pillars.call(holds, caller),
        pillars.call(consents_pb2.ListConsentsRequest(), caller),
    )
    found = [residents_views.resident(one) for one in declared.residents]
    return render(
        request, "society/residents.html", shown.status, private=True, here="society", agency=agency,
        verified=next((residents_views.resident(one) for one in verified.residents), None),
        waiting=next((one for one in found if one.state == "waiting"), None),
        ended=found[0] if found and found[0].state == "ended" else None,
        consents=[consents_views.consent(one) for one in consents.consents], **shown.context(),
    )  # fmt: skip
