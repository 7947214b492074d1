"""Days as requests name them."""

from datetime import date, datetime, time, tzinfo

from services.kit.errors import invalid


def read(text: str) -> date | None:
    """A day that a request names; None for none. Errors: DAY_INVALID."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise invalid("DAY_INVALID", "There is no such day. Give it as 2026-12-24.", field="day") from error


def begin(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day of the city."""
    return datetime.combine(day, time(), zone)
