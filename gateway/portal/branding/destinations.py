"""Where to go: places near by or by name, what is on, each place with its page, and what is wrong about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.photos import destinations as photos
from gateway.portal.branding import destination_words as words
from gateway.portal.branding import event_words, place_json_ld, ticket_sales
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.city_words import drawing_of
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import next_href, page_token, strange
from gateway.portal.kit.sources import of_osm
from gateway.portal.kit.way_back import kept, onward, public_trail, way_back
from gateway.portal.living.known_places import known
from gateway.portal.living.whereabouts import spot_of
from smartcity.branding.v1 import city_events_pb2, city_events_views, visits_pb2
from smartcity.branding.v1 import destinations_pb2 as pb
from smartcity.branding.v1 import destinations_views as views

PATH, PLACE = "/wisata", "/wisata/tempat"
PAGE, SOON = 24, 4
"""Places, and events, of a page."""
MAP_PAGE, MAP_SECONDS = 200, 60
"""Places of the live map, and the seconds that browsers use them for."""
DONE = frozenset({"place_corrected"})
router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(PATH)
@for_crowds()
async def near(request: Request, tempat: str = "", wilayah: str = "", jenis: str = "", buka: str = "") -> Response:
    """Places near where the reader is or wants to be, or all by their names; what is on, and what to know now."""
    if (back := strange(request, jenis=words.KINDS)) is not None:
        return back
    spot, caller = spot_of(request, tempat[:300], wilayah), current_caller(request)
    pillars = current_gateway(request).pillars
    asked = pb.ListDestinationsRequest(
        near=spot.near, open=bool(buka), page_size=PAGE, page_token=page_token(request)
    )  # fmt: skip
    if jenis:
        asked.kind = views.DESTINATION_KIND_NUMBERS[jenis]
    answer = await pillars.call(asked, caller)
    found = [views.destination(one) for one in answer.destinations]
    events = await pillars.call(city_events_pb2.ListCityEventsRequest(page_size=SOON), caller)
    told = await pillars.call(pb.ListAdvisoriesRequest(), caller)
    coming = [city_events_views.city_event(one) for one in events.events if one.HasField("next")]
    query = {
        name: value for name, value in (*spot.query, ("jenis", jenis), ("buka", buka and "1")) if value
    }  # fmt: skip
    city = current_gateway(request).city
    shared: dict[str, Any] = {**event_words.words(request), **words.words(request)}
    return render(
        request, "branding/destinations.html", here="branding", spot=spot, kind=jenis, open=bool(buka), found=found,
        known=[name for name, _ in known(city)], coming=coming, map=drawing_of(city), now=datetime.now(UTC),
        advised=[views.advisory(one) for one in told.advisories], paged=bool(page_token(request)),
        trail=public_trail(PATH, **query, page=page_token(request)), sells=ticket_sales.sells(request),
        of_osm=of_osm(city, "destinations_osm.csv", found, jenis),
        next_href=next_href(PATH, answer.next_page_token, **query), **shared,
    )  # fmt: skip


@router.get(f"{PATH}/peta.json")
async def on_the_map(request: Request, jenis: str = "") -> Response:
    """The places of the live map."""
    asked = pb.ListDestinationsRequest(page_size=MAP_PAGE)
    if jenis in words.KINDS:
        asked.kind = views.DESTINATION_KIND_NUMBERS[jenis]
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    rows = [
        {
            "name": one.name,
            "kind": one.kind,
            "area": one.area.code if one.area else "",
            "href": f"{PLACE}/{one.code}",
            "lon": one.location.lon,
            "lat": one.location.lat,
        }
        for one in map(views.destination, answer.destinations)
        if one.location
    ]
    headers = {"cache-control": f"public, max-age={MAP_SECONDS}"}
    return Response(msgspec.json.encode(rows), media_type="application/json", headers=headers)


@router.get(PLACE + "/{code}")
async def shown(request: Request, code: Identifier, done: str = "") -> Response:
    """One place: what is known of it, what that rests on, and what is not known."""
    return await _shown(request, code, FormState(done=done if done in DONE else ""))


@router.get(PLACE + "/{code}/foto/{photo}")
async def photo(request: Request, code: Identifier, photo: Identifier, kecil: str = "") -> Response:
    """A picture of a place; with ``?kecil=1`` the small one of it."""
    seen, address = request.headers.get("if-none-match"), request.state.address
    return await photos.answer(current_gateway(request), code, photo, seen, address=address, little=kecil == "1")


@router.post(PLACE + "/{code}", dependencies=[Depends(csrf_checked)])
async def correct(request: Request, code: Identifier) -> Response:
    """Says what is wrong about it."""
    form = await forms.read(request)
    said, wrong = words.content(form)
    asked = pb.CreateDestinationCorrectionRequest(
        request_id=form["request_id"], destination=code, content=said, reason=form["reason"]
    )
    answer: Any = incomplete(request, "correct", form, **wrong) if wrong else None
    if answer is None:
        call = current_gateway(request).pillars.call(asked, current_caller(request))
        answer = await attempted(request, "correct", form, call)
    if isinstance(answer, FormState):
        return await _shown(request, code, answer)
    path = f"{PLACE}/{answer.receipt.destination}"
    return RedirectResponse(onward(request, path, PATH, done="place_corrected"), 303)


async def _shown(request: Request, code: str, state: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(pb.GetDestinationRequest(id=code), current_caller(request))
    place = views.destination(answer.destination)
    counted = await current_gateway(request).pillars.call(
        visits_pb2.GetVisitsRequest(destination=code), current_caller(request)
    )
    return render(
        request, "branding/destination.html", state.status, here="branding", place=place,
        visits=counted, sale=await ticket_sales.of_destination(request, place.code), private=bool(state.form),
        json_ld=place_json_ld.of_place(place, current_gateway(request).settings.origin),
        path=f"{PLACE}/{place.code}", back=way_back(request, PATH), trail=kept(request, PATH),
        now=datetime.now(UTC), **words.words(request), **state.context(),
    )  # fmt: skip
