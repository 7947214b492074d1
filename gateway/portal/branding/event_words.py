"""When events are, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from babel.dates import format_date
from starlette.requests import Request

from gateway.portal.branding import event_entries
from gateway.portal.kit import dates
from gateway.portal.kit.page import city_words, texts_of
from gateway.portal.kit.texts import Texts
from smartcity.branding.v1 import city_events_views as views

KINDS = tuple(views.CITY_EVENT_KIND_NUMBERS)


def words(request: Request) -> Mapping[str, Any]:
    """What templates of events need beside the rest."""
    texts, city = texts_of(request), city_words(request).city
    zone = city.timezone

    def when(one: views.Occasion) -> str:
        """The day or days of a date, with its hours where they are known."""
        assert one.starts_at is not None
        assert one.ends_at is not None
        first, last = one.starts_at.astimezone(zone), (one.ends_at - timedelta(seconds=1)).astimezone(zone)
        if one.all_day and first.date() == last.date():
            return dates.day(first, texts, zone)
        if one.all_day:
            return f"{dates.day(first, texts, zone)} – {dates.day(last, texts, zone)}"
        begins, ends = dates.clock(first, texts, zone), dates.clock(one.ends_at, texts, zone)
        if first.date() == last.date():
            return f"{dates.day(first, texts, zone)}, {begins}–{ends}"
        return f"{dates.day(first, texts, zone)}, {begins} – {dates.day(last, texts, zone)}, {ends}"

    return {
        "when": when,
        "told": lambda day: told(day, texts),
        "began": lambda text: _day(text, texts),
        "area_name": lambda code: area.name if (area := city.area(code)) else code,
        "scheduled": lambda said: scheduled(said, texts),
        "pick": texts.pick,
        "event_kinds": KINDS,
    }


def chosen(request: Request, entered: Mapping[str, str]) -> dict[str, str]:
    """The words of what is chosen in an event's form."""
    texts, area = texts_of(request), city_words(request).city.area(entered["area"])
    repeat = f"event_repeat.{entered['repeat']}" if entered["repeat"] else "event_form.once"
    words = {"kind": f"event_kind.{entered['kind']}", "repeat": repeat}
    return {"area": area.name if area else "", **{name: texts.maybe(key, "") for name, key in words.items()}}


def told(one: views.EventDate, texts: Texts) -> str:
    """A date of a schedule as it was told."""
    last = one.end or one.start
    if "T" in one.start and last[:11] == one.start[:11]:
        ends = f"–{_clock(datetime.fromisoformat(last), texts)}" if last != one.start else ""
        return f"{_day(one.start, texts)}{ends}"
    first, until = _day(one.start, texts), _day(last, texts)
    return first if first == until else f"{first} – {until}"


def scheduled(said: views.CityEventContent, texts: Texts) -> list[str]:
    """The dates that an event's content names: all that is known of them while it is not published."""
    schedule = said.schedule
    if schedule is None:
        return []
    found = [told(one, texts) for one in schedule.dates]
    if schedule.rule:
        entered, first = event_entries.of(said), views.EventDate(start=schedule.start, end=schedule.end, source="")
        repeat = schedule.rule if entered["rule"] else texts(f"event_repeat.{entered['repeat']}")
        until = f", {texts('event_form.until').lower()} {_day(entered['until'], texts)}" if entered["until"] else ""
        found.insert(0, f"{told(first, texts)} ({repeat}{until})")
    return found


def by_month(
    found: Iterable[views.CityEvent], of: Callable[[views.CityEvent], datetime], texts: Texts
) -> list[tuple[str, list[views.CityEvent]]]:
    """Events in their order, under the name of the month of their next date."""
    groups = groupby(found, key=lambda one: of(one).strftime("%Y-%m"))
    return [
        (format_date(of(rows[0]), "MMMM y", locale=texts.language), rows) for _, each in groups if (rows := [*each])
    ]


def _day(text: str, texts: Texts) -> str:
    at = datetime.fromisoformat(text)
    day = format_date(at.date(), "d MMMM y", locale=texts.language)
    return f"{day}, {_clock(at, texts)}" if "T" in text else day


def _clock(at: datetime, texts: Texts) -> str:
    return dates.clock(at.replace(tzinfo=UTC), texts, UTC)
