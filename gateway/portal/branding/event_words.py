"""When events are, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from babel.dates import format_date
from starlette.requests import Request

from gateway.portal.kit import dates
from gateway.portal.kit.page import city_words, texts_of
from gateway.portal.kit.texts import Texts
from smartcity.branding.v1 import city_events_views as views

KINDS = tuple(views.CITY_EVENT_KIND_NUMBERS)


def words(request: Request) -> Mapping[str, Any]:
    """What templates of events need beside the rest."""
    texts, zone = texts_of(request), city_words(request).city.timezone

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

    return {"when": when, "told": lambda day: told(day, texts), "pick": texts.pick, "event_kinds": KINDS}


def told(one: views.EventDate, texts: Texts) -> str:
    """A date of a schedule as it was told."""
    first, last = (_day(text, texts) for text in (one.start, one.end or one.start))
    return first if first == last else f"{first} – {last}"


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
    return f"{day}, {at:%H.%M}" if "T" in text else day
