"""Opening hours: a week, and what holds on holidays; whether something is open, and until when. Pure.

Hours are written as a subset of OpenStreetMap's ``opening_hours`` (wiki.openstreetmap.org/wiki/Key:opening_hours):

    24/7
    Mo-Fr 07:00-14:00; Sa 07:00-12:00; PH off
    Tu,Th 08:00-12:00,13:00-16:00; Sa 20:00-02:00

A day that no rule names is closed, a later rule takes the place of an earlier one for the days that it names. Other
than there, a public holiday without a rule of its own (``PH``) is *not known*: a puskesmas that says nothing of Nyepi
may be closed then. A holiday that is not decided yet counts as known only where both ways come to the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache

from services.kit.city.working_days import Calendar
from services.kit.errors import DomainError, invalid

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAYS = "PH"
SOON, AHEAD = 3, 15
"""Days that are looked at for the next opening, today among them: first few, then more than any row of holidays."""

_DAY = 24 * 60
_LATEST = 2 * _DAY
_RULE = re.compile(r"(?:(?P<days>[A-Z][A-Za-z]*(?:[-,] ?[A-Z][A-Za-z]*)*) )?(?P<times>[0-9].*|off|closed)")
_TIMES = re.compile(r"(\d\d):(\d\d) ?- ?(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, order=True)
class Span:
    """From opening to closing in minutes after midnight; closing may be on the next day, up to 48 hours."""

    opens: int
    closes: int


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Hours:
    """Hours of a week, Monday first, and of public holidays."""

    week: tuple[Spans, ...]
    holidays: Spans | None = None
    """None: not known."""


ALWAYS = Hours(((Span(0, _DAY),),) * 7, (Span(0, _DAY),))


class State(Enum):
    """Whether something is open."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Opening:
    """Whether something is open at a moment, and until when that holds; None where that is not known, or for ever."""

    state: State
    until: datetime | None = None


UNKNOWN = Opening(State.UNKNOWN)


@lru_cache(maxsize=4096)
def parse(text: str) -> Hours:
    """The hours that a text says. Errors: OPENING_HOURS_INVALID, which says how to write them."""
    if text.strip() == "24/7":
        return ALWAYS
    found: dict[str, Spans] = {}
    for rule in text.split(";"):
        matched = _RULE.fullmatch(" ".join(rule.split()))
        if matched is None:
            raise _wrong()
        spans = _spans(matched["times"])
        found |= dict.fromkeys(_days(matched["days"]), spans)
    return Hours(tuple(found.get(day, ()) for day in DAYS), found.get(HOLIDAYS))


