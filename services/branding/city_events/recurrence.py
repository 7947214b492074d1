"""On which dates an event is: a rule of RFC 5545, dates that were told, exceptions, and what was moved. Pure.

Times are those of the city's clocks. Dates of feasts that follow the moon or a proclamation stand in the list with
where they are known from: no rule computes them. A date is called by the text that its rule or list gives it
(``2026-05-02`` of a whole day, ``2026-05-02T19:00``), wherever it is moved to.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.branding.city_events.rule import rule_of, until_of
from services.kit.errors import DomainError, invalid

YEARS = 10
"""How far from today a schedule may begin, and a date lie: no rule is walked along for longer."""
LONGEST = timedelta(days=62)
"""Of one date."""
MOST = 400
"""Dates of an event that are entered at once, the next first."""

_DAY = timedelta(days=1)


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


def checked(schedule: Schedule, zone: tzinfo, today: date) -> Schedule:
    """What can be planned, moves written out.

    Errors: EVENT_RULE_INVALID, EVENT_DATE_INVALID, EVENT_MOVE_UNKNOWN.
    """
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
    found: dict[str, Planned] = {}
    for key, held, source, moved in _kept(schedule, zone, last):
        if key in found:
            continue
        one = Planned(key, _utc(held.start, zone), _utc(held.end, zone), held.all_day, source, moved)
        if one.ends_at > now:
            found[key] = one
    return sorted(found.values(), key=lambda one: (one.starts_at, one.key))


@lru_cache(maxsize=1_000)
def goes_on(schedule: Schedule, zone: tzinfo, after: date, last: date) -> bool:
    """Whether one of its dates begins after a day. Looks no further than to the first that does, and once: a list asks
    of each event that has no date to come.
    """
    until = rule_of(schedule.rule).parts.get("UNTIL") if schedule.rule else None
    if until and not (schedule.dates or schedule.moved) and until_of(until, zone).date() <= after:
        return False
    return any(held.start.date() > after for _, held, _, _ in _kept(schedule, zone, last))


def first_span(schedule: Schedule) -> tuple[datetime, datetime, bool]:
    """Of the rule's first date: its start and end on the city's clocks, and whether it is of whole days."""
    return _span(schedule.start, schedule.end)


def moment(key: str) -> datetime | date:
    """The day or the time on the city's clocks that a date is called by."""
    at, all_day = _moment(key)
    return at.date() if all_day else at


def _kept(schedule: Schedule, zone: tzinfo, last: date) -> Iterator[tuple[str, _Local, str, bool]]:
    """What is given and not left out, as it is held, and whether it was moved."""
    moved, left_out = {one.of: one for one in schedule.moved}, frozenset(schedule.exceptions)
    for key, local, source in _given(schedule, zone, last):
        if key not in left_out and _day_of(key) not in left_out:
            move = moved.get(key)
            yield key, _held(move, local) if move else local, source, move is not None


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
    of_day = [key for key in given if _day_of(key) == move.of]
    if len(of_day) != 1:
        message = f"{move.of} is no date of the rule or list, or one of several on that day, so it cannot be moved."
        raise invalid("EVENT_MOVE_UNKNOWN", message, field="moved")
    was, (day, all_day) = given[of_day[0]], _moment(move.start)
    if not all_day or move.end:
        return replace(move, of=of_day[0])
    begins = datetime.combine(day, was.start.time())
    ends = begins + (was.end - was.start)
    return Moved(of_day[0], _key(begins, all_day=False), _key(ends, all_day=False))


def _day_of(key: str) -> str:
    return key.partition("T")[0]


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


def _date_wrong(message: str) -> DomainError:
    return invalid("EVENT_DATE_INVALID", message, field="dates")
