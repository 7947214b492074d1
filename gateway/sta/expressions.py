"""Expressions of ``$filter`` and ``$orderby`` (OData, as SensorThings 1.1 narrows it): from text to a tree. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple, TypeAlias, TypeVar

from gateway.sta.faults import QueryFault

MOST_TOKENS = 200
"""Of an expression."""
DEEPEST = 30
"""How far an expression may be nested."""

T = TypeVar("T")
Value: TypeAlias = "str | int | float | bool | datetime | timedelta | None"


class Literal(NamedTuple):
    """A value that stands in the text."""

    value: Value


class Path(NamedTuple):
    """A property, reached through the entities before it."""

    parts: tuple[str, ...]


class Call(NamedTuple):
    """A function and what it is given."""

    name: str
    args: tuple[Node, ...]


class Unary(NamedTuple):
    """``not`` or ``-``."""

    op: str
    of: Node


class Binary(NamedTuple):
    """A comparison, a sum, ``and`` or ``or``."""

    op: str
    left: Node
    right: Node


Node: TypeAlias = Literal | Path | Call | Unary | Binary

FUNCTIONS = {
    "substringof": (2, 2), "contains": (2, 2), "startswith": (2, 2), "endswith": (2, 2), "length": (1, 1),
    "indexof": (2, 2), "substring": (2, 3), "tolower": (1, 1), "toupper": (1, 1), "trim": (1, 1), "concat": (2, 2),
    "year": (1, 1), "month": (1, 1), "day": (1, 1), "hour": (1, 1), "minute": (1, 1), "second": (1, 1),
    "fractionalseconds": (1, 1), "now": (0, 0), "mindatetime": (0, 0), "maxdatetime": (0, 0), "round": (1, 1),
    "floor": (1, 1), "ceiling": (1, 1),
}  # fmt: skip
"""Functions that are known, with the least and the most that they are given."""

_LEVELS = (("or",), ("and",), ("eq", "ne"), ("gt", "ge", "lt", "le"), ("add", "sub"), ("mul", "div", "mod"))
"""What binds less stands before what binds more."""
_NOT = 2
"""The level that ``not`` stands on: it denies a comparison, and not what ``and`` joins to it."""
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<duration>duration'(?P<period>[^']*)')
  | (?P<string>'(?:[^']|'')*')
  | (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)
  | (?P<name>[A-Za-z_@][A-Za-z0-9_.@-]*(?:/[A-Za-z_@][A-Za-z0-9_.@-]*)*)
  | (?P<sign>[(),-])
    )""",
    re.VERBOSE | re.ASCII,
)
_PERIOD = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.(\d{1,6}))?S)?)?", re.ASCII)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parsed(text: str) -> Node:
    """The tree of an expression. Raises QueryFault that says at which character it cannot be read."""
    tokens = list(islice(_tokens(text), MOST_TOKENS + 1))
    if len(tokens) > MOST_TOKENS:
        raise QueryFault(f"has more than {MOST_TOKENS} parts; ask for less at a time")
    parser = _Parser(tokens, len(text))
    node = parser.expression()
    parser.end()
    return node


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            place = len(text) - len(text[at:].lstrip()) + 1
            raise QueryFault(f"cannot be read at character {place}, before {text[at:].strip()[:20]!r}")
        kind = str(found.lastgroup if found.lastgroup != "period" else "duration")
        yield _Token(kind, found[kind], found.start(kind))
        at = found.end()


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens, self._end, self._at, self._depth = tokens, end, 0, 0

    def expression(self, level: int = 0) -> Node:
        """What binds at least as much as a level."""
        if level == len(_LEVELS):
            return self._unary()
        if level == _NOT and (token := self._peek()) and token.kind == "name" and token.text == "not":
            self._at += 1
            return self._deeper(lambda: Unary("not", self.expression(level)))
        node = self.expression(level + 1)
        while (token := self._peek()) and token.kind == "name" and token.text in _LEVELS[level]:
            self._at += 1
            node = Binary(token.text, node, self.expression(level + 1))
        return node

    def end(self) -> None:
        """Nothing may follow."""
        if self._peek() is not None:
            raise self._fault("an operator such as eq, and, or")

    def _unary(self) -> Node:
        token = self._peek()
        if token and token.kind == "sign" and token.text == "-":
            self._at += 1
            return self._deeper(lambda: Unary("-", self._unary()))
        return self._primary()

    def _primary(self) -> Node:
        token = self._peek()
        if token is None:
            raise self._fault("a value, a property or a function")
        self._at += 1
        if token.kind == "sign":
            if token.text != "(":
                self._at -= 1
                raise self._fault("a value, a property or a function")
            node = self._deeper(self.expression)
            self._take(")")
            return node
        if token.kind == "name":
            return self._named(token)
        return Literal(_value(token))

    def _named(self, token: _Token) -> Node:
        if token.text in ("true", "false", "null"):
            return Literal({"true": True, "false": False, "null": None}[token.text])
        following = self._peek()
        if following is None or following.text != "(" or following.kind != "sign":
            return Path(tuple(token.text.split("/")))
        if token.text not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise QueryFault(f"knows no function {token.text!r} (character {token.at + 1}); there are: {known}")
        self._at += 1
        args = self._deeper(self._arguments)
        least, most = FUNCTIONS[token.text]
        if not least <= len(args) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise QueryFault(f"{token.text} (character {token.at + 1}) is given {len(args)} values and takes {wanted}")
        return Call(token.text, args)

    def _arguments(self) -> tuple[Node, ...]:
        args: list[Node] = []
        token = self._peek()
        if token is None or token.text != ")":
            args.append(self.expression())
            while (token := self._peek()) and token.kind == "sign" and token.text == ",":
                self._at += 1
                args.append(self.expression())
        self._take(")")
        return tuple(args)

    def _deeper(self, read: Callable[[], T]) -> T:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryFault(f"is nested more than {DEEPEST} deep")
        found = read()
        self._depth -= 1
        return found

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, text: str) -> None:
        token = self._peek()
        if token is None or token.kind != "sign" or token.text != text:
            raise self._fault(repr(text))
        self._at += 1

    def _fault(self, wanted: str) -> QueryFault:
        token = self._peek()
        if token is None:
            return QueryFault(f"ends too soon (character {self._end + 1}), where {wanted} is awaited")
        return QueryFault(f"has {token.text[:20]!r} at character {token.at + 1}, where {wanted} is awaited")


def _value(token: _Token) -> Value:
    if token.kind == "string":
        return token.text[1:-1].replace("''", "'")
    if token.kind == "number":
        return float(token.text) if re.search(r"[.eE]", token.text) else int(token.text[:30])
    if token.kind == "time":
        try:
            return datetime.fromisoformat(token.text).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise QueryFault(f"{token.text!r} at character {token.at + 1} is no time") from error
    found = _PERIOD.fullmatch(token.text[9:-1])
    if found is None or not any(found.groups()):
        raise QueryFault(f"{token.text[:30]!r} at character {token.at + 1} is no duration such as duration'PT1H'")
    days, hours, minutes, seconds, part = (each or "0" for each in found.groups())
    return timedelta(days=int(days), hours=int(hours), minutes=int(minutes), seconds=float(f"{seconds}.{part}"))
