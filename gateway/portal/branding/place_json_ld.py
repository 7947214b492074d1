"""A place as schema.org has it (https://schema.org/TouristAttraction), in its page: with who made its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from gateway.portal.branding.json_ld import written
from services.kit.city.opening_hours import Span, parse
from services.kit.city.opening_hours import written as clock
from services.kit.errors import DomainError
from smartcity.branding.v1 import destination_photos_views as photo_views
from smartcity.branding.v1 import destinations_views as views

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TYPES = {"museum": "Museum", "park": "Park", "beach": "Beach", "mosque": "Mosque", "church": "Church"}
"""Kinds that schema.org has a type for, beside that of an attraction."""
_DAY = 24 * 60


def of_place(place: views.Destination, site: str) -> Markup:
    """The place; what is not known is left out."""
    said, site = place.content, site.rstrip("/")
    assert said is not None
    kind = _TYPES.get(place.kind or "")
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["TouristAttraction", kind] if kind else "TouristAttraction",
        "name": place.name,
        "url": f"{site}/wisata/tempat/{place.code}",
        "address": _address(place),
    }
    if place.location:
        found["geo"] = {"@type": "GeoCoordinates", "latitude": place.location.lat, "longitude": place.location.lon}
    if said.description or said.description_en:
        found["description"] = said.description or said.description_en
    if said.website:
        found["sameAs"] = said.website
    if said.prices:
        found["isAccessibleForFree"] = not any(one.units for one in said.prices)
    if said.hours and not said.closed and (times := list(_hours(said.hours))):
        found["openingHoursSpecification"] = times
    if place.photos:
        found["image"] = [_image(one, place.code or "", site) for one in place.photos]
    return written(found)


def _address(place: views.Destination) -> dict[str, str]:
    locality = f"{place.area.name}, {place.area.district}" if place.area else ""
    return {"@type": "PostalAddress", "addressCountry": "ID", **({"addressLocality": locality} if locality else {})}


def _hours(text: str) -> Iterator[dict[str, str]]:
    """Each span of a week."""
    try:
        week = parse(text).week
    except DomainError:
        return
    for day, spans in zip(_DAYS, week, strict=True):
        for one in spans:
            yield {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": f"https://schema.org/{day}",
                "opens": clock(one.opens),
                "closes": clock(_closes(one)),
            }


def _closes(span: Span) -> int:
    """When a span ends: on the day after where that is before it opens, as schema.org reads it. What ends at midnight
    ends a minute before, for there is no 24:00 there, and so does what stays open for a day or longer.
    """
    after = span.closes - _DAY
    return after if 0 < after < span.opens else min(span.closes, _DAY - 1)


def _image(one: photo_views.DestinationPhoto, code: str, site: str) -> dict[str, Any]:
    address = f"{site}/wisata/tempat/{code}/foto/{one.id}"  # search engines leave the API alone
    found: dict[str, Any] = {
        "@type": "ImageObject",
        "contentUrl": address,
        "url": address,
        "caption": one.text,
        "encodingFormat": one.content_type,
        "width": one.width,
        "height": one.height,
        "creditText": one.author,
        "creator": {"@type": "Person", "name": one.author},
    }
    if one.licence_url:
        found["license"] = one.licence_url
    if (one.source or "").startswith("https://"):
        found["acquireLicensePage"] = one.source
    return found
