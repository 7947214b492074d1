"""How facilities are said on pages, and how what people type about them is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.kit import dates
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import texts_of
from gateway.portal.kit.texts import Texts
from smartcity.living.v1 import facilities_views as views

Rows = Sequence[tuple[str, str]]
"""Days that a form asks for together: how its fields begin, and the days as the API has them."""
ROWS: Rows = (("mo_th", "Mo-Th"), ("fr", "Fr"), ("sa", "Sa"), ("su", "Su"))
"""Friday's hours are often others."""
HOLIDAYS = {"closed": "PH off", "same": "PH {times}"}
_TIME = re.compile(r"([01]?[0-9]|2[0-4])[:.]([0-5][0-9])")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,12})?")


class Unreadable(Exception):  # noqa: N818 - an answer, not a fault
    """An entry that is none, and the key of the text that says so."""

    def __init__(self, **errors: str) -> None:
        """Takes the texts by the fields' names."""
        super().__init__(errors)
        self.errors = errors


def kinds() -> tuple[str, ...]:
    """Kinds of facilities, in the order of the contract."""
    return tuple(views.FACILITY_KIND_NUMBERS)


def words(request: Request) -> dict[str, Any]:
    """How templates say values."""
    texts, zone = texts_of(request), current_gateway(request).city.timezone
    return {
        "kinds": kinds(),
        "rows": [name for name, _ in ROWS],
        "metres": partial(metres, texts),
        "when": partial(when, texts, zone),
        "on_day": partial(on_day, texts),
        "times": partial(times, texts),
        "lines": partial(lines, texts),
    }


def metres(texts: Texts, distance: float) -> str:
    """A distance, no more exact than it is. Example: 820 m, 1,2 km"""
    if distance < 1_000:
        return f"{round(distance, -1):.0f} m"
    return f"{dates.decimal(distance / 1_000, texts)} km"


def when(texts: Texts, zone: ZoneInfo, stamp: datetime, now: datetime | None = None) -> str:
    """When something opens or closes: the time alone where it is today. Example: Senin, 07.00"""
    local, clock = stamp.astimezone(zone), dates.clock(stamp, texts, zone)
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    return clock if local.date() == today else f"{format_date(local.date(), 'EEEE', locale=texts.language)}, {clock}"


def on_day(texts: Texts, day: str) -> str:
    """A day without a time, from ISO 8601. Example: 24 November 2026"""
    try:
        return format_date(date.fromisoformat(day), "d MMMM y", locale=texts.language)
    except ValueError:
        return day


def times(texts: Texts, day: views.OpeningDay) -> str:
    """The hours of a day. Example: 07.00–14.00"""
    if not day.periods:
        return texts("facility.closed_day")
    if [(one.opens, one.closes) for one in day.periods] == [("00:00", "24:00")]:
        return texts("facility.all_day")
    return ", ".join(
        f"{dates.time_of_day(one.opens, texts)}–{dates.time_of_day(one.closes, texts)}" for one in day.periods
    )


def lines(texts: Texts, hours: views.OpeningHours) -> list[str]:
    """The hours of a week, days that are alike together. Example: Senin–Kamis 07.00–14.00"""
    alike = [(key, [each.day for each in days]) for key, days in groupby(hours.days[:7], partial(times, texts))]
    said = [(days[0], days[-1], key) for key, days in alike]
    said += [(each.day, each.day, times(texts, each)) for each in hours.days[7:]]
    return [
        f"{_day(texts, first)}{f'–{_day(texts, last)}' if last != first else ''} {key}" for first, last, key in said
    ]


def _day(texts: Texts, day: str) -> str:
    return texts.maybe(f"facility_day.{day}", day)


def hours_of(form: Fields, rows: Rows = ROWS) -> str:
    """The hours that a form of these rows says, as the API takes them; empty where it says none. Raises Unreadable."""
    if form.flag("always"):
        if also := [f"{name}_{end}" for name, _ in rows for end in ("from", "to") if form[f"{name}_{end}"]]:
            raise Unreadable(**{also[0]: "facility.always_or_times"})
        return "24/7"
    rules: list[str] = []
    wrong: dict[str, str] = {}
    for name, days in rows:
        given = form[f"{name}_from"], form[f"{name}_to"]
        if any(given):
            read = [_time(one) for one in given]
            wrong |= {
                f"{name}_{end}": "facility.bad_time"
                for end, time in zip(("from", "to"), read, strict=True)
                if time is None
            }
            if read[0] is not None and read[0] == read[1]:  # a slip of who types, and a day and a night by the hours
                wrong[f"{name}_to"] = "facility.same_time"
            rules.append(f"{days} {read[0]}-{read[1]}")
    if wrong:
        raise Unreadable(**wrong)
    holidays = form["holidays"]
    if rules and holidays in HOLIDAYS:
        rules.append(HOLIDAYS[holidays].format(times=rules[0].partition(" ")[2]))
    return "; ".join(rules)


def point_of(form: Fields) -> tuple[float, float] | None:
    """Longitude and latitude; None where none is given. Raises Unreadable."""
    lat, lon = form["lat"], form["lon"]
    if not lat and not lon:
        return None
    if wrong := {name: "facility.bad_point" for name in ("lat", "lon") if not _DEGREES.fullmatch(form[name])}:
        raise Unreadable(**wrong)
    return float(lon.replace(",", ".")), float(lat.replace(",", "."))


def _time(text: str) -> str | None:
    found = _TIME.fullmatch(text)
    return f"{int(found[1]):02}:{found[2]}" if found else None
