"""The border of every rule of every field: the last value that is taken, and the first that is not.

Derived from the contracts alone: a field that is added to any request is proved without a word here. A rule that is
added to ``edge.proto`` must be taught (``RULES``).
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor

from gateway.rest.route import Route
from services.kit.rpc.contract import Rpc
from services.kit.rpc.rules import Field, fields_of
from tests.gateway.rest.asking import ALL_RPCS, PATH_FORM, ROUTES, fields, for_all, path_len
from tests.gateway.rest.contents import (
    MOST_LEN,
    MOST_PAGE,
    Where,
    allowed,
    every_value,
    is_time,
    places,
    plain_item,
    span,
    text_of,
)

RULES = {"required", "min_len", "max_len", "pattern", "gte", "lte", "min_items", "max_items", "in", "words"}
"""Rules with a border, by the name that their cases begin with."""
OTHERS = {"name", "inside", "fixed", "otherwise", "reason", "verbatim", "dropped", "personal"}
"""Rules that say where and how a value is sent; see ``test_placing.py``."""
BODY, QUERY, PATH, PILLAR = "body", "query", "path", "pillar"
HTTP, TEXTS = {BODY, QUERY}, {BODY, QUERY, PILLAR}
EVERYWHERE = {BODY, QUERY, PATH, PILLAR}
BLANK = "\u200b \u2060\u00a0"
"""Nothing of it is seen."""
_FAR_TIMES = (
    "0001-01-01T00:00:00+07:00", "0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "1900-01-01T00:00:00+00:01",
    "2200-01-01T00:00:01Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-07:00",
)  # fmt: skip
_FAR_DAYS = ("0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31")
_ALIEN: tuple[Any, ...] = ([], {"x": "y"})
"""What no plain field takes."""


@dataclass(frozen=True)
class Border:
    """A value at the border of a rule."""

    rule: str
    value: Any
    taken: bool
    held_at: frozenset[str]
    """Where the rule holds: in a body, in the query, in the path, in the pillar."""
    item: str = ""
    """Which item of the list is meant."""


@dataclass(frozen=True)
class Case:
    """A border of a field of a request."""

    where: Where
    border: Border
    route: Route | None = None
    rpc: Rpc | None = None

    @property
    def name(self) -> str:
        """For people."""
        whose = self.route.operation if self.route else self.rpc.name.rpartition(".")[2] if self.rpc else ""
        found = ".".join(each.descriptor.name for each in self.where)
        return f"{whose}-{found}-{self.border.rule}".replace(" ", "-")


def edge_cases(*, taken: bool, only: str = "") -> list[Case]:
    """All borders of all routes over HTTP, or of one operation."""
    return [
        Case(where, border, route=route)
        for route in ROUTES
        if not only or route.operation == only
        for where in places(fields(route))
        for border in borders(where[-1])
        if border.taken is taken and place_of(route, where) in border.held_at
    ]


def hold(cases: Iterable[Case], check: Callable[[Case], None]) -> None:
    """Checks every case, and tells of all that fail, each by its name."""
    for_all(pytest.param(each, id=each.name) for each in cases)(check)()


def place_of(route: Route, where: Where) -> str:
    name = where[0].descriptor.name
    if where[0].rules.fixed or where[-1].rules.fixed or (route.body == name and len(where) == 1):
        return ""
    if name in [each.descriptor.name for each in route.in_path]:
        return PATH
    return QUERY if name in [each.descriptor.name for each in route.in_query] else BODY


def pillar_cases(*, taken: bool) -> list[Case]:
    """All borders of the requests of all RPCs, those that only pages call among them."""
    return [
        Case(where, border, rpc=rpc)
        for rpc in ALL_RPCS
        for where in places(fields_of(rpc.method.input_type))
        for border in borders(where[-1])
        if border.taken is taken and PILLAR in border.held_at
    ]


def borders(field: Field) -> Iterator[Border]:
    """The borders of a field, those of the items of a list among them."""
    zero_is_one = field.is_number or field.descriptor.type == FieldDescriptor.TYPE_BOOL  # and cannot be told from none
    if not field.descriptor.is_repeated:
        yield from _elements(field)
        if field.rules.required:
            yield _refused("required missing", None, HTTP | ({PILLAR} if not zero_is_one else set()))
        return
    more = [plain_item(field)] * (field.rules.min_items - 1)
    for each in _elements(field):
        yield Border(each.rule, [each.value, *more], each.taken, each.held_at - {PATH}, "0")
    yield from _counts(field)
    yield _refused("kind text", "x", {BODY})
    yield _refused("kind object", {"0": "x"}, {BODY})


def _counts(field: Field) -> Iterator[Border]:
    least, most, items = field.rules.min_items, field.rules.max_items, _items(field)
    if field.rules.required:
        yield _refused("required missing", None, TEXTS)
        yield _refused("required empty", [], {BODY, PILLAR})
    if least > 1 or (least and field.rules.required):
        yield _refused("min_items one less", items[:1] * (least - 1), TEXTS)
    if least:
        yield _taken("min_items", items[:1] * least, TEXTS)
    if most:
        yield _taken("max_items", (items * most)[:most], TEXTS)
        yield _refused("max_items one more", (items * (most + 1))[: most + 1], TEXTS)


def _items(field: Field) -> list[Any]:
    return sorted(allowed(field)) if field.descriptor.enum_type is not None else [plain_item(field)]


def _elements(field: Field) -> Iterator[Border]:
    kind = field.descriptor
    if kind.message_type is not None:
        yield _refused("kind list", [1], {BODY})
        yield _refused("kind time" if is_time(field) else "kind text", "x", {BODY})
        if is_time(field):
            yield _refused("kind time without zone", "2026-11-24T09:00:00", HTTP)
            yield from (_taken("kind time", one, HTTP) for one in ("1900-01-01T00:00:00Z", "2200-01-01T00:00:00Z"))
            for far in _FAR_TIMES:
                yield _refused(f"kind time {far}", far, HTTP)
    elif kind.enum_type is not None:
        yield from _enums(field)
    elif kind.type == FieldDescriptor.TYPE_BOOL:
        for value in (*_ALIEN, "yes", 1):
            yield _refused(f"kind {value}", value, {BODY})
        yield _refused("kind maybe", "maybe", {QUERY})
        yield _taken("kind false", False, HTTP)
    elif field.is_number:
        yield from _numbers(field)
    elif field.is_text:
        yield from _texts(field)


def _enums(field: Field) -> Iterator[Border]:
    everything, taken = every_value(field), allowed(field)
    for name, number in everything.items():
        if name in taken:
            yield _taken(f"in {name}", name, TEXTS)
        elif number or field.rules.required or field.descriptor.is_repeated:
            yield _refused(f"in not {name}", name, TEXTS)
        else:
            yield _refused(f"in not {name}", name, HTTP)
    yield _refused("in no number of it", max(everything.values()) + 1, {PILLAR})
    yield _refused("in no name of it", "no-such", HTTP)
    yield _refused("kind number", 1, {BODY})


def _numbers(field: Field) -> Iterator[Border]:
    rules, kind = field.rules, field.descriptor
    whole = kind.cpp_type not in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT)
    zero_is_none = not (rules.required or rules.otherwise or kind.is_repeated or kind.has_presence)
    if rules.HasField("gte"):
        yield _taken("gte", int(rules.gte) if whole else rules.gte, TEXTS)
        below = int(rules.gte) - 1 if whole else math.nextafter(rules.gte, -math.inf)
        yield Border("gte one less", below, not below and zero_is_none, frozenset(TEXTS))
    if rules.HasField("lte"):
        yield _taken("lte", int(rules.lte) if whole else rules.lte, TEXTS)
        yield _refused("lte one more", int(rules.lte) + 1 if whole else math.nextafter(rules.lte, math.inf), TEXTS)
    if (rules.HasField("gte") or rules.HasField("lte")) and not whole:
        yield _refused("lte not a number", math.nan, {PILLAR})
    if kind.name == "page_size" and not rules.HasField("lte"):
        yield _taken("page least", 0, HTTP)
        yield _taken("page most", MOST_PAGE, HTTP)
        yield _refused("page one less", -1, HTTP)
        yield _refused("page one more", MOST_PAGE + 1, HTTP)
    elif kind.cpp_type == FieldDescriptor.CPPTYPE_INT32 and not rules.HasField("lte"):
        yield _taken("bits all", 2**31 - 1, HTTP)
        yield _refused("bits one more", 2**31, HTTP)
    if zero_is_none:
        yield _taken("zero", 0, TEXTS)
    if rules.required:  # zero is a value like others
        least, most = span(field)
        yield Border("required zero", 0, least <= 0 <= most, frozenset(TEXTS))
    for value in (*_ALIEN, "7", True, *((1.5,) if whole else ())):
        yield _refused(f"kind {value}", value, {BODY})
    for text in ("", "x", "0x1") + (("1.5",) if whole else ()):
        yield _refused(f"kind text {text}", text, {QUERY})


def _texts(field: Field) -> Iterator[Border]:
    yield from _lengths(field)
    yield from _forms(field)
    for value in (*_ALIEN, 7, True):
        yield _refused(f"kind {value}", value, {BODY})
    rules, sample = field.rules, str(plain_item(field))
    if rules.required:
        yield _refused("required empty", "", TEXTS)
        if not rules.verbatim:
            yield _refused("required blank", " \t\n", {BODY})
        if rules.words:
            yield _refused("required unseen", BLANK, TEXTS)
    if rules.words:
        yield _taken("words blanks around", f" \n{sample}\r\n\t ", TEXTS)
        yield _taken("words control characters", f"\x00{sample}\x85", {PILLAR})
    if not rules.verbatim and field.descriptor.name != "page_token":
        yield _refused("words control character", f"{sample[:-1]}\x07{sample[-1]}", HTTP)


def _lengths(field: Field) -> Iterator[Border]:
    rules = field.rules
    if rules.min_len > 1:
        yield _refused("min_len one less", text_of(field, rules.min_len - 1), TEXTS)
    if rules.min_len:
        yield _taken("min_len", text_of(field, rules.min_len), TEXTS)
    if field.descriptor.name == "page_token":
        yield _taken("page most", "t" * 500, {QUERY})
        yield _refused("page one more", "t" * 501, {QUERY})
        yield _refused("page form", "é", {QUERY})
        yield _refused("page form blank", "page 2", {QUERY})
    elif rules.max_len:
        yield _taken("max_len", text_of(field, rules.max_len), TEXTS)
        yield _refused("max_len one more", text_of(field, rules.max_len + 1), TEXTS)
    elif not rules.pattern and not rules.verbatim and not getattr(rules, "in"):
        yield _taken("max_len none", text_of(field, MOST_LEN), TEXTS)
        yield _refused("max_len none one more", text_of(field, MOST_LEN + 1), HTTP)
    if not rules.pattern:
        most = path_len(field)
        yield _taken("path most", "a" * most, {PATH})
        yield _refused("path one more", "a" * (most + 1), {PATH})
        for text in ("a b", "é", "a.b", "a\n"):
            assert not re.fullmatch(f"{PATH_FORM}+", text)
            yield _refused(f"path form {text!r}", text, {PATH})


def _forms(field: Field) -> Iterator[Border]:
    rules = field.rules
    if only := list(getattr(rules, "in")):
        for each in only:
            yield _taken(f"in {each}", each, EVERYWHERE)
        yield _refused("in other", f"{only[0]}x", EVERYWHERE)
    if rules.pattern:
        right = str(plain_item(field))
        yield _taken("pattern", right, EVERYWHERE)
        near = {"shorter": right[:-1], "longer": right + right[-1], "other": f"{right[:-1]}é", "line": f"{right}\n"}
        for what, text in near.items():
            fits = rules.min_len <= len(text) <= (rules.max_len or MOST_LEN)
            if text and fits and not re.fullmatch(rules.pattern, text):
                trimmed = what == "line" and not rules.verbatim
                at = (
                    EVERYWHERE
                    - ({BODY} if trimmed else set())
                    - ({PILLAR} if what == "line" and rules.words else set())
                )
                yield _refused(f"pattern {what}", text, at)
        if "-[0-9]{2}-[0-9]{2}" in rules.pattern:
            for far in _FAR_DAYS:
                yield _refused(f"pattern day {far}", far, EVERYWHERE)


def _taken(rule: str, value: Any, at: set[str]) -> Border:
    return Border(rule, value, True, frozenset(at))


def _refused(rule: str, value: Any, at: set[str]) -> Border:
    return Border(rule, value, False, frozenset(at))
