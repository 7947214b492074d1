"""An event as schema.org has it (https://schema.org/Event), for search engines and assistants, in the page itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

import msgspec
from markupsafe import Markup

from smartcity.branding.v1 import city_events_views as views

_TYPES: Mapping[str, str] = {
    "festival": "Festival",
    "exhibition": "ExhibitionEvent",
    "sport": "SportsEvent",
    "market": "SaleEvent",
}
_MOST = 10
"""Dates that are told."""


def of_event(event: views.CityEvent, site: str, zone: tzinfo) -> Markup:
    """The event with its dates to come, each an event of its own; nothing where no date is known."""
    coming = [one for one in event.occasions if one.ends_at and one.ends_at > datetime.now(zone)]
    if not coming:
        return Markup()
    common = _common(event, site)
    dated = [{**common, **_date(one, zone)} for one in coming[:_MOST]]
    if len(dated) == 1:
        return written(dated[0])
    return written({"@context": "https://schema.org", "@graph": [_bare(one) for one in dated]})


def written(value: Mapping[str, Any]) -> Markup:
    """A value as the content of a script element: nothing in it ends the element or begins another."""
    text = msgspec.json.encode(value).decode()
    for character, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, code)
    return Markup(text)  # noqa: S704 - what could be markup is escaped above


def _bare(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "@context"}


def _common(event: views.CityEvent, site: str) -> dict[str, Any]:
    said = event.content
    assert said is not None
    where: dict[str, Any] = {"@type": "Place", "name": said.venue, "address": _address(event)}
    if said.location:
        where["geo"] = {"@type": "GeoCoordinates", "latitude": said.location.lat, "longitude": said.location.lon}
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(said.kind or "", "Event"),
        "name": said.name,
        "location": where,
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "url": f"{site.rstrip('/')}/wisata/acara/{event.code}",
    }
    if said.name_en and said.name_en != said.name:
        found["alternateName"] = said.name_en
    if said.description or said.custom:
        found["description"] = said.description or said.custom
    if said.organiser:
        found["organizer"] = {"@type": "Organization", "name": said.organiser}
    if said.website:
        found["sameAs"] = said.website
    return found


def _address(event: views.CityEvent) -> dict[str, str]:
    area = event.areas[0] if event.areas else None
    locality = f"{area.name}, {area.district}" if area else ""
    return {"@type": "PostalAddress", "addressCountry": "ID", **({"addressLocality": locality} if locality else {})}


def _date(one: views.Occasion, zone: tzinfo) -> dict[str, Any]:
    status = "EventCancelled" if one.state == "cancelled" else "EventRescheduled" if one.moved else "EventScheduled"
    return {
        "startDate": _at(one.starts_at, zone, day=one.all_day),
        "endDate": _last(one, zone),
        "eventStatus": f"https://schema.org/{status}",
    }


def _last(one: views.Occasion, zone: tzinfo) -> str:
    """When it ends; of whole days its last day."""
    if one.all_day and one.ends_at:
        return _at(one.ends_at - timedelta(seconds=1), zone, day=True)
    return _at(one.ends_at, zone, day=False)


def _at(at: datetime | None, zone: tzinfo, *, day: bool) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone)
    return local.date().isoformat() if day else local.isoformat(timespec="minutes")
