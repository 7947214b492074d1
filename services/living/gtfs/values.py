"""The values of a feed's fields: what is written there, and what it is. Pure.

What is not given is ``MISSING`` among whole numbers, NaN among others, and empty among texts. Times are seconds, days
ordinals (``date.toordinal``).
"""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from math import isfinite, nan
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel.numbers import get_currency_precision, list_currencies

MISSING = -(2**31)
"""A whole number that is not given."""
LONGEST = 4096
"""Characters of a value, as the canonical validator has it."""
_REMEMBERED = 400_000
_TIME = re.compile(r"([0-9]{1,3}):([0-9]{2}):([0-9]{2})", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>()\",;:]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_PHONE = re.compile(r"[+0-9A-Za-z ().,/;*#x-]+", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
_COLOR = re.compile(r"[0-9A-Fa-f]{6}", re.ASCII)
_URL_REST = re.compile(r"[!-~]*", re.ASCII)
_ROUTES = {0, 1, 2, 3, 4, 5, 6, 7, 11, 12}


class BadError(Exception):
    """A value is not what its field takes; ``instead`` is what stands for it."""

    def __init__(self, code: str, detail: str, instead: Any = None) -> None:
        super().__init__(code)
        self.code, self.detail, self.instead = code, detail, instead


class Values(dict[str, Any]):
    """What each text of a column is, worked out once; ``bad`` has those that are wrong."""

    def __init__(self, kind: str) -> None:
        """``kind`` as the schema has it."""
        self.blank = blank_of(kind)
        super().__init__({"": self.blank})
        self.bad: dict[str, BadError] = {}
        self._read = reader(kind)

    def __missing__(self, text: str) -> Any:
        try:
            if len(text) > LONGEST:
                raise BadError("csv_parsing_failed", f"it has more than {LONGEST} characters")
            plain = text.strip()
            value = self._read(plain) if plain else self.blank
        except BadError as error:
            self.bad[text] = error
            value = self.blank if error.instead is None else error.instead
        if len(self) < _REMEMBERED or text in self.bad:
            self[text] = value
        return value


def blank_of(kind: str) -> Any:
    """What stands for a value that is not given."""
    storage = storage_of(kind)
    return MISSING if storage == "i" else nan if storage == "d" else ""


def storage_of(kind: str) -> str:
    """How values of a kind are kept: ``i`` whole numbers, ``d`` others, empty for texts."""
    if kind[0].isdigit() or kind in {"date", "time", "int", "natural", "positive", "nonzero", "route"}:
        return "i"
    return "d" if kind in {"float", "measure", "width", "lat", "lon"} else ""


def reader(kind: str) -> Callable[[str], Any]:
    """What reads a value of a kind. Raises BadError."""
    if kind[0].isdigit():
        allowed = {int(each) for each in kind.split(",")}
        return lambda text: _enumerated(text, allowed)
    return _READERS[kind]


def seconds(text: str) -> int:
    """Seconds of a time of a day of service, which may be past midnight: 25:10:00. Raises BadError."""
    found = _TIME.fullmatch(text)
    if found is None or found[2] > "59" or found[3] > "59":
        raise BadError("invalid_time", f"{text!r} is no time as 7:05:00, 07:05:00 or 25:10:00")
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def clock(value: int) -> str:
    """Such a time as a feed has it."""
    return f"{value // 3600:02}:{value // 60 % 60:02}:{value % 60:02}"


def _text(text: str) -> str:
    if "\ufffd" in text or "\0" in text:
        raise BadError("invalid_character", "it holds bytes that are no UTF-8, or characters that are none", text)
    return text


def _id(text: str) -> str:
    _text(text)
    if not text.isascii() or not text.isprintable():
        raise BadError("non_ascii_or_non_printable_char", f"{text!r} is an id of more than plain characters", text)
    return text


def _mixed(text: str) -> str:
    """A text that passengers read: not in capital or small letters alone."""
    _text(text)
    words = [one for one in re.split(r"[\W\d_]+", text) if one]
    if len(words) == 1 and text.isalpha():
        shouted = len(text) > 1 and text.islower()
    else:
        long = [one for one in words if len(one) > 1]
        shouted = len(long) >= 2 and all(one.isupper() or one.islower() for one in long)
    if shouted:
        raise BadError("mixed_case_recommended_field", f"{text!r} should have capital and small letters", text)
    return text


def _whole(text: str) -> int:
    value = int(text) if _INTEGER.fullmatch(text) else MISSING
    if not -(2**31) < value < 2**31:
        raise BadError("invalid_integer", f"{text!r} is no whole number")
    return value


def _at_least(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = _whole(text)
        if value < least:
            raise BadError("number_out_of_range", f"{value} is below {least}")
        return value

    return read


def _nonzero(text: str) -> int:
    value = _whole(text)
    if value == 0:
        raise BadError("number_out_of_range", "it must not be 0")
    return value


def _enumerated(text: str, allowed: set[int]) -> int:
    value = _whole(text)
    if value not in allowed:
        raise BadError("unexpected_enum_value", f"{value} is none of {', '.join(map(str, sorted(allowed)))}")
    return value


def _route(text: str) -> int:
    """A kind of route; the extended ones stay what they are."""
    value = _whole(text)
    if value not in _ROUTES:
        kept = value if 100 <= value <= 1702 else None
        raise BadError("unexpected_enum_value", f"{value} is no kind of route of the standard", kept)
    return value


def _number(text: str) -> float:
    value = float(text) if _FLOAT.fullmatch(text) else nan
    if not isfinite(value):
        raise BadError("invalid_float", f"{text!r} is no number")
    return value


def _between(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = _number(text)
        if not least <= value <= most:
            raise BadError("number_out_of_range", f"{value:g} is not from {least:g} to {most:g}")
        return value

    return read


def _width(text: str) -> float:
    value = _number(text)
    if value <= 0:
        raise BadError("number_out_of_range", f"{value:g} is not above 0")
    return value


def _decimal(text: str) -> str:
    if not _DECIMAL.fullmatch(text) or len(text) > 30:
        raise BadError("invalid_float", f"{text!r} is no amount as 3500.00")
    return text


def _money(text: str) -> str:
    if _decimal(text).startswith("-"):
        raise BadError("number_out_of_range", f"{text} is below 0")
    return text


def _day(text: str) -> int:
    try:
        if len(text) != 8 or not text.isascii() or not text.isdigit():
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
    except ValueError:
        raise BadError("invalid_date", f"{text!r} is no day as 20261127") from None


def _url(text: str) -> str:
    try:
        parts = urlsplit(_text(text))
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and _URL_REST.fullmatch(text) is not None
    except ValueError:
        good = False
    if not good:
        raise BadError("invalid_url", f"{text!r} is no address as https://example.org/")
    return text


def _matches(pattern: re.Pattern[str], code: str, like: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(_text(text)):
            raise BadError(code, f"{text!r} is not as {like}")
        return text

    return read


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text) or not 3 <= sum(map(str.isalnum, text)) <= 20:
        raise BadError("invalid_phone_number", f"{text!r} is no phone number")
    return text


def _zone(text: str) -> str:
    if text not in _zones():
        raise BadError("invalid_timezone", f"{text!r} is no time zone as Asia/Jakarta")
    return text


def _currency(text: str) -> str:
    if text not in _currencies():
        raise BadError("invalid_currency", f"{text!r} is no currency as IDR")
    return text


def decimals(currency: str) -> int:
    """Digits behind the point that an amount of a currency has (ISO 4217)."""
    return int(get_currency_precision(currency))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


_READERS: dict[str, Callable[[str], Any]] = {
    "id": _id,
    "text": _text,
    "mixed": _mixed,
    "url": _url,
    "email": _matches(_EMAIL, "invalid_email", "dishub@example.org"),
    "phone": _phone,
    "zone": _zone,
    "language": _matches(_LANGUAGE, "invalid_language_code", "id or en-GB"),
    "color": _matches(_COLOR, "invalid_color", "0039A6"),
    "currency": _currency,
    "money": _money,
    "amount": _decimal,
    "date": _day,
    "time": seconds,
    "int": _whole,
    "natural": _at_least(0),
    "positive": _at_least(1),
    "nonzero": _nonzero,
    "route": _route,
    "float": _number,
    "measure": _between(0, 1e12),
    "width": _width,
    "lat": _between(-90, 90),
    "lon": _between(-180, 180),
}
