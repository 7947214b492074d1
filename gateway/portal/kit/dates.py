"""Times as people read them: the city's time zone, the reader's language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from gateway.portal.kit.texts import Texts

YEARS = range(1970, 2200)
"""That entries may be in; at the ends of the calendar no time zone can be reckoned with."""
STORIES_KEPT = timedelta(days=30)
"""For how long governance tells stories of what happened."""
MOST_LETTERS = 40
"""Of a day that is entered: what was typed is shown again, and nobody types more."""
_PERIOD_AT_END = re.compile(r"(?<=, )\d{4}-\d\d(-\d\d)?$", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHOWN = {"date": _DAY, "datetime-local": re.compile(_DAY.pattern + r"T\d\d:\d\d(:\d\d)?", re.ASCII)}
"""How the values of fields are written."""
_HOUR = re.compile(r"(\d\d):(\d\d)", re.ASCII)


def moment(stamp: datetime, texts: Texts, zone: tzinfo) -> str:
    """Day and minute. Example: 24 November 2026, 17.45"""
    local = stamp.astimezone(zone)
    pattern = "d MMMM y, HH.mm" if texts.language == "id" else "d MMMM y, HH:mm"
    return format_datetime(local, pattern, locale=texts.language)


def zone_name(stamp: datetime, texts: Texts, zone: tzinfo) -> str:
    """Which clock that is, for who reads it elsewhere. Example: WIB"""
    return stamp.astimezone(zone).tzname() or ""


def day(stamp: datetime, texts: Texts, zone: tzinfo) -> str:
    """Weekday and day. Example: Selasa, 1 Desember 2026"""
    return format_date(stamp.astimezone(zone).date(), "EEEE, d MMMM y", locale=texts.language)


def short_day(stamp: datetime, texts: Texts, zone: tzinfo) -> str:
    """Day and short month. Example: 1 Des 2026"""
    return format_date(stamp.astimezone(zone).date(), "d MMM y", locale=texts.language)


def day_month(stamp: datetime, texts: Texts, zone: tzinfo) -> str:
    """Day and short month, where the year is plain. Example: 1 Des"""
    return format_date(stamp.astimezone(zone).date(), "d MMM", locale=texts.language)


def plain_day(stamp: str, texts: Texts, zone: tzinfo) -> str:
    """A calendar day from ISO 8601. Example: Sen, 23 Nov 2026"""
    return format_date(date.fromisoformat(stamp), "EEE, d MMM y", locale=texts.language)


def period(text: str, texts: Texts, zone: tzinfo) -> str:
    """What a bill is for: a day, a month or a year. Example: 2026-11 -> November 2026"""
    pattern = {10: "d MMMM y", 7: "MMMM y"}.get(len(text))
    if pattern is None:
        return text
    return format_date(date.fromisoformat(f"{text}-01"[:10]), pattern, locale=texts.language)


def period_at_end(text: str, texts: Texts, zone: tzinfo) -> str:
    """What a bill's payment is for, which ends in the bill's period as machines write it, for people to read."""
    found = _PERIOD_AT_END.search(text)
    if found is None:
        return text
    try:
        return f"{text[: found.start()]}{period(found[0], texts, zone)}"
    except ValueError:  # somebody's own words that are no day
        return text


def clock(stamp: datetime, texts: Texts, zone: tzinfo) -> str:
    """Hour and minute. Example: 17.45"""
    return stamp.astimezone(zone).strftime("%H.%M" if texts.language == "id" else "%H:%M")


def clock_or_day(stamp: datetime, texts: Texts, zone: tzinfo, now: datetime | None = None) -> str:
    """Hour and minute of today; of any other day with that day. Example: 24 November 2026, 17.45"""
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    return (clock if stamp.astimezone(zone).date() == today else moment)(stamp, texts, zone)


def clock_seconds(stamp: datetime, texts: Texts, zone: tzinfo) -> str:
    """The same to the second, of what changes while it is looked at. Example: 17.45.09"""
    return stamp.astimezone(zone).strftime("%H.%M.%S" if texts.language == "id" else "%H:%M:%S")


def time_of_day(text: str, texts: Texts) -> str:
    """A time as hours and rules say it, past midnight as the clock shows it. Example: 26:00 -> 02.00"""
    found = _HOUR.fullmatch(text)
    if found is None:
        return text
    hour = int(found[1])
    return f"{hour % 24 if hour > 24 else hour:02}{'.' if texts.language == 'id' else ':'}{found[2]}"


def is_past(stamp: datetime, now: datetime | None = None) -> bool:
    """Whether the moment lies behind us."""
    return stamp < (now or datetime.now(UTC))


def is_told(stamp: datetime, now: datetime | None = None) -> bool:
    """Whether there is a story still of what happened then."""
    return (now or datetime.now(UTC)) - stamp < STORIES_KEPT


def distance(stamp: datetime, texts: Texts, zone: tzinfo, now: datetime | None = None) -> str:
    """How far a deadline is, in calendar days. Example: 3 hari lagi"""
    local_now = (now or datetime.now(UTC)).astimezone(zone)
    due = stamp.astimezone(zone)
    days = (due.date() - local_now.date()).days
    if due < local_now:
        return texts.count("due.late", -days) if days else texts("due.late_today")
    if days == 0:
        return texts("due.today")
    return texts("due.tomorrow") if days == 1 else texts.count("due.in_days", days)


def ago(stamp: datetime, texts: Texts, zone: tzinfo, now: datetime | None = None) -> str:
    """How old something is. Example: 12 menit lalu"""
    minutes = int(((now or datetime.now(UTC)) - stamp).total_seconds() // 60)
    if minutes < 1:
        return texts("age.now")
    if minutes < 60:
        return texts.count("age.minutes", minutes)
    if minutes < 48 * 60:
        return texts.count("age.hours", minutes // 60)
    return texts.count("age.days", minutes // (24 * 60))


def size(octets: int, texts: Texts) -> str:
    """How large a file is. Example: 1,2 MB"""
    if octets < 100_000:
        return f"{format_decimal(max(1, round(octets / 1000)), locale=texts.language)} kB"
    return f"{decimal(octets / 1_000_000, texts)} MB"


def whole(number: int, texts: Texts) -> str:
    """A count with its thousands. Example: 2.525, in English 2,525"""
    return format_decimal(number, "#,##0", locale=texts.language)


def decimal(number: float, texts: Texts) -> str:
    """One place after the decimal mark. Example: 4,2"""
    return format_decimal(number, "0.0", locale=texts.language)


def day_of(text: str) -> date | None:
    """The day of an entry as browsers write it; None when it is empty, no day of the calendar, or in no YEARS."""
    try:
        entered = date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError:
        return None
    return entered if entered and entered.year in YEARS else None


def showing(kind: str, entered: str) -> str:
    """The type of a field that shows what was entered: one for days or moments would be empty where it is none."""
    written = _SHOWN.get(kind)
    if written is None or not entered:
        return kind
    try:
        return kind if written.fullmatch(entered) and datetime.fromisoformat(entered) else "text"
    except ValueError:
        return "text"


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """The moment of an entry for day and time, in the city's time; None when it is empty, no time, or in no YEARS."""
    try:
        entered = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return entered.replace(tzinfo=zone).astimezone(UTC) if entered and entered.year in YEARS else None
