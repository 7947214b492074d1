"""On which dates an event is: a rule of RFC 5545, dates that were told, exceptions, and what was moved. Pure.

Times are those of the city's clocks. Dates of feasts that follow the moon or a proclamation stand in the list with
where they are known from: no rule computes them. A date is called by the text that its rule or list gives it
(``2026-05-02`` of a whole day, ``2026-05-02T19:00``), wherever it is moved to.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday
from msgspec import Struct
from msgspec.structs import replace

from services.kit.errors import DomainError, invalid

YEARS = 10
"""How far from today a schedule may begin, and a date lie: no rule is walked along for longer."""
LONGEST = timedelta(days=62)
"""Of one date."""
MOST = 400
"""Dates of an event that are entered at once, the next first."""

_LEAP_YEAR = 2028
_DAY = timedelta(days=1)
_PLACES_MOST = 3
"""Of a period's days that a rule names by their place, such as the first and the last."""
_CYCLE = 400
"""Years after which the calendar is the same, weekdays and all."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: Mapping[str, Any] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
_ONE_OF: Mapping[str, str] = {
    "FREQ": "|".join(_FREQUENCIES),
    "INTERVAL": "[1-9][0-9]?",
    "COUNT": "[1-9][0-9]{0,2}",
    "UNTIL": "[0-9]{8}(?:T[0-9]{6}Z?)?",
    "WKST": "|".join(_DAYS),
}
_LIST_OF: Mapping[str, str] = {
    "BYDAY": f"(?:[+-]?[1-5])?(?:{'|'.join(_DAYS)})",
    "BYMONTH": "1[0-2]|[1-9]",
    "BYMONTHDAY": "-?(?:3[01]|[12][0-9]|[1-9])",
    "BYSETPOS": "-?(?:[12]?[0-9]|3[01])",
}


class Dated(Struct, frozen=True):
    """A date that was told."""

    start: str
    end: str = ""
    source: str = ""


class Moved(Struct, frozen=True):
    """A date that is held at another time."""

    of: str
    start: str
    end: str = ""


class Schedule(Struct, frozen=True):
    """When an event is."""

    dates: tuple[Dated, ...] = ()
    rule: str = ""
    start: str = ""
    end: str = ""
    exceptions: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()


class Planned(NamedTuple):
    """One date. Times are UTC."""

    key: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    source: str = ""
    moved: bool = False


class _Local(NamedTuple):
    """The same on the city's clocks; ``end`` is the first moment after it."""

    start: datetime
    end: datetime
    all_day: bool