def written(minutes: int) -> str:
    """A time of a span as hours say it: 07:00, or 26:00 for two in the morning."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def opening(
    hours: Hours | None, now: datetime, calendar: Calendar, own: Mapping[date, Spans] | None = None
) -> Opening:  # fmt: skip
    """Whether something with these hours is open now, in the city's time, and when that changes (UTC). Days with hours
    of their ``own`` go before the week and holidays; without ``hours`` they alone are known.
    """
    if hours == ALWAYS and not own:
        return Opening(State.OPEN)
    near = _within(hours, now, calendar, own or {}, SOON)
    return near if near.until is not None else _within(hours, now, calendar, own or {}, AHEAD)


def _within(
    hours: Hours | None, now: datetime, calendar: Calendar, own: Mapping[date, Spans], ahead: int
) -> Opening:  # fmt: skip
    """The same as far as so many days tell."""
    today = now.astimezone(calendar.timezone).date()
    days = [today + timedelta(days=each) for each in range(-2, ahead)]
    spans_of = {day: own[day] if day in own else on(hours, day, calendar) for day in days}
    known = list(_merged(span for day, spans in spans_of.items() for span in _at(day, spans or (), calendar)))
    unknown = [_at(day, (_perhaps(hours, day),), calendar)[0] for day, spans in spans_of.items() if spans is None]
    end = _at(days[-1], (Span(0, _DAY),), calendar)[0][1]
    for since, until in known:
        if since <= now < until:
            doubtful = until >= end or any(first <= until < last for first, last in unknown)
            return Opening(State.OPEN, None if doubtful else until)
    if any(first <= now < last for first, last in unknown):
        return UNKNOWN
    following = min((since for since, _ in known if since > now), default=end)
    doubtful = following >= end or any(now < first <= following for first, _ in unknown)
    return Opening(State.CLOSED, None if doubtful else following)


def on(hours: Hours | None, day: date, calendar: Calendar) -> Spans | None:
    """The hours of a day; None where they are not known."""
    if hours is None:
        return None
    weekly = hours.week[day.weekday()]
    holiday = calendar.holidays.get(day)
    if holiday is None:
        return weekly
    if holiday.status == "provisional" and hours.holidays != weekly:
        return None
    return hours.holidays


def over(spans: Spans, day: date, now: datetime, calendar: Calendar) -> bool:
    """Whether the last of the hours of a day is over, which may be on the next day; of a day without, nothing is."""
    return bool(spans) and max(until for _, until in _at(day, spans, calendar)) <= now


def _perhaps(hours: Hours | None, day: date) -> Span:
    """The longest that a day which is not known may reach: past midnight, where its weekday or holidays do."""
    spans = (*hours.week[day.weekday()], *(hours.holidays or ())) if hours else ()
    return Span(0, max((_DAY, *(span.closes for span in spans))))


def _at(day: date, spans: Iterable[Span], calendar: Calendar) -> list[tuple[datetime, datetime]]:
    def moment(minutes: int) -> datetime:
        at = datetime.combine(day + timedelta(days=minutes // _DAY), time(), calendar.timezone)
        return at.replace(hour=minutes % _DAY // 60, minute=minutes % 60).astimezone(UTC)

    return [(moment(span.opens), moment(span.closes)) for span in spans]


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Times that touch or overlap as one."""
    first: datetime | None = None
    last = datetime.max.replace(tzinfo=UTC)
    for since, until in sorted(spans):
        if first is None:
            first, last = since, until
        elif since <= last:
            last = max(last, until)
        else:
            yield first, last
            first, last = since, until
    if first is not None:
        yield first, last


def _days(text: str | None) -> list[str]:
    if text is None:
        return list(DAYS)
    found: list[str] = []
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if part == HOLIDAYS:
            found.append(part)
        elif first in _PLACE and (last if dash else first) in _PLACE:
            length = (_PLACE[last or first] - _PLACE[first]) % 7
            found += [DAYS[(_PLACE[first] + each) % 7] for each in range(length + 1)]
        else:
            raise _wrong()
    return found


_PLACE: Mapping[str, int] = {day: place for place, day in enumerate(DAYS)}


def _spans(text: str) -> Spans:
    if text in ("off", "closed"):
        return ()
    found: list[Span] = []
    for part in text.split(","):
        matched = _TIMES.fullmatch(part.strip())
        if matched is None:
            raise _wrong()
        hour, minute, until_hour, until_minute = map(int, matched.groups())
        opens, closes = hour * 60 + minute, until_hour * 60 + until_minute
        if minute > 59 or until_minute > 59 or opens >= _DAY:
            raise _wrong()
        found.append(Span(opens, closes if closes > opens else closes + _DAY))
    return _joined(found)


def _joined(spans: list[Span]) -> Spans:
    joined: list[Span] = []
    for span in sorted(spans):
        if span.closes > _LATEST:
            raise _wrong()
        if joined and span.opens <= joined[-1].closes:
            joined[-1] = Span(joined[-1].opens, max(joined[-1].closes, span.closes))
        else:
            joined.append(span)
    return tuple(joined)


def _wrong() -> DomainError:
    message = 'Write hours such as "Mo-Fr 07:00-14:00; Sa 07:00-12:00; PH off", or "24/7".'
    return invalid("OPENING_HOURS_INVALID", message, field="hours")
