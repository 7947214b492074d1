"""Events as an iCalendar stream (RFC 5545) that calendars subscribe to.

What follows a rule is one component with the rule, its exceptions, and one more for each date that was moved; each date
that was told is a component of its own. An id never changes, and SEQUENCE grows with each change, so that calendars
move what they have instead of showing it twice.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone
from icalendar.prop import vRecur

from services.branding.city_events import actions, recurrence, store
from services.branding.city_events.model import CityEvent, Content, Occasion, OccasionState, State
from services.branding.city_events.rule import rule_of, until_of
from services.kit.city import City
from services.kit.database import Transaction

KEPT = timedelta(days=30)
"""How long a date stays in the stream when it is over."""
PRODUCER = "-//Smart City//Events//ID"


class Pages(NamedTuple):
    """Where the pages are that it links to, and the language of its words."""

    site: str
    language: str


async def read(tx: Transaction, site: str, event: str = "", language: str = "id") -> bytes:
    """The stream in a language, of one event where one is named; it links to the pages of a site. Errors:
    EVENT_NOT_FOUND.
    """
    since = tx.now - KEPT
    found = [await actions.known(tx, event)] if event else await store.fed(tx, since)
    dates = await store.of_events(tx, [it.id for it in found], since)
    return stream(tx.runtime.city, [(it, dates.get(it.id, [])) for it in found], site, language)


def stream(city: City, found: list[tuple[CityEvent, list[Occasion]]], site: str, language: str) -> bytes:
    """The stream of some events with their dates, in a language as far as they have words in it."""
    zone, pages = city.timezone, Pages(site, language)
    made = Calendar()
    made.add("prodid", PRODUCER)
    made.add("version", "2.0")
    made.add("name", city.name(language))
    made.add("x-wr-calname", city.name(language))
    made.add("x-wr-timezone", str(zone))
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    said = [one for it, rows in found for one in components(it, rows, zone, pages)]
    # A series begins at its first date, however long ago: what is before a zone's first rule has no offset (3.6.5).
    first = min((one.start.year for one in said), default=2026)
    made.add_component(Timezone.from_tzid(str(zone), first_date=date(first, 1, 1)))
    for one in said:
        made.add_component(one)
    made_of: bytes = made.to_ical()
    return made_of


def components(it: CityEvent, occasions: list[Occasion], zone: ZoneInfo, pages: Pages) -> list[Event]:
    """An event's components."""
    schedule = it.said.schedule
    told = dict.fromkeys(one.start for one in schedule.dates)
    version = it.version - 1  # grows with another place and other words, too: calendars keep what they have else
    made = [
        _component(
            it, str(one.id), version + one.sequence, _begins(one, zone), _ends(one, zone), pages, off=_off(it, one)
        )
        for one in occasions
        if one.key in told or not schedule.rule
    ]
    if not schedule.rule:
        return made
    first, end, all_day = recurrence.first_span(schedule)
    off = it.reason if it.state is State.CANCELLED else None
    series = _component(
        it, str(it.id), version, _local(first, zone, all_day), _local(end, zone, all_day), pages, off=off
    )
    series.add("rrule", vRecur.from_ical(_rule(schedule.rule, zone, all_day=all_day)))
    moved = {one.key: one for one in occasions if one.moved and one.key not in told}
    # Of a date that was moved and is long over, or is not planned yet, no component tells where it is.
    elsewhere = (move.of for move in schedule.moved if move.of not in moved)
    hours = "" if all_day else f"T{first:%H:%M}"
    left_out = (key if "T" in key else f"{key}{hours}" for key in schedule.exceptions)
    # A told date that is here has a component of its own: where the rule gives it too, it would be there twice.
    of_its_own = (one.key for one in occasions if one.key in told)
    for key in dict.fromkeys((*left_out, *elsewhere, *of_its_own)):
        if ("T" in key) is not all_day:  # of the other kind, it is no date of the rule
            series.add("exdate", _moment(key, zone))
    made.append(series)
    for key, one in moved.items():
        begins, ends, off = _begins(one, zone), _ends(one, zone), _off(it, one)
        told_anew = _component(it, str(it.id), version, begins, ends, pages, off=off)
        told_anew.add("recurrence-id", _moment(key, zone))
        made.append(told_anew)
    return made


def _component(
    it: CityEvent, uid: str, sequence: int, begins: Any, ends: Any, pages: Pages, *, off: str | None
) -> Event:  # fmt: skip
    """One of them; ``off`` is why it was called off, None where it holds."""
    said, english = it.said, pages.language == "en"
    made = Event()
    made.add("uid", uid)
    made.add("dtstamp", it.updated_at)
    made.add("last-modified", it.updated_at)
    made.add("created", it.created_at)
    made.add("sequence", sequence)
    made.add("dtstart", begins)
    made.add("dtend", ends)
    made.add("summary", (english and said.name_en) or said.name)
    made.add("status", "CONFIRMED" if off is None else "CANCELLED")
    made.add("location", said.venue)
    if said.lat is not None and said.lon is not None:
        made.add("geo", (said.lat, said.lon))
    if text := _described(said, off or "", english=english):
        made.add("description", text)
    made.add("categories", [it.kind.value])
    made.add("transp", "TRANSPARENT")  # a reader is not busy because something is on in the city
    if pages.site:
        made.add("url", f"{pages.site.rstrip('/')}/wisata/acara/{it.code}")
    return made


def _described(said: Content, off: str, *, english: bool) -> str:
    about = (english and said.description_en) or said.description
    programme = (f"{one.time} {(english and one.title_en) or one.title}".strip() for one in said.programme)
    return "\n\n".join(filter(None, (off, about, "\n".join(programme))))


def _rule(text: str, zone: ZoneInfo, *, all_day: bool) -> str:
    """The rule as RFC 5545 has it: UNTIL is of the start's kind, in UTC where it is a time."""
    parts = dict(rule_of(text).parts)
    if "UNTIL" in parts:
        until = until_of(parts["UNTIL"], zone)
        utc = until.replace(tzinfo=zone).astimezone(UTC)
        parts["UNTIL"] = f"{until:%Y%m%d}" if all_day else f"{utc:%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _off(it: CityEvent, one: Occasion) -> str | None:
    if one.state is OccasionState.PLANNED:
        return None
    return one.reason or (it.reason if it.state is State.CANCELLED else "")


def _begins(one: Occasion, zone: ZoneInfo) -> datetime | date:
    at = one.starts_at.astimezone(zone)
    return at.date() if one.all_day else at


def _ends(one: Occasion, zone: ZoneInfo) -> datetime | date:
    at = one.ends_at.astimezone(zone)
    return at.date() if one.all_day else at


def _moment(key: str, zone: ZoneInfo) -> datetime | date:
    at = recurrence.moment(key)
    return at.replace(tzinfo=zone) if isinstance(at, datetime) else at


def _local(at: datetime, zone: ZoneInfo, all_day: bool) -> datetime | date:
    return at.date() if all_day else at.replace(tzinfo=zone)
