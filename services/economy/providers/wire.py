"""How SNAP writes amounts and times, both ways; pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

MOST_UNITS = 10**12
"""Larger amounts are mistakes."""

_VALUE = re.compile(r"(0|[1-9][0-9]{0,15})(\.0{1,2})?")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")


def amount(units: int, currency: str) -> dict[str, str]:
    """Whole units as SNAP's amount object."""
    return {"value": f"{units}.00", "currency": currency}


def read_amount(given: Any) -> tuple[int, str]:
    """Whole units and currency of an amount object. Raises ValueError for fractions, signs and anything odd."""
    if not isinstance(given, Mapping):
        raise ValueError("an amount is an object")
    value, currency = given.get("value"), given.get("currency")
    found = _VALUE.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) > MOST_UNITS:
        raise ValueError("the value of an amount is text such as 10000.00")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise ValueError("the currency of an amount is text such as IDR")
    return int(found[1]), currency


def timestamp(time: datetime, zone: ZoneInfo) -> str:
    """A time as SNAP writes it: seconds, with the offset of the city's zone."""
    return time.astimezone(zone).isoformat(timespec="seconds")


def read_timestamp(given: Any) -> datetime:
    """A time with its offset. Raises ValueError."""
    if not isinstance(given, str) or not _TIMESTAMP.fullmatch(given):
        raise ValueError("a time is text such as 2026-11-24T09:00:00+07:00")
    return datetime.fromisoformat(given)
