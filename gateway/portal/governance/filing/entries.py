"""What the three screens ask for, what is wanting of it, and what it makes as a report."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.drafts.model import Draft, Said
from gateway.portal.kit.forms import Fields
from services.kit.city import City
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.types.v1.origin_pb2 import Origin
from smartcity.types.v1.place_pb2 import Point

STEPS = ("what", "where", "check")
FIELDS = {
    "what": ("text",),
    "where": ("lon", "lat", "area_code", "landmark"),
    "check": ("category", "other_category", "name", "email", "phone", "anonymous", "secret"),
}
OTHER = "other"
TICKED = "yes"
TEXT_LEAST, TEXT_MOST = 10, 5000


def enter(draft: Draft, step: str, form: Mapping[str, str]) -> None:
    """Takes the entries of a screen into the draft; what the screen no longer says is gone."""
    before = draft.fields.get("text")
    kept = {name: value for name, value in draft.fields.items() if name not in FIELDS[step]}
    draft.fields = kept | {name: form[name] for name in FIELDS[step] if form[name]}
    if step == "check":
        draft.checked = True
    elif draft.fields.get("text") != before:
        for guessed in ("category", "other_category"):  # from another story
            draft.fields.pop(guessed, None)
        draft.checked = draft.checked and "secret" in draft.fields


def step_of(names: Mapping[str, object]) -> str:
    """The screen on which the first of some fields stands; the last one for all that is on none."""
    return next((step for step in STEPS if not names.keys().isdisjoint(FIELDS[step])), STEPS[-1])


def is_wanting(draft: Draft, wanted: str, city: City) -> bool:
    """Whether something is missing on a screen before the wanted one (``send``: on any); the draft then says what."""
    form, at = Fields(draft.fields), (*STEPS, "send").index(wanted) if wanted != "join" else 0
    length = len(form["text"])
    if at > 0 and length < TEXT_LEAST:
        draft.wrong("what", text=Said("problem.text_short"))
    elif at > 0 and length > TEXT_MOST:
        draft.wrong("what", text=Said("problem.text_long"))
    elif at > 1 and (key := _place_wanting(form, city)):
        draft.wrong("where", area_code=Said(key))
    elif at > 2 and form["category"] == OTHER and not form["other_category"]:
        draft.wrong("check", category=Said("problem.category_missing"))
    elif at > 2 and form["other_category"] and form["category"] not in ("", OTHER, form["other_category"]):
        # The first guess comes marked: without JavaScript, a choice from the list leaves it so.
        draft.wrong("check", category=Said("problem.category_two"))
    else:
        return False
    return True


def _place_wanting(form: Fields, city: City) -> str:
    point = point_of(form)
    if point and city.locate(*point) is None:
        return "reason.OUTSIDE_CITY"
    return "" if point or form["area_code"] or form["landmark"] else "problem.place_missing"


def point_of(form: Fields) -> tuple[float, float] | None:
    """The point on the map, longitude first; None where none was chosen."""
    lon, lat = form.number("lon"), form.number("lat")
    return (lon, lat) if lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90 else None


def area_of(form: Fields, city: City) -> str:
    """The kelurahan as far as we can tell it: from the point, the choice, or the words."""
    point = point_of(form)
    if point:
        found = city.locate(*point)
        return found.code if found else ""
    if form["area_code"] in city.areas:
        return form["area_code"]
    place = city.place(form["landmark"]) if form["landmark"] else None
    return place.area.code if place else ""


def category_of(form: Fields) -> str:
    """The chosen category; empty lets the pillar choose."""
    chosen = form["category"]
    return form["other_category"] if chosen in ("", OTHER) else chosen


def filing(draft: Draft, origin: Origin) -> pb.CreateComplaintRequest:
    """The report."""
    form = Fields(draft.fields)
    point = point_of(form)
    request = pb.CreateComplaintRequest(
        request_id=draft.key,
        text=form["text"],
        category=category_of(form),
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
