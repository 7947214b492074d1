"""Filing a report in three screens: what, where, check and send. What was entered travels in hidden fields."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import from_grpc
from gateway.bodies.kinds import PHOTOS, PHOTOS_A_FORM
from gateway.callers.origins import origin_of
from gateway.callers.session import FormChecked
from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys, photos, support
from gateway.portal.governance.likeness import alike
from gateway.portal.kit import forms
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, Trouble, field_trouble, new_key, render, texts_of
from services.kit.city import City
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_views as views
from smartcity.governance.v1 import routing_pb2, routing_views
from smartcity.types.v1.origin_pb2 import Origin
from smartcity.types.v1.place_pb2 import Point

router = APIRouter(route_class=PageRoute, include_in_schema=False)

STEPS = ("what", "where", "check")
FIELDS = {
    "what": ("text",),
    "where": ("lon", "lat", "area_code", "landmark"),
    "check": ("category", "other_category", "name", "email", "phone", "anonymous", "secret"),
}
OTHER = "other"
TICKED = "yes"
TEXT_LEAST, TEXT_MOST = 10, 5000


@router.get("/lapor")
async def begin(request: Request) -> Response:
    """The first screen."""
    return _screen(request, "what", Fields(request_id=new_key()))


@router.post("/lapor", dependencies=[Depends(FormChecked(PHOTOS))])
async def step(request: Request) -> Response:
    """Takes a screen's entries and shows the next one, or files the report."""
    form = await forms.read(request)
    if form["join"]:
        return await support.join(request, form["join"], form)  # me too, instead of a new report
    here = form["step"] if form["step"] in STEPS else "what"
    if form["go"] == "send" and here == "check":
        wanting = _wanting(request, form, "check")
        return _screen(request, *wanting) if wanting else await _send(request, form)
    wanted = form["go"] if form["go"] in STEPS else here
    wanting = _wanting(request, form, wanted)
    if wanting:
        return _screen(request, *wanting)
    return await _check_screen(request, form) if wanted == "check" else _screen(request, wanted, form)


def _wanting(request: Request, form: Fields, wanted: str) -> tuple[str, Fields, Trouble] | None:
    """The earlier screen that something is missing on, when going on to ``wanted``."""
    texts = texts_of(request)
    if wanted != "what" and len(form["text"]) < TEXT_LEAST:
        return "what", form, field_trouble(texts, text=texts("problem.text_short"))
    if wanted != "what" and len(form["text"]) > TEXT_MOST:
        return "what", form, field_trouble(texts, text=texts("problem.text_long"))
    if wanted != "check":
        return None
    point = _point(form)
    if point and current_gateway(request).city.locate(*point) is None:
        return "where", form, field_trouble(texts, area_code=texts("reason.OUTSIDE_CITY"))
    if not (point or form["area_code"] or form["landmark"]):
        return "where", form, field_trouble(texts, area_code=texts("problem.place_missing"))
    return None


def _screen(
    request: Request, name: str, form: Fields, trouble: Trouble | None = None, status: int = 200, **context: Any
) -> Response:
    """One of the three screens."""
    carried = [field for screen, fields in FIELDS.items() if screen != name for field in fields if form[field]]
    return render(
        request, f"governance/report_{name}.html", status if not trouble or status != 200 else 422, private=True,
        here="report", step=name, step_number=STEPS.index(name) + 1, form=form, carried=carried,
        **(trouble.context() if trouble else {}), **context,
    )  # fmt: skip


async def _check_screen(request: Request, form: Fields, trouble: Trouble | None = None, status: int = 200) -> Response:
    """The last screen: what we make of it, and what may already be known."""
    city = current_gateway(request).city
    suggestions, similar = await asyncio.gather(_suggestions(request, form, city), _similar(request, form, city))
    first = city.category(suggestions[0].category.id) if suggestions and suggestions[0].category else None
    if first is not None and first.private and "secret" not in form and form["step"] != "check":
        form["secret"] = TICKED
    return _screen(
        request, "check", form, trouble, status,
        suggestions=suggestions, similar=similar, place_words=_place_words(request, form, city),
    )  # fmt: skip


