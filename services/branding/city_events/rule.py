"""The rules of RFC 5545 that an event may follow: what is read of them, and the dates that they give. Pure.

Times are those of the city's clocks.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, UTC, date, datetime, time, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from services.kit.errors import DomainError, invalid

_LEAP_YEAR = 2028
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
            raise wrong()
        parts[name] = value
    numbered = any(character.isdigit() for character in parts.get("BYDAY", ""))
    if "FREQ" not in parts or parts.keys() >= {"COUNT", "UNTIL"}:
        raise wrong()
    if numbered and parts["FREQ"] not in ("MONTHLY", "YEARLY"):
        raise wrong()
    if "BYSETPOS" in parts:
        places = {int(one) for one in parts["BYSETPOS"].split(",")}
        if 0 in places or len(places) > _PLACES_MOST or max(map(abs, places)) > _days_of_period(parts):
            raise wrong()
        parts["BYSETPOS"] = ",".join(map(str, sorted(places)))
    if not _exists(parts):
        raise wrong()
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
        raise wrong() from None


def _weekday(text: str) -> weekday:
    day = weekday(_DAYS.index(text[-2:]))
    return day(int(text[:-2])) if text[:-2] else day


def wrong() -> DomainError:
    message = (
        "Write a rule of RFC 5545 such as FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=2 or FREQ=WEEKLY;BYDAY=FR,SA,SU: daily or "
        "rarer, with COUNT or UNTIL or neither."
    )
    return invalid("EVENT_RULE_INVALID", message, field="rule")
