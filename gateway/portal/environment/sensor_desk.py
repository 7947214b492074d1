"""The desk of what measures: an agency's things and devices, and what can be done with each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.environment.desk_forms import acted, number, place, since, this_hour, whole
from gateway.portal.environment.things import KINDS, devices_of, runs, streams_of, words
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import next_href, page_token
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.environment.v1 import datastreams_pb2, datastreams_views, devices_pb2, devices_views, things_pb2
from smartcity.environment.v1 import things_views as views

router = APIRouter(prefix="/petugas/alat", route_class=PageRoute, include_in_schema=False)
PATH = "/petugas/alat"
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]
DONE = frozenset(
    {"registered", "thing_moved", "thing_retired", "stream_added", "calibrated", "datum_set", "device_revoked"}
)
PAGE, MOST_STREAMS = 50, 50
PROPERTIES = tuple(datastreams_views.OBSERVED_PROPERTY_NUMBERS)


@router.get("")
async def listed(request: Request, caller: Staff, pensiun: str = "") -> Response:
    """The agency's things with what they measure and how their devices do; all of them for administrators."""
    pillars, mine = current_gateway(request).pillars, "" if caller.has("admin") else caller.agency
    things: list[views.Thing] = []
    token = ""
    if mine or caller.has("admin"):
        asked = things_pb2.ListThingsRequest(
            agency=mine, retired=bool(pensiun), page_size=PAGE, page_token=page_token(request)
        )
        answer = await pillars.call(asked, caller)
        things, token = [views.thing(one) for one in answer.things], answer.next_page_token
    ids = [one.id for one in things]
    streams, devices = await asyncio.gather(streams_of(request, ids), _devices(request, caller, ids))
    query = {"pensiun": "1"} if pensiun else {}
    return render(
        request, "environment/officer_things.html", private=True, here="officer", view="things", things=things,
        streams=streams, devices=devices, retired=bool(pensiun), registers=bool(caller.agency),
        everybodys=caller.has("admin"),
        next_href=next_href(PATH, token, **query), **words(request),
    )  # fmt: skip


async def _devices(request: Request, caller: Caller, things: list[str]) -> dict[str, list[devices_views.Device]]:
    """The devices of things that are the caller's to see, by the thing's id, in one call."""
    found: dict[str, list[devices_views.Device]] = defaultdict(list)
    if things:
        asked = devices_pb2.ListDevicesRequest(things=things)
        for one in (await current_gateway(request).pillars.call(asked, caller)).devices:
            found[one.thing].append(devices_views.device(one))
    return found


@router.get("/baru")
async def register_form(request: Request, caller: Staff) -> Response:
    """The form to register a thing."""
    return _register(request, FormState())


def _register(request: Request, shown: FormState) -> Response:
    return render(
        request, "environment/officer_thing_new.html", shown.status, private=True, here="officer", view="things",
        kinds=KINDS, **shown.context(),
    )  # fmt: skip


@router.post("/baru", dependencies=CHECKED)
async def register(request: Request, caller: Staff) -> Response:
    """Registers a thing for the officer's agency."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> Any:
        asked = things_pb2.RegisterThingRequest(
            request_id=form["request_id"], code=form["code"], name=form["name"], description=form["description"],
            location=place(form),
        )  # fmt: skip
        if form["kind"] in views.THING_KIND_NUMBERS:
            asked.kind = views.THING_KIND_NUMBERS[form["kind"]]
        return await pillars.call(asked, caller)

    answer = await acted(request, "", form, send())
    if isinstance(answer, FormState):
        return _register(request, answer)
    return RedirectResponse(f"{PATH}/{answer.thing.code}?done=registered", 303)


@router.get("/{code}")
async def thing(request: Request, code: Identifier, caller: Staff, done: str = "") -> Response:
    """One thing, and what can be done with it."""
    return await _thing(request, code, caller, FormState(done=done if done in DONE else ""))


async def _thing(request: Request, code: str, caller: Caller, shown: FormState, **more: Any) -> Response:
    pillars = current_gateway(request).pillars
    answer, streams, devices = await asyncio.gather(
        pillars.call(things_pb2.GetThingRequest(id=code), caller),
        pillars.call(datastreams_pb2.ListDatastreamsRequest(things=[code], page_size=MOST_STREAMS), caller),
        devices_of(request, code),
    )
    found = views.thing(answer.thing)
    return render(
        request, "environment/officer_thing.html", shown.status, private=True, here="officer", view="things",
        thing=found, streams=[datastreams_views.datastream(one) for one in streams.datastreams], devices=devices,
        mine=runs(caller, found.agency), properties=PROPERTIES,
        hour=this_hour(request), **words(request), **{**shown.context(), **more},
    )  # fmt: skip


@router.post("/{code}/pindah", dependencies=CHECKED)
async def move(request: Request, code: Identifier, caller: Staff) -> Response:
    """Says where a thing stands from now on."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> Any:
        asked = things_pb2.MoveThingRequest(
            request_id=form["request_id"], id=code, etag=form["etag"], location=place(form), note=form["note"]
        )
        return await pillars.call(asked, caller)

    return await _act(request, code, caller, "move", "thing_moved", form, send())


