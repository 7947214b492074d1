"""The number of an Indonesian identity card (NIK): PPKKCC, the district of issue, then DDMMYY of birth, where women
have 40 added to the day, then a serial number. It has no check digit, so only form and plausibility can be told.

Source: field notes; the codes of districts are those of ``python-stdnum`` (Kemendagri).
"""

import re
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.id import nik as issued

from services.kit.errors import DomainError, invalid

_FORM = re.compile(r"[0-9]{16}")
_WOMEN = 40
_OLDEST_YEARS = 130


def read(number: str, birth_date: str, today: date) -> date:
    """The date of birth of a number that may be one. Errors: NIK_IMPLAUSIBLE, BIRTH_DATE_INVALID, BIRTH_DATE_MISMATCH;
    none quotes it.
    """
    if not plausible(number):
        raise _implausible()
    born = birthday(birth_date, today)
    if born is None:
        raise _no_date()
    day = int(number[6:8])
    told = (day - _WOMEN if day > _WOMEN else day, int(number[8:10]), int(number[10:12]))
    if told != (born.day, born.month, born.year % 100):
        raise _mismatch()
    return born


def plausible(number: str) -> bool:
    """Whether it may be such a number, whoever's it is."""
    return bool(_FORM.fullmatch(number)) and _issued(number)


def birthday(text: str, today: date) -> date | None:
    """The date on which somebody who lives may have been born; None where it is none."""
    try:
        born = date.fromisoformat(text)
    except ValueError:
        return None
    return born if born <= today and today.year - born.year <= _OLDEST_YEARS else None


def issued_in(number: str, city_code: str) -> bool:
    """Whether it was issued in the city of that Kemendagri code: that says nothing of where they live now."""
    return number[:4] == city_code.replace(".", "")[:4]


def age(born: date, day: date) -> int:
    """Whole years on a day; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _issued(number: str) -> bool:
    try:
        issued.validate(number)
    except ValidationError:
        return False
    return True


def _implausible() -> DomainError:
    message = "This cannot be the number of an identity card: copy its 16 digits."
    return invalid("NIK_IMPLAUSIBLE", message, field="nik")


def _no_date() -> DomainError:
    message = "This is no date of birth. Write it as 1990-08-17."
    return invalid("BIRTH_DATE_INVALID", message, field="birth_date")


def _mismatch() -> DomainError:
    message = "The number on the card says another date of birth. Check both; write the date as 1990-08-17."
    return invalid("BIRTH_DATE_MISMATCH", message, field="birth_date")
