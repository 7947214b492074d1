"""Single values of a path, a query or a JSON body: how each becomes what a message holds, and what is wrong with it.

What a value must be like are the rules of its field (``services/kit/rpc/rules.py``); here is what HTTP adds to them.
"""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.answers.problems import FieldError, Problem
from services.kit.rpc.rules import Field
from services.kit.rpc.text import clean, has_control

MOST_LEN = 100
"""Characters of a text over HTTP whose contract names no limit."""
PATH_LEN = {"code": 32, "number": 40}
OTHER_PATH_LEN = 64
PATH_FORM = re.compile(r"[A-Za-z0-9-]+")
TOKEN_FORM = re.compile(r"[\x21-\x7e]{0,500}")
PAGE_MOST = 200
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these times all lie that are taken: far from the ends of the calendar, so that days can be added to them."""
_BITS = {
    FieldDescriptor.CPPTYPE_INT32: (-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, (1 << 32) - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, (1 << 64) - 1),
}
"""The least and the greatest whole number that a field can hold."""
_MOST_EXACT = 1 << 53
"""Up to here every whole number has a float of its own."""
_YES_NO = {"true": True, "1": True, "yes": True, "on": True, "t": True, "y": True,
           "false": False, "0": False, "no": False, "off": False, "f": False, "n": False}  # fmt: skip
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_PLUS = re.compile(r" ([0-9]{2}:[0-9]{2})$")
"""The plus of a zone that was not written as %2B, before which there is a time already."""
Faults = list[FieldError]
Values = dict[str, Any]


def refusal(faults: Faults) -> Problem:
    """The problem of a request in which these fields are not as they must be."""
    detail = "; ".join(f"{each.field}: {each.message}" for each in faults[:3])
    return Problem(422, "INVALID_REQUEST", detail, errors=faults)


def path_check(field: Field) -> Callable[[str], str]:
    if field.rules.pattern:
        return field.wrong
    most = field.rules.max_len or PATH_LEN.get(field.name, OTHER_PATH_LEN)

    def check(text: str) -> str:
        if len(text) > most or not PATH_FORM.fullmatch(text):
            return f"is not 1 to {most} letters, digits and hyphens"
        return ""

    return check


def query_reader(field: Field) -> Callable[[Any, Values, Faults], None]:
    return _query_list(field) if field.descriptor.is_repeated else _query_value(field)


def _query_list(field: Field) -> Callable[[Any, Values, Faults], None]:
    element = _query_element(field)

    def read(query: Any, values: Values, faults: Faults) -> None:
        given = query.getlist(field.name)
        if not given and field.rules.required:
            faults.append(FieldError(field.name, "is missing"))
            return
        if wrong := field.miscounted(len(given)):
            faults.append(FieldError(field.name, wrong))
            return
        found = values[field.descriptor.name] = []
        for place, text in enumerate(given):
            value, wrong = element(text)
            found.append(value)
            if wrong:
                faults.append(FieldError(f"{field.name}.{place}", wrong))

    return read


def _query_value(field: Field) -> Callable[[Any, Values, Faults], None]:
    element = _query_element(field)

    def read(query: Any, values: Values, faults: Faults) -> None:
        text = query.get(field.name, field.rules.otherwise or None)
        if text is None:
            if field.rules.required:
                faults.append(FieldError(field.name, "is missing"))
            return
        values[field.descriptor.name], wrong = element(text)
        if wrong:
            faults.append(FieldError(field.name, wrong))

    return read


def _query_element(field: Field) -> Callable[[str], tuple[Any, str]]:
    """What reads one value of a query: the value, and what is wrong with it."""
    if field.names:
        return lambda text: _enum(field, text)
    if field.descriptor.message_type is not None:
        return lambda text: instant(_PLUS.sub(r"+\1", text))
    if field.descriptor.type == FieldDescriptor.TYPE_BOOL:
        wrong = "is not true or false"
        return lambda text: (_YES_NO.get(text.lower(), False), "" if text.lower() in _YES_NO else wrong)
    if field.is_number:
        return lambda text: _query_number(field, text)
    if field.descriptor.name == "page_token":
        return lambda text: (text, "" if TOKEN_FORM.fullmatch(text) else "is not the `next_page_token` of an answer")
    return lambda text: (text, _text_fault(field, text, clean(text) if field.rules.words else text))


def instant(given: Any) -> tuple[Timestamp | None, str]:
    """A moment of its text: RFC 3339, with its zone."""
    try:
        at = datetime.fromisoformat(given)
    except (ValueError, TypeError):
        at = None
    if at is None or at.tzinfo is None:
        return None, "is not a time with its zone, such as 2026-11-24T09:00:00+07:00"
    if not EARLIEST <= at <= LATEST:
        return None, f"is not between the years {EARLIEST.year} and {LATEST.year}"
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp, ""


def _query_number(field: Field, text: str) -> tuple[float, str]:
    digits = text.strip()  # int() and float() would not take all of the blanks off that this does
    if not field.is_whole:
        return _float(field, float(digits)) if _DECIMAL.fullmatch(digits) else (0.0, "is not a number")
    if not _INTEGER.fullmatch(digits):
        return 0, "is not a whole number"
    value = int(digits)
    if field.descriptor.name == "page_size" and not field.rules.HasField("lte"):
        return (value, "") if 0 <= value <= PAGE_MOST else (0, f"is {value:,}; give 0 to {PAGE_MOST}")
    return _integer(field, value)


def _enum(field: Field, given: Any) -> tuple[int, str]:
    number = field.names.get(given, 0) if isinstance(given, str) else 0
    return number, field.wrong(number)


def _float(field: Field, given: float) -> tuple[float, str]:
    wrong = _number_fault(field, given)
    if not wrong and abs(given) > sys.float_info.max:
        wrong = "is too far off"
    return (0.0, wrong) if wrong else (given, "")


def _integer(field: Field, given: int) -> tuple[int, str]:
    least, most = _BITS[field.descriptor.cpp_type]
    wrong = _number_fault(field, given)
    # What is beyond 64 bits is as much too large as the largest of them: the pillar says so, with its own reason.
    if not wrong and not least <= given <= most and field.descriptor.cpp_type != FieldDescriptor.CPPTYPE_INT64:
        wrong = f"is out of range; give {least:,} to {most:,}"
    return max(least, min(most, given)), wrong


def _text_fault(field: Field, text: str, measured: str) -> str:
    if has_control(text):
        return "holds a control character: send plain text"
    if not measured and len(text) > (field.rules.max_len or MOST_LEN):
        measured = text  # nothing of it is seen, and yet it is long
    if not field.rules.max_len and len(measured) > MOST_LEN:
        return f"has {len(measured):,} characters; give at most {MOST_LEN}"
    is_given = measured or field.rules.required or field.descriptor.is_repeated
    return field.wrong(measured) if is_given else ""


def _number_fault(field: Field, value: float) -> str:
    return "" if not value and zero_is_none(field) else field.wrong(value)


def zero_is_none(field: Field) -> bool:
    """Whether zero of a number counts as left out, as in protobuf where presence is not told, whatever is its least."""
    told = field.descriptor.has_presence or field.descriptor.is_repeated
    return not told and not field.rules.required and not field.rules.otherwise


def constant(field: Field, text: str) -> Any:
    if field.names:
        return field.names[text]
    return int(text) if field.is_number else text


def json_scalar(field: Field) -> Callable[[Any], tuple[Any, str]]:
    """What reads one plain value: the value for the message, and what is wrong with it."""
    if field.names:
        return lambda given: _enum(field, given)
    if field.rules.verbatim:
        return lambda given: (given, field.wrong(given)) if isinstance(given, str) else ("", "is not a text")
    if field.is_text:
        return lambda given: _json_text(field, given)
    if field.descriptor.type == FieldDescriptor.TYPE_BOOL:
        return lambda given: (given, "") if isinstance(given, bool) else (False, "is not true or false")
    return lambda given: _json_integer(field, given) if field.is_whole else _json_float(field, given)


def _json_text(field: Field, given: Any) -> tuple[str, str]:
    if not isinstance(given, str):
        return "", "is not a text"
    if has_control(given):
        return "", "holds a control character: send plain text"
    text = given.strip()
    return text, _text_fault(field, text, clean(text) if field.rules.words else text)


def _json_float(field: Field, given: Any) -> tuple[float, str]:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return 0.0, "is not a number"
    return _float(field, given)


def _json_integer(field: Field, given: Any) -> tuple[int, str]:
    if isinstance(given, float) and given.is_integer():  # JSON knows one kind of number, and some write 7.0 for 7
        if abs(given) > _MOST_EXACT:
            return 0, "is too large to be exact that way; write all its digits, without a point or an exponent"
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int):
        return 0, "is not a whole number"
    return _integer(field, given)
