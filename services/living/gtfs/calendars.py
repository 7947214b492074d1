"""Days of service: calendars with their exceptions, as sets of days; and whether the feed holds today.

A set of days is a whole number with a bit for each day after ``FIRST``: two services share a day if ``a & b``.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from services.living.gtfs.feed import FeedTables
from services.living.gtfs.findings import Findings
from services.living.gtfs.values import MISSING

FIRST = date(1970, 1, 5)
"""A Monday. What is before it, or two centuries after, is cut off."""
_DAYS = 200 * 366
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GAP_DAYS, _FAR_DAYS, _BEYOND = 13, 2 * 365, timedelta(days=14)


def weekdays(feed: FeedTables) -> Iterator[tuple[str, int, int, int, int]]:
    """Of each row of calendar.txt: the service, its weekdays (1 Monday ... 64 Sunday), first and last day, line."""
    for line, service, start, end, *days in feed["calendar"].rows("service_id", "start_date", "end_date", *_WEEK):
        mask = sum(1 << place for place, one in enumerate(days) if one == 1)
        yield service, mask, start, end, line


def days_of(feed: FeedTables) -> dict[str, int]:
    """The days of each service."""
    found = dict.fromkeys(feed.services, 0)
    for service, mask, start, end, _ in weekdays(feed):
        if MISSING not in {start, end} and service in found:
            found[service] |= _every(mask, _place(start), _place(end))
    for _, service, day, kind in feed["calendar_dates"].rows("service_id", "date", "exception_type"):
        if day != MISSING and service in found and 0 <= (at := _place(day)) < _DAYS:
            found[service] = found[service] | 1 << at if kind == 1 else found[service] & ~(1 << at)
    return found


def span(days: int) -> tuple[date, date] | None:
    """The first and the last of a set of days; None for an empty one."""
    if not days:
        return None
    first, last = (days & -days).bit_length() - 1, days.bit_length() - 1
    return FIRST + timedelta(days=first), FIRST + timedelta(days=last)


def check(feed: FeedTables, days: dict[str, int], today: date) -> None:
    """Services without days, those that are over, and a feed that does not fit them."""
    findings = feed.findings
    for service, mask, _, _, line in weekdays(feed):
        if not mask and not days.get(service):
            findings.add("service_has_no_active_day_of_the_week", "calendar.txt", line, f"{service} never runs")
        _check_days(findings, service, days.get(service, 0), line, today)
    if not feed["calendar"] and days and all(not one or _before(one, today) for one in days.values()):
        lines: dict[str, int] = {}
        for line, service in feed["calendar_dates"].rows("service_id"):
            lines.setdefault(service, line)
        for service, line in lines.items():
            findings.add("expired_calendar", "calendar_dates.txt", line, f"{service} is over")
    _check_feed(feed, days, today)


def _check_days(findings: Findings, service: str, days: int, line: int, today: date) -> None:
    if not days:
        return
    if _before(days, today):
        findings.add("expired_calendar", "calendar.txt", line, f"{service} is over")
    if days.bit_length() - 1 - (today - FIRST).days > _FAR_DAYS:
        findings.add("service_extends_far_in_the_future", "calendar.txt", line, f"{service} ends in over two years")
    near = days
    for _ in range(_GAP_DAYS):
        near |= near << 1
    if _holes(near, days.bit_length()):
        findings.add("big_gap_in_service", "calendar.txt", line, f"{service} pauses for over {_GAP_DAYS} days")


def _holes(days: int, length: int) -> bool:
    """Whether a day is missing between the first of a set and its ``length``."""
    low = (days & -days).bit_length() - 1
    return (days & ((1 << length) - 1)) >> low != (1 << (length - low)) - 1


def _check_feed(feed: FeedTables, days: dict[str, int], today: date) -> None:
    used = {service: days[service] for service in set(feed["trips"].text("service_id")) & days.keys()}
    together = 0
    for one in used.values():
        together |= one
    window = span(together)
    if window and window[0] > today:
        detail = f"service begins on {window[0]:%Y-%m-%d}"
        feed.findings.add("future_calendar", "calendar.txt", 0, detail)
    for line, first, last in list(feed["feed_info"].rows("feed_start_date", "feed_end_date"))[:1]:
        starts, ends = _day(first), _day(last)
        if (starts is None) != (ends is None):
            feed.findings.add("missing_feed_info_date", "feed_info.txt", line, "give both days, or none")
        if starts and starts > today:
            feed.findings.add("future_feed", "feed_info.txt", line, f"it holds from {starts} on")
        if ends and ends < today + timedelta(days=30):
            soon = "feed_expiration_date7_days" if ends < today + timedelta(days=7) else "feed_expiration_date30_days"
            feed.findings.add(soon, "feed_info.txt", line, f"it holds until {ends}")
        if starts and ends and window:
            _check_window(feed, used, (starts, ends), window, line)


def _check_window(
    feed: FeedTables, used: dict[str, int], holds: tuple[date, date], window: tuple[date, date], line: int
) -> None:
    for service, days in sorted(used.items()):
        of = span(days)
        if of and (of[0] < holds[0] or of[1] > holds[1]):
            detail = f"{service} runs from {of[0]} to {of[1]}, the feed holds from {holds[0]} to {holds[1]}"
            feed.findings.add("service_window_outside_feed_period", "feed_info.txt", line, detail)
    if holds[0] < window[0] - _BEYOND or holds[1] > window[1] + _BEYOND:
        detail = f"service runs from {window[0]} to {window[1]} only"
        feed.findings.add("feed_valid_beyond_total_service_window", "feed_info.txt", line, detail)


def _every(mask: int, start: int, end: int) -> int:
    """The days from a place to another, both counted, on some weekdays."""
    start, end = max(0, start), min(_DAYS, end)
    if end < start:
        return 0
    weeks = end // 7 + 1
    return mask * (((1 << 7 * weeks) - 1) // 127) & ((1 << end + 1) - (1 << start))


def _place(ordinal: int) -> int:
    return ordinal - FIRST.toordinal()


def _day(ordinal: int) -> date | None:
    return None if ordinal == MISSING else date.fromordinal(ordinal)


def _before(days: int, today: date) -> bool:
    return days.bit_length() - 1 < (today - FIRST).days
