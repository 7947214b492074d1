"""Days as callers write them."""

from datetime import date

from services.kit.errors import invalid


def read_day(text: str, field: str = "day") -> date:
    """A day of the calendar that is written as 2026-11-24. Errors: DAY_INVALID."""
    try:
        day = date.fromisoformat(text)
        if not 2000 <= day.year < 9000:
            raise ValueError(text)
    except ValueError:
        raise invalid("DAY_INVALID", "There is no such day. Write it as 2026-11-24.", field=field) from None
    return day
