"""What requests hold: values by the names of the contract, some that the rules take, drawn or plain.

Written from what ``edge.proto`` says, beside the decoder and the rules, so that it can judge both. Enums are the names
that JSON has, messages are dictionaries, and None is a null.
"""

import math
import re
import string
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from services.kit.rpc.rules import Field, fields_of
from services.kit.rpc.text import clean

Contents = dict[str, Any]
Where = tuple[Field, ...]
"""Where a field stands: the fields that lead to it from the request on, itself the last."""

MOST_LEN = 100
"""Characters of a text over HTTP whose contract names no limit."""
MOST_PAGE = 200
_EARLIEST, _LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)
_UNSEEN = ("", "", "", " ", "\n", "\t \u00a0", "\r\n")
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters by Unicode, and drawn as nothing."""
_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}


def contents(fields: Iterable[Field], spaced: bool = False) -> st.SearchStrategy[Contents]:
    """What is taken: required fields always, others given, null or left out. ``spaced``: in a body, where blanks around
    texts are trimmed.
    """
    open_ = [each for each in fields if not each.rules.fixed]
    drawn = {each.descriptor.name: values(each, spaced) for each in open_}
    required = {each.descriptor.name for each in open_ if each.rules.required}
    optional = {name: st.none() | drawn[name] for name in drawn.keys() - required}
    return st.fixed_dictionaries({name: drawn[name] for name in sorted(required)}, optional=optional)


def values(field: Field, spaced: bool = False) -> st.SearchStrategy[Any]:
    """Values of a field that the rules take."""
    if not field.descriptor.is_repeated:
        return _elements(field, spaced)
    least, most = field.rules.min_items, field.rules.max_items
    return st.lists(_elements(field, spaced), min_size=max(least, int(field.rules.required)), max_size=most or 4)


def _elements(field: Field, spaced: bool) -> st.SearchStrategy[Any]:
    kind = field.descriptor
    if is_time(field):
        return st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC)).map(lambda at: at.isoformat())
    if kind.message_type is not None:
        return contents(fields_of(kind.message_type), spaced)
    if kind.enum_type is not None:
        return st.sampled_from(sorted(allowed(field)))
    if kind.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    if kind.cpp_type in _INTEGERS:
        return st.integers(*span(field))
    if field.is_number:
        made = st.floats(*span(field), allow_nan=False, allow_infinity=False)
        return made.map(lambda number: number + 0.0)  # no zero below zero: protobuf takes it for a value
    return _texts(field, spaced)


def _texts(field: Field, spaced: bool) -> st.SearchStrategy[str]:
    rules = field.rules
    if only := list(getattr(rules, "in")):
        return st.sampled_from(only)
    most = rules.max_len or (500 if field.descriptor.name == "page_token" else MOST_LEN)
    least = max(rules.min_len, int(rules.required or field.descriptor.is_repeated))
    if field.descriptor.name == "page_token":
        made = st.from_regex(r"[!-~]{0,500}", fullmatch=True)
    elif rules.pattern:
        made = st.from_regex(rules.pattern, fullmatch=True)
    else:
        made = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=least, max_size=min(most, least + 30))
    free = not least and (rules.words or rules.verbatim)
    kept = made.filter(
        lambda text: (
            text == text.strip()
            and (free or not text or seen(text))
            and least <= len(clean(text) if rules.words else text)
            and len(text) <= most
        )
    )
    if not spaced or rules.verbatim:
        return kept
    return st.tuples(st.sampled_from(_UNSEEN), kept, st.sampled_from(_UNSEEN)).map("".join)


def seen(text: str) -> bool:
    """Whether there is anything to see in a text, to the least doubt: a letter or number that is no filler."""
    return any(each.isalnum() and each not in _FILLERS for each in text)


def is_time(field: Field) -> bool:
    """Whether a field is a moment, which JSON has as text."""
    kind = field.descriptor.message_type
    return kind is not None and kind.full_name == Timestamp.DESCRIPTOR.full_name


def allowed(field: Field) -> dict[str, int]:
    """The values of an enum that are taken, by the names that JSON has."""
    only = list(getattr(field.rules, "in"))
    return {name: number for name, number in every_value(field).items() if number and (not only or name in only)}


def every_value(field: Field) -> dict[str, int]:
    """All values of an enum by the names that JSON has: small, without what all have in common."""
    kind = field.descriptor.enum_type
    assert kind is not None
    prefix = "".join(f"_{each}" if each.isupper() else each.upper() for each in kind.name).lstrip("_") + "_"
    return {value.name.removeprefix(prefix).lower(): value.number for value in kind.values}


def span(field: Field) -> tuple[Any, Any]:
    """The least and the greatest number that is taken."""
    rules = field.rules
    least, most = _INTEGERS.get(field.descriptor.cpp_type, (-1e300, 1e300))
    if field.descriptor.name == "page_size" and not rules.HasField("lte"):
        return 0, MOST_PAGE
    whole = int if field.descriptor.cpp_type in _INTEGERS else float
    low = whole(rules.gte) if rules.HasField("gte") else least
    return low, whole(rules.lte) if rules.HasField("lte") else most


def plain(fields: Sequence[Field]) -> Contents:
    """One value for every field, always the same, far from every border."""
    return {each.descriptor.name: plain_value(each) for each in fields if not each.rules.fixed}


def plain_value(field: Field) -> Any:
    """A value that is taken; a list has as few as may be, and one at least."""
    if field.descriptor.is_repeated:
        return [plain_item(field)] * max(1, field.rules.min_items)
    return plain_item(field)


def plain_item(field: Field) -> Any:
    """The same of one item of a list."""
    kind = field.descriptor
    if is_time(field):
        return "2026-11-24T02:00:00+00:00"
    if kind.message_type is not None:
        return plain(fields_of(kind.message_type))
    if kind.enum_type is not None:
        return min(allowed(field))
    if kind.type == FieldDescriptor.TYPE_BOOL:
        return True
    if field.is_number:
        low, most = span(field)
        return min(max(low, 1), most)
    if kind.type == FieldDescriptor.TYPE_BYTES:
        return b"data"
    if kind.name == "page_token":
        return "token"
    if field.rules.pattern:
        return _of_pattern(field.rules.pattern, max(1, field.rules.min_len))
    return next(iter(getattr(field.rules, "in")), "") or text_of(
        field, min(max(field.rules.min_len, 7), field.rules.max_len or MOST_LEN)
    )


@cache
def _of_pattern(pattern: str, least: int) -> str:
    """The simplest text, as often as makes it long enough: to look for a longer one takes a hundred times as long."""
    text = _simplest(pattern)
    text *= math.ceil(least / len(text))
    if re.fullmatch(pattern, text):
        return text
    raise ValueError(f"find a text of {least} characters that matches {pattern}")


def _simplest(pattern: str) -> str:
    """A letter or digit where one is enough; else what is tried first: to look for it takes twenty times as long."""
    if one := next((each for each in string.printable if re.fullmatch(pattern, each)), ""):
        return one
    found: list[str] = []

    @settings(database=None, derandomize=True, max_examples=1, phases=[Phase.generate])
    @given(st.from_regex(pattern, fullmatch=True))
    def first(text: str) -> None:
        found.append(text)

    first()
    return found[0]


def text_of(field: Field, size: int) -> str:
    """A text of that many characters that all rules take but those of its length."""
    if not field.rules.pattern:
        return ("aé" * size)[:size]
    for each in string.printable:
        if re.fullmatch(field.rules.pattern, each * size):
            return each * size
    raise ValueError(f"{field.descriptor.full_name}: find a text of {size} characters that matches its pattern")


def places(fields: Iterable[Field], above: Where = ()) -> Iterable[Where]:
    """Every field and what leads to it, those of messages too."""
    for each in fields:
        where = (*above, each)
        yield where
        kind = each.descriptor.message_type
        if kind is not None and not is_time(each):
            assert kind not in [one.descriptor.containing_type for one in where], "a message that holds itself"
            yield from places(fields_of(kind), where)


def changed(base: Contents, where: Where, value: Any) -> Contents:
    """The same with another value at that place (of the first item where a list leads to it)."""
    name = where[0].descriptor.name
    if len(where) == 1:
        return {**base, name: value}
    inner = base[name]
    if where[0].descriptor.is_repeated:
        return {**base, name: [changed(inner[0], where[1:], value), *inner[1:]]}
    return {**base, name: changed(inner, where[1:], value)}