@router.post("/{code}/pensiun", dependencies=CHECKED)
async def retire(request: Request, code: Identifier, caller: Staff) -> Response:
    """Retires a thing for good; its devices may no longer send."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = things_pb2.RetireThingRequest(
        request_id=form["request_id"], id=code, etag=form["etag"], reason=form["reason"]
    )
    return await _act(request, code, caller, "retire", "thing_retired", form, pillars.call(asked, caller))


@router.post("/{code}/deret", dependencies=CHECKED)
async def add_stream(request: Request, code: Identifier, caller: Staff) -> Response:
    """Adds a datastream to a thing."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> Any:
        asked = datastreams_pb2.AddDatastreamRequest(
            request_id=form["request_id"], thing=code, name=form["name"], sensor=form["sensor"],
            feature_of_interest=form["feature_of_interest"], least=number(request, form, "least"),
            most=number(request, form, "most"), period_seconds=whole(form, "period_seconds", 1, 86_400),
        )  # fmt: skip
        if form["property"] in datastreams_views.OBSERVED_PROPERTY_NUMBERS:
            asked.property = datastreams_views.OBSERVED_PROPERTY_NUMBERS[form["property"]]
        return await pillars.call(asked, caller)

    return await _act(request, code, caller, "stream", "stream_added", form, send())


@router.post("/{code}/deret/{stream}/kalibrasi", dependencies=CHECKED)
async def calibrate(request: Request, code: Identifier, stream: Identifier, caller: Staff) -> Response:
    """Calibrates a datastream from an hour on."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> Any:
        asked = datastreams_pb2.CalibrateDatastreamRequest(
            request_id=form["request_id"], id=stream, etag=form["etag"], factor=number(request, form, "factor"),
            offset=number(request, form, "offset"), reason=form["reason"],
        )  # fmt: skip
        asked.since.FromDatetime(since(request, form))
        return await pillars.call(asked, caller)

    return await _act(request, code, caller, f"calibrate-{stream}", "calibrated", form, send())


@router.post("/{code}/deret/{stream}/titik-nol", dependencies=CHECKED)
async def set_datum(request: Request, code: Identifier, stream: Identifier, caller: Staff) -> Response:
    """Says how high the zero of a gauge lies from an hour on."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> Any:
        asked = datastreams_pb2.SetDatumRequest(
            request_id=form["request_id"], id=stream, etag=form["etag"], height=number(request, form, "height"),
            reason=form["reason"],
        )  # fmt: skip
        asked.since.FromDatetime(since(request, form))
        return await pillars.call(asked, caller)

    return await _act(request, code, caller, f"datum-{stream}", "datum_set", form, send())


@router.post("/{code}/perangkat", dependencies=CHECKED)
async def issue(request: Request, code: Identifier, caller: Staff) -> Response:
    """Issues a device. The page that answers is the only one with its password."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = devices_pb2.IssueDeviceRequest(request_id=form["request_id"], thing=code, name=form["name"])
    return await _with_password(request, code, caller, "issue", form, pillars.call(asked, caller))


@router.post("/{code}/perangkat/{device}/ganti", dependencies=CHECKED)
async def rotate(request: Request, code: Identifier, device: Identifier, caller: Staff) -> Response:
    """Gives a device a new password, shown on the page that answers alone."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = devices_pb2.RotateDeviceRequest(request_id=form["request_id"], id=device, etag=form["etag"])
    return await _with_password(request, code, caller, f"rotate-{device}", form, pillars.call(asked, caller))


@router.post("/{code}/perangkat/{device}/cabut", dependencies=CHECKED)
async def revoke(request: Request, code: Identifier, device: Identifier, caller: Staff) -> Response:
    """Revokes a device for good."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = devices_pb2.RevokeDeviceRequest(
        request_id=form["request_id"], id=device, etag=form["etag"], reason=form["reason"]
    )
    call = pillars.call(asked, caller)
    return await _act(request, code, caller, f"revoke-{device}", "device_revoked", form, call)


async def _act(
    request: Request, code: str, caller: Caller, doing: str, done: str, form: Fields, call: Any
) -> Response:  # fmt: skip
    answer = await acted(request, doing, form, call)
    if isinstance(answer, FormState):
        return await _thing(request, code, caller, answer)
    return RedirectResponse(f"{PATH}/{code}?done={done}", 303)


async def _with_password(
    request: Request, code: str, caller: Caller, doing: str, form: Fields, call: Any
) -> Response:  # fmt: skip
    answer = await acted(request, doing, form, call)
    if isinstance(answer, FormState):
        return await _thing(request, code, caller, answer)
    return await _thing(request, code, caller, FormState(), device=answer.device.id, password=answer.password)
