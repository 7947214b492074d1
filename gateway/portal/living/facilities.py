"""What is near: facilities by distance or by name, each with its page, and the form that says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.city_words import drawing_of
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import next_href, page_token, strange
from gateway.portal.kit.sources import of_osm
from gateway.portal.kit.texts import Texts
from gateway.portal.kit.trouble import Trouble, field_trouble, told
from gateway.portal.kit.way_back import kept, onward, public_trail, way_back
from gateway.portal.living.facility_words import Unreadable, hours_of, kinds, point_of, words
from gateway.portal.living.known_places import known
from gateway.portal.living.whereabouts import spot_of
from services.kit.rpc import rules
from smartcity.living.v1 import facilities_pb2 as pb
from smartcity.living.v1 import facilities_views as views
from smartcity.types.v1 import place_pb2

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/sekitar"
PAGE = 20
"""Facilities of a page."""
MAP_PAGE, MAP_SECONDS = 200, 60
"""Facilities of the live map, and the seconds that browsers use them for."""
DONE = frozenset({"facility_corrected"})


@router.get(PATH)
@for_crowds()
async def near(
    request: Request, tempat: str = "", wilayah: str = "", jenis: str = "", buka: str = "", akses: str = ""
) -> Response:
    """Facilities near a place that the reader names or stands at; all by their names where they tell none."""
    if (back := strange(request, jenis=kinds())) is not None:
        return back
    spot = spot_of(request, tempat[:300], wilayah)
    kind = jenis if jenis in kinds() else ""
    asked = pb.ListFacilitiesRequest(
        near=spot.near, open=bool(buka), accessible=bool(akses), page_size=PAGE, page_token=page_token(request)
    )
    if kind:
        asked.kind = views.FACILITY_KIND_NUMBERS[kind]
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    city = current_gateway(request).city
    found = [views.facility(one) for one in answer.facilities]
    query = {
        name: value
        for name, value in (*spot.query, ("jenis", kind), ("buka", buka and "1"), ("akses", akses and "1"))
        if value
    }
    return render(
        request, "living/facilities.html", here="living", spot=spot, kind=kind, open=bool(buka), accessible=bool(akses),
        known=[name for name, _ in known(city)], refill=partial(_refill, query),
        named=found, placed=[one for one in found if one.location],
        unplaced=[one for one in found if not one.location],
        trail=public_trail(PATH, **query, page=page_token(request)), paged=bool(page_token(request)),
        next_href=next_href(PATH, answer.next_page_token, **query),
        map=drawing_of(city), of_osm=of_osm(city, "facilities_osm.csv", found, kind), now=datetime.now(UTC),
        **words(request),
    )  # fmt: skip


def _refill(query: Mapping[str, str], place: str) -> str:
    """The address of the same question about another place."""
    return f"{PATH}?{urlencode({**query, 'tempat': place})}"


@router.get("/peta/fasilitas.json")
async def on_the_map(request: Request, jenis: str = "") -> Response:
    """The facilities of the live map: those whose point is known."""
    if (back := strange(request, jenis=kinds())) is not None:
        return back
    asked = pb.ListFacilitiesRequest(page_size=MAP_PAGE)
    if jenis in kinds():
        asked.kind = views.FACILITY_KIND_NUMBERS[jenis]
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    rows = [
        {
            "name": one.name,
            "kind": one.kind,
            "area": one.area.code if one.area else "",
            "href": f"{PATH}/{one.code}",
            "lon": one.location.lon,
            "lat": one.location.lat,
        }
        for one in map(views.facility, answer.facilities)
        if one.location
    ]
    headers = {"cache-control": f"public, max-age={MAP_SECONDS}"}
    return Response(msgspec.json.encode(rows), media_type="application/json", headers=headers)


@router.get(PATH + "/{code}")
async def shown(request: Request, code: Identifier, done: str = "") -> Response:
    """One facility: what is known of it, what that rests on, and what is not known."""
    return await _shown(request, code, FormState(done=done if done in DONE else ""))


@router.post(PATH + "/{code}", dependencies=[Depends(csrf_checked)])
async def correct(request: Request, code: Identifier) -> Response:
    """Says what is wrong about it."""
    form = await forms.read(request)
    asked, trouble = _correction(request, code, form)
    if trouble:
        return await _shown(request, code, FormState(doing="correct", form=form, trouble=trouble, status=422))
    call = current_gateway(request).pillars.call(asked, current_caller(request))
    answer = await attempted(request, "correct", form, call)
    if isinstance(answer, FormState):
        return await _shown(request, code, answer)
    path = f"{PATH}/{answer.receipt.facility}"
    return RedirectResponse(onward(request, path, PATH, done="facility_corrected"), 303)


def _correction(request: Request, code: str, form: Fields) -> tuple[pb.CreateFacilityCorrectionRequest, Trouble | None]:
    """What a form asks for, and all that is wrong in it."""
    asked = pb.CreateFacilityCorrectionRequest(
        request_id=form["request_id"], facility=code, name=form["name"], reason=form["reason"]
    )
    wrong: dict[str, str] = {}
    try:
        asked.hours = hours_of(form)
    except Unreadable as unreadable:
        wrong |= unreadable.errors
    try:
        if point := point_of(form):
            asked.location.CopyFrom(place_pb2.Point(lon=point[0], lat=point[1]))
    except Unreadable as unreadable:
        wrong |= unreadable.errors
    if form["wheelchair"] in ("yes", "no"):
        asked.wheelchair = views.FACILITY_ACCESS_NUMBERS[form["wheelchair"]]
    if form["use"] in views.FACILITY_USE_NUMBERS:
        asked.use = views.FACILITY_USE_NUMBERS[form["use"]]
    return asked, _trouble(texts_of(request), asked, wrong)


def _trouble(texts: Texts, asked: pb.CreateFacilityCorrectionRequest, wrong: Mapping[str, str]) -> Trouble | None:
    """What the portal cannot read, what the contract does not take, and that nothing is said at all: together."""
    wrongs = {name: texts(key) for name, key in wrong.items()}
    for fault in rules.faults(asked):
        wrongs.setdefault(fault.path, told(texts, fault.reason, fault.path, fault.message))
    if not wrongs:
        return None
    says = asked.name or asked.hours or asked.HasField("location") or asked.wheelchair or asked.use
    trouble = field_trouble(texts, **wrongs)
    return trouble if says or wrong else replace(trouble, message=texts("reason.FACILITY_CORRECTION_EMPTY"))


def _confirmed(facility: views.Facility) -> dict[str, datetime | None]:
    """When each field was last corrected that was: the newest change comes first."""
    found: dict[str, datetime | None] = {}
    for one in facility.changes:
        for field in one.fields if one.corrected else ():
            found.setdefault(field, one.time)
    return found


async def _shown(request: Request, code: str, shown: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(pb.GetFacilityRequest(id=code), current_caller(request))
    facility = views.facility(answer.facility)
    return render(
        request, "living/facility.html", shown.status, here="living", facility=facility, now=datetime.now(UTC),
        confirmed=_confirmed(facility),
        private=bool(shown.form), path=f"{PATH}/{facility.code}", back=way_back(request, PATH),
        trail=kept(request, PATH), **words(request), **shown.context(),
    )  # fmt: skip