class Rule(NamedTuple):
    """A rule that was read."""

    parts: Mapping[str, str]

    def starts(self, first: datetime, last: date, zone: tzinfo) -> Iterator[datetime]:
        """When its dates begin, up to a day.

        The library looks for a next date to the year 9999, and for one that never comes it takes seconds. So it is
        asked about the end of its time, where every day falls on the same weekday: after any number of 400 years.
        """
        end = datetime.combine(last, time.max)
        if until := self.parts.get("UNTIL"):
            end = min(end, until_of(until, zone))
        given: dict[str, Any] = {
            name.lower(): [int(one) for one in text.split(",")]
            for name, text in self.parts.items()
            if name in ("BYMONTH", "BYMONTHDAY", "BYSETPOS")
        }
        if "BYDAY" in self.parts:
            given["byweekday"] = [_weekday(one) for one in self.parts["BYDAY"].split(",")]
        found = rrule(
            _FREQUENCIES[self.parts["FREQ"]],
            dtstart=_moved_on(first, cycles := (MAXYEAR - max(first, end).year) // _CYCLE),
            interval=int(self.parts.get("INTERVAL", "1")),
            wkst=weekday(_DAYS.index(self.parts.get("WKST", "MO"))),
            until=_moved_on(end, cycles),
            **given,
        )
        count = self.parts.get("COUNT")  # not left to the library, which would go on to the year 9999 for the last one
        return islice((_moved_on(one, -cycles) for one in found), int(count) if count else None)


def _moved_on(at: datetime, cycles: int) -> datetime:
    return at.replace(year=at.year + cycles * _CYCLE)


@lru_cache(maxsize=1_000)
def rule_of(text: str) -> Rule:
    """The rule that a text says. Errors: EVENT_RULE_INVALID."""
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        one, each = _ONE_OF.get(name), _LIST_OF.get(name)
        pattern = one or (f"(?:{each})(?:,(?:{each}))*" if each else "")
        if not pattern or name in parts or not re.fullmatch(pattern, value):
            raise _rule_wrong()
        parts[name] = value
    numbered = any(character.isdigit() for character in parts.get("BYDAY", ""))
    if "FREQ" not in parts or parts.keys() >= {"COUNT", "UNTIL"}:
        raise _rule_wrong()
    if numbered and parts["FREQ"] not in ("MONTHLY", "YEARLY"):
        raise _rule_wrong()
    if "BYSETPOS" in parts:
        places = {int(one) for one in parts["BYSETPOS"].split(",")}
        if 0 in places or len(places) > _PLACES_MOST or max(map(abs, places)) > _days_of_period(parts):
            raise _rule_wrong()
        parts["BYSETPOS"] = ",".join(map(str, sorted(places)))
    if not _exists(parts):
        raise _rule_wrong()
    return Rule(parts)


def _days_of_period(parts: Mapping[str, str]) -> int:
    """So many days of a period a rule gives at the most, of which it may name some by their place."""
    week = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    if parts["FREQ"] == "WEEKLY":
        return len(set(week)) or 1
    if parts["FREQ"] == "DAILY":
        return 1
    months = len(parts.get("BYMONTH", "1" if not week and "BYMONTHDAY" not in parts else ",".join("1" * 12)).split(","))
    given = [sum(1 if one[:-2] else 5 for one in week), len(set(parts.get("BYMONTHDAY", "").split(",")) - {""})]
    of_month = min((one for one in given if one), default=1)
    return of_month if parts["FREQ"] == "MONTHLY" else of_month * months


def _exists(parts: Mapping[str, str]) -> bool:
    """Whether any of its months has any of its days: to look at every day of centuries for the 30th of February would
    still take too long.
    """
    if "BYMONTH" not in parts or "BYMONTHDAY" not in parts:
        return True
    longest = max(monthrange(_LEAP_YEAR, int(one))[1] for one in parts["BYMONTH"].split(","))
    return min(abs(int(one)) for one in parts["BYMONTHDAY"].split(",")) <= longest


def until_of(text: str, zone: tzinfo) -> datetime:
    """The last moment that a rule's UNTIL lets in, on the city's clocks. Errors: EVENT_RULE_INVALID."""
    try:
        if "T" not in text:
            return datetime.combine(datetime.strptime(text, "%Y%m%d").date(), time.max)
        at = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")
        return at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if text.endswith("Z") else at
    except (ValueError, OverflowError):
        raise _rule_wrong() from None


def checked(schedule: Schedule, zone: tzinfo, today: date) -> Schedule:
    """What can be planned, moves written out. Errors: EVENT_RULE_INVALID, EVENT_DATE_INVALID, EVENT_MOVE_UNKNOWN."""
    for one in schedule.dates:
        _near(_span(one.start, one.end), today)
    if bool(schedule.rule) != bool(schedule.start):
        raise _date_wrong("A rule needs the start of its first date, and a start its rule.")
    if schedule.rule:
        first = _span(schedule.start, schedule.end)
        _near(first, today)
        rule = rule_of(schedule.rule)
        until_of(rule.parts.get("UNTIL", "20260101"), zone)
        if list(rule.starts(first.start, first.start.date(), zone)) != [first.start]:
            message = "The start is no date of the rule: begin with the first day that the rule gives."
            raise invalid("EVENT_RULE_INVALID", message, field="rule")
    for text in schedule.exceptions:
        _moment(text)
    return replace(schedule, moved=_moves(schedule, zone, today))


def planned(schedule: Schedule, zone: tzinfo, now: datetime, last: date) -> list[Planned]:
    """Its dates that are not over, in their order: of its rule up to a day."""
    moved = {one.of: one for one in schedule.moved}
    left_out = frozenset(schedule.exceptions)
    found: dict[str, Planned] = {}
    for key, local, source in _given(schedule, zone, last):
        if key in left_out or key in found:
            continue
        move = moved.get(key)
        held = _held(move, local) if move else local
        one = Planned(key, _utc(held.start, zone), _utc(held.end, zone), held.all_day, source, move is not None)
        if one.ends_at > now:
            found[key] = one
    return sorted(found.values(), key=lambda one: (one.starts_at, one.key))


def first_span(schedule: Schedule) -> tuple[datetime, datetime, bool]:
    """Of the rule's first date: its start and end on the city's clocks, and whether it is of whole days."""
    return _span(schedule.start, schedule.end)


def moment(key: str) -> datetime | date:
    """The day or the time on the city's clocks that a date is called by."""
    at, all_day = _moment(key)
    return at.date() if all_day else at


def _given(schedule: Schedule, zone: tzinfo, last: date) -> Iterator[tuple[str, _Local, str]]:
    for one in schedule.dates:
        yield one.start, _span(one.start, one.end), one.source
    if schedule.rule:
        first = _span(schedule.start, schedule.end)
        lasting = first.end - first.start
        for start in rule_of(schedule.rule).starts(first.start, last, zone):
            yield _key(start, all_day=first.all_day), _Local(start, start + lasting, first.all_day), ""


def _moves(schedule: Schedule, zone: tzinfo, today: date) -> tuple[Moved, ...]:
    """Moves of what is given, written out: the rule is walked along once, to the last of them."""
    last = date.min
    for move in schedule.moved:
        _near(_span(move.start, move.end or move.start, lenient=True), today)
        of = _span(move.of, move.of, lenient=True)
        _near(of, today)
        last = max(last, of.start.date())
    given = {key: local for key, local, _ in _given(schedule, zone, last)} if schedule.moved else {}
    return tuple(_written_out(move, given) for move in schedule.moved)


def _written_out(move: Moved, given: Mapping[str, _Local]) -> Moved:
    """A move of a date that is called by its day alone: that is enough where one is on it, and from one day to another
    it keeps its hours. Errors: EVENT_MOVE_UNKNOWN.
    """
    if move.of in given:
        return move
    of_day = [key for key in given if key.partition("T")[0] == move.of]
    if len(of_day) != 1:
        message = f"{move.of} is no date of the rule or list, or one of several on that day, so it cannot be moved."
        raise invalid("EVENT_MOVE_UNKNOWN", message, field="moved")
    was, (day, all_day) = given[of_day[0]], _moment(move.start)
    if not all_day or move.end:
        return replace(move, of=of_day[0])
    begins = datetime.combine(day, was.start.time())
    ends = begins + (was.end - was.start)
    return Moved(of_day[0], _key(begins, all_day=False), _key(ends, all_day=False))


def _held(move: Moved, was: _Local) -> _Local:
    if move.end:
        return _span(move.start, move.end)
    start, all_day = _moment(move.start)
    lasting = was.end - was.start
    if all_day:  # of a date whose hours are not known any more all of its days are left, to their end
        lasting = -(-lasting // _DAY) * _DAY
    return _Local(start, start + lasting, all_day)


def _span(start: str, end: str, *, lenient: bool = False) -> _Local:
    """From a start to an end, which are of one kind. Errors: EVENT_DATE_INVALID."""
    begins, all_day = _moment(start)
    if all_day:
        last, days = _moment(end or start)
        ends = last + timedelta(days=1)
    else:
        if not end:
            raise _date_wrong("A date with a time needs its end too.")
        ends, days = _moment(end)
        lenient = lenient and ends == begins
    if all_day is not days or (ends <= begins and not lenient) or ends - begins > LONGEST:
        raise _date_wrong(f"A date ends after it begins, within {LONGEST.days} days, both with a time or both without.")
    return _Local(begins, ends, all_day)


def _near(span: _Local, today: date) -> None:
    if abs(span.start.date() - today) > timedelta(days=366 * YEARS):
        raise _date_wrong(f"A date lies within {YEARS} years from now.")


def _moment(text: str) -> tuple[datetime, bool]:
    """A time on the city's clocks, and whether it is a day alone. Errors: EVENT_DATE_INVALID."""
    try:
        return datetime.fromisoformat(text), "T" not in text
    except ValueError:
        raise _date_wrong(f"{text[:20]} is no day of the calendar.") from None


def _key(start: datetime, *, all_day: bool) -> str:
    return start.date().isoformat() if all_day else start.strftime("%Y-%m-%dT%H:%M")


def _utc(at: datetime, zone: tzinfo) -> datetime:
    return at.replace(tzinfo=zone).astimezone(UTC)


def _weekday(text: str) -> weekday:
    day = weekday(_DAYS.index(text[-2:]))
    return day(int(text[:-2])) if text[:-2] else day


def _rule_wrong() -> DomainError:
    message = (
        "Write a rule of RFC 5545 such as FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=2 or FREQ=WEEKLY;BYDAY=FR,SA,SU: daily or "
        "rarer, with COUNT or UNTIL or neither."
    )
    return invalid("EVENT_RULE_INVALID", message, field="rule")


def _date_wrong(message: str) -> DomainError:
    return invalid("EVENT_DATE_INVALID", message, field="dates")