async def _suggestions(request: Request, form: Fields, city: City) -> list[routing_views.CategorySuggestion]:
    """The likely categories; none when the pillar does not answer, which costs the suggestion only."""
    pillars = current_gateway(request).pillars
    asked = routing_pb2.SuggestCategoriesRequest(text=form["text"], area_code=_area_code(form, city))
    try:
        answer = await pillars.call(asked, link_keys.public_caller(request))
    except grpc.aio.AioRpcError:
        return []
    return [routing_views.category_suggestion(each) for each in answer.suggestions]


async def _similar(request: Request, form: Fields, city: City) -> list[views.SimilarComplaint]:
    """What looks like the same matter."""
    return await alike(
        request, link_keys.public_caller(request), text=form["text"], category=_category(form),
        area_code=_area_code(form, city), point=_point(form),
    )  # fmt: skip


def _point(form: Fields) -> tuple[float, float] | None:
    lon, lat = form.number("lon"), form.number("lat")
    return (lon, lat) if lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90 else None


def _area_code(form: Fields, city: City) -> str:
    """The kelurahan as far as we can tell it: from the point, the choice, or the words."""
    point = _point(form)
    if point:
        found = city.locate(*point)
        return found.code if found else ""
    if form["area_code"] in city.areas:
        return form["area_code"]
    place = city.place(form["landmark"]) if form["landmark"] else None
    return place.area.code if place else ""


def _place_words(request: Request, form: Fields, city: City) -> str:
    area = city.area(_area_code(form, city))
    point = _point(form)
    parts = [form["landmark"], f"{area.name}, {area.district}" if area else ""]
    if point:
        parts.append(texts_of(request)("report.point_words", lat=f"{point[1]:.5f}", lon=f"{point[0]:.5f}"))
    return " · ".join(filter(None, parts))


def _category(form: Fields) -> str:
    """The chosen category; empty lets the pillar choose."""
    chosen = form["category"]
    return form["other_category"] if chosen in ("", OTHER) else chosen


async def _send(request: Request, form: Fields) -> Response:
    """Files the report, then stores its photos: a photo that is refused does not cost the report."""
    gateway, texts = current_gateway(request), texts_of(request)
    if form["category"] == OTHER and not form["other_category"]:
        trouble = field_trouble(texts, category=texts("problem.category_missing"))
        return await _check_screen(request, form, trouble)
    files = await forms.uploads(request)
    if await forms.has_more_files(request):
        trouble = field_trouble(texts, photos=texts("problem.photo_many", n=PHOTOS_A_FORM))
        return await _check_screen(request, form, trouble)
    caller = link_keys.public_caller(request)
    try:
        answer = await gateway.pillars.call(_filing(form, origin_of(request, form["email"])), caller)
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
        return await _refused(request, forms.kept(form, problem), Trouble.of(problem, texts), problem.status)
    code, key = answer.complaint.code, answer.link_key
    refused = await photos.store_with_report(request, files, code, key, form["request_id"], caller)
    to = f"{link_keys.path_of(code)}/diterima" + (f"?foto={refused}" if refused else "")
    response = link_keys.keep_and_go(request, code, key, to)
    link_keys.mark_sent(request, response, code)
    return response


async def _refused(request: Request, form: Fields, trouble: Trouble, status: int) -> Response:
    """The screen on which the first refused entry stands."""
    for screen in ("what", "where"):
        if not trouble.errors.keys().isdisjoint(FIELDS[screen]):
            return _screen(request, screen, form, trouble, status)
    return await _check_screen(request, form, trouble, status)


def _filing(form: Fields, origin: Origin) -> pb.CreateComplaintRequest:
    point = _point(form)
    request = pb.CreateComplaintRequest(
        request_id=form["request_id"],
        text=form["text"],
        category=_category(form),
        area_code="" if point else form["area_code"],
        landmark=form["landmark"],
        anonymous=form.flag("anonymous"),
        secret=form.flag("secret"),
        channel=pb.CHANNEL_KIND_PORTAL,
        origin=origin,
    )
    if point:
        request.location.CopyFrom(Point(lon=point[0], lat=point[1]))
    if form["name"] or form["email"] or form["phone"]:
        request.contact.CopyFrom(pb.Contact(name=form["name"], email=form["email"], phone=form["phone"]))
    return request
