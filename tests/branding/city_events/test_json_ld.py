"""What pages tell search engines, against the vocabulary of schema.org: known types, their properties, their values.

The table is what https://schema.org/version/latest says of what we use: anything else we would tell is found here.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.portal.branding.json_ld import of_event
from gateway.portal.branding.place_json_ld import of_place
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1 import city_events_views as views
from smartcity.branding.v1 import destinations_pb2 as places_pb
from smartcity.branding.v1 import destinations_views as place_views

SITE = "https://kota.example"
_TEXT, _URL, _NUMBER, _BOOLEAN, _WHEN, _TIME = "text", "url", "number", "boolean", "when", "time"
_THING = {"name": _TEXT, "description": _TEXT, "url": _URL, "sameAs": _URL, "alternateName": _TEXT}
_PLACE = _THING | {
    "address": "PostalAddress", "geo": "GeoCoordinates", "image": "ImageObject", "isAccessibleForFree": _BOOLEAN,
    "openingHoursSpecification": "OpeningHoursSpecification",
}  # fmt: skip
_EVENT = _THING | {
    "startDate": _WHEN, "endDate": _WHEN, "eventStatus": _URL, "eventAttendanceMode": _URL, "location": "Place",
    "organizer": "Organization",
}  # fmt: skip
VOCABULARY: dict[str, dict[str, str]] = {
    "PostalAddress": {"addressCountry": _TEXT, "addressLocality": _TEXT},
    "GeoCoordinates": {"latitude": _NUMBER, "longitude": _NUMBER},
    "ImageObject": {
        "contentUrl": _URL, "url": _URL, "caption": _TEXT, "encodingFormat": _TEXT, "width": _NUMBER,
        "height": _NUMBER, "creditText": _TEXT, "creator": "Person", "license": _URL, "acquireLicensePage": _URL,
    },
    "OpeningHoursSpecification": {"dayOfWeek": _URL, "opens": _TIME, "closes": _TIME},
    "Organization": _THING,
    "Person": _THING,
    "Place": _PLACE,
    **dict.fromkeys(("Event", "Festival", "ExhibitionEvent", "SportsEvent", "SaleEvent"), _EVENT),
    **dict.fromkeys(("TouristAttraction", "Museum", "Park", "Beach", "Mosque", "Church"), _PLACE),
}  # fmt: skip
_FORMS = {
    _URL: re.compile(r"https://\S+"),
    _TIME: re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
    _WHEN: re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}[+-]\d{2}:\d{2})?"),
}


def check(found: Any, wanted: str) -> None:
    """Refuses what schema.org does not know where it stands."""
    if isinstance(found, list):
        assert found
        for one in found:
            check(one, wanted)
    elif wanted in _FORMS:
        assert _FORMS[wanted].fullmatch(found), found
        assert wanted != _WHEN or datetime.fromisoformat(found)
    elif wanted == _TEXT:
        assert isinstance(found, str)
        assert found
    elif wanted in (_NUMBER, _BOOLEAN):
        assert isinstance(found, bool) == (wanted == _BOOLEAN)
        assert isinstance(found, bool | int | float)
    else:
        kinds = found["@type"] if isinstance(found["@type"], list) else [found["@type"]]
        assert wanted in kinds or VOCABULARY[kinds[0]] == VOCABULARY[wanted]
        for name, value in found.items():
            if not name.startswith("@"):
                check(value, VOCABULARY[kinds[0]][name])


def read(script: str) -> list[dict[str, Any]]:
    """The things of a page's script, which nothing in it can end."""
    assert "<" not in script
    told = msgspec.json.decode(str(script))
    assert told["@context"] == "https://schema.org"
    things: list[dict[str, Any]] = told.get("@graph", [told])
    return things


words = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30)


@given(
    name=words,
    about=st.one_of(st.just(""), words),
    kind=st.sampled_from([one for one in pb.CityEventKind.values() if one]),
    starts=st.lists(st.integers(1, 5_000), max_size=14, unique=True),
    all_day=st.booleans(),
    state=st.sampled_from([one for one in pb.OccasionState.values() if one]),
)
def test_any_event_is_told_as_schema_org_knows_it(
    name: str, about: str, kind: int, starts: list[int], all_day: bool, state: int
) -> None:
    event = pb.CityEvent(code="dugderan")
    event.content.name, event.content.kind, event.content.venue = name, kind, "Simpang Lima"  # type: ignore[assignment]
    event.content.description, event.content.organiser = about, about
    for hours in starts:
        planned = event.occasions.add(all_day=all_day, state=state)
        begin = datetime.now(UTC) + timedelta(hours=hours)
        planned.starts_at.FromDatetime(begin)
        planned.ends_at.FromDatetime(begin + timedelta(hours=3))
    script = of_event(views.city_event(event), SITE, UTC)
    if not starts:
        assert script == "", "an event without a date is none to a search engine"
        return
    things = read(script)
    assert len(things) == min(len(starts), 10)
    for one in things:
        check(one, "Event")
        assert {"name", "startDate", "location", "eventStatus"} <= one.keys()
        assert one["startDate"] <= one["endDate"]
        assert all_day == bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", one["startDate"]))


@given(
    name=words,
    kind=st.sampled_from([one for one in places_pb.DestinationKind.values() if one]),
    hours=st.sampled_from(["", "Mo-Su 08:00-20:00", "Mo-Fr 07:00-12:00,13:00-24:00; PH off", "24/7", "kapan saja"]),
    prices=st.lists(st.integers(0, 3), max_size=3),
    photos=st.lists(st.sampled_from(["https://example.org/foto", "Arsip kota"]), max_size=2),
)
def test_any_place_is_told_as_schema_org_knows_it(
    name: str, kind: int, hours: str, prices: list[int], photos: list[str]
) -> None:
    place = places_pb.Destination(code="lawang-sewu", name=name, kind=kind)  # type: ignore[arg-type]
    place.content.hours = hours
    place.location.lon, place.location.lat = 110.41, -6.98
    for units in prices:
        place.content.prices.add(payer=places_pb.PRICE_CLASS_ADULT, units=units)
    for source in photos:
        place.photos.add(
            id="1", href="/v1/destinations/lawang-sewu/photos/1", content_type="image/jpeg", width=4, height=3,
            author="Rina", licence_url="https://creativecommons.org/licenses/by/4.0/", source=source, text="Gedung.",
        )  # fmt: skip
    (found,) = read(of_place(place_views.destination(place), SITE))
    check(found, "TouristAttraction")
    assert found["url"] == f"{SITE}/wisata/tempat/lawang-sewu"
    assert found.get("isAccessibleForFree") == (None if not prices else not any(prices))
    assert len(found.get("image", ())) == len(photos)
    assert ("openingHoursSpecification" in found) == (hours not in ("", "kapan saja"))


@pytest.mark.parametrize(
    ("hours", "closes"),
    [
        ("Sa 20:00-02:00", "02:00"),
        ("Sa 20:00-00:00", "23:59"),
        ("Sa 08:00-08:00", "23:59"),
        ("Sa 08:00-12:00", "12:00"),
    ],
)
def test_a_place_closes_on_the_day_after_where_that_is_before_it_opens(hours: str, closes: str) -> None:
    place = places_pb.Destination(code="pasar", name="Pasar Semawis")
    place.content.hours = hours
    (found,) = read(of_place(place_views.destination(place), SITE))
    (span,) = found["openingHoursSpecification"]
    assert span["closes"] == closes
