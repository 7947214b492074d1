"""The page of a unit's crew, for a phone: what they are sent to, a button for each state, and where they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.gateway import current_gateway
from gateway.portal.governance.dispatching import CHECKED, done, guessed, names, position, protocol
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.governance.v1 import units_pb2 as pb
from smartcity.governance.v1 import units_views as views

PATH = "/petugas/unit"
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
_MOST = 200


def crews(request: Request) -> Caller:
    """Dependency: somebody of a crew."""
    caller = staff(request)
    if not caller.has("crew"):
        raise Problem(403, "ROLE_NOT_ALLOWED", "This page is for crews of emergency units.")
    return caller


Crew = Annotated[Caller, Depends(crews)]


@router.get("")
async def unit(request: Request, caller: Crew) -> Response:
    """The caller's unit; without one, those of their agency to sign on to."""
    return await _unit(request, caller, FormState())


@router.post("/masuk", dependencies=CHECKED)
async def sign_on(request: Request, caller: Crew) -> Response:
    """Signs on."""
    form = await forms.read(request)
    asked = pb.SignOnUnitRequest(request_id=form["request_id"], code=form["code"])
    answer = await done(request, "sign_on", form, asked, caller)
    return await _unit(request, caller, answer) if isinstance(answer, FormState) else RedirectResponse(PATH, 303)


@router.post("/{code}/keluar", dependencies=CHECKED)
async def sign_off(request: Request, code: Identifier, caller: Crew) -> Response:
    """Signs off."""
    form = await forms.read(request)
    asked = pb.SignOffUnitRequest(request_id=form["request_id"], code=code)
    answer = await done(request, "sign_off", form, asked, caller)
    return await _unit(request, caller, answer) if isinstance(answer, FormState) else RedirectResponse(PATH, 303)


@router.post("/{code}/gerak", dependencies=CHECKED)
async def move(request: Request, code: Identifier, caller: Crew) -> Response:
    """Moves the unit by the crew's button."""
    form = await forms.read(request)
    state = views.UNIT_STATE_NUMBERS.get(form["state"], pb.UNIT_STATE_UNSPECIFIED)
    asked = pb.MoveUnitRequest(request_id=form["request_id"], code=code, etag=form["etag"], state=state)
    answer = await done(request, "move", form, asked, caller)
    return await _unit(request, caller, answer) if isinstance(answer, FormState) else RedirectResponse(PATH, 303)


@router.post("/{code}/kabar", dependencies=CHECKED)
async def confirm(request: Request, code: Identifier, caller: Crew) -> Response:
    """The crew is well."""
    form = await forms.read(request)
    asked = pb.ConfirmUnitRequest(request_id=form["request_id"], code=code)
    answer = await done(request, "confirm", form, asked, caller)
    return await _unit(request, caller, answer) if isinstance(answer, FormState) else RedirectResponse(PATH, 303)


@router.post("/{code}/posisi", dependencies=CHECKED)
async def tell(request: Request, code: Identifier, caller: Crew) -> Response:
    """Where the phone is, as the page's script tells it; answers what it is to show now."""
    form = await forms.read(request)
    at, now = position(form), Timestamp()
    now.GetCurrentTime()
    asked = pb.ReportUnitPositionRequest(code=code, location=at, time=now)
    answer = await done(request, "tell", form, asked, caller)
    if isinstance(answer, FormState):
        return JSONResponse({"stored": False}, answer.status, {"cache-control": "no-store"})
    now_shown = await current_gateway(request).pillars.call(pb.GetOwnUnitRequest(), caller)
    told = {
        "stored": answer.stored, "etag": now_shown.unit.etag, "job": now_shown.job.etag,
        "asked": now_shown.unit.HasField("check_time"),
    }  # fmt: skip
    return JSONResponse(told, headers={"cache-control": "no-store"})


async def _unit(request: Request, caller: Caller, shown: FormState) -> Response:
    pillars, known = current_gateway(request).pillars, await protocol(request)
    answer = await pillars.call(pb.GetOwnUnitRequest(), caller)
    own = views.unit(answer.unit) if answer.HasField("unit") else None
    job = views.unit_job(answer.job) if answer.HasField("job") else None
    listed = (await pillars.call(pb.ListUnitsRequest(page_size=_MOST), caller)).units
    kind = next((each for each in known.kinds or () if job and each.id == job.kind), None)
    return render(
        request, "governance/unit_phone.html", shown.status, private=True, here="officer", view="unit", own=own,
        job=job, kind=kind, names=names(request, known), units=[views.unit(each) for each in listed], path=PATH,
        guessed=guessed(request, job) if job else "", now=datetime.now(UTC), **shown.context(),
    )  # fmt: skip
