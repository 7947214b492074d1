"""What an expression says of an entity. Pure.

A path through several entities (``Datastreams/name``) has several values: a comparison holds where it does for any of
them. Nothing compares with what is of another kind or not there; ``eq null`` asks whether it is there.
"""

import asyncio
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from typing import Any

from gateway.sta.expressions import Binary, Call, Literal, Node, Path, Unary
from gateway.sta.faults import QueryFault

MOST_PAIRS = 1_000
"""Values of one side times those of the other."""
MOST_REACHED = 1_000
"""Values of a path from one entity."""
MOST_VALUES = 200_000
"""That a request looks at, those in between too, and entities on the way to them."""
_TURN = 5_000
"""Values after which others have their turn."""

Lookup = Callable[[tuple[str, ...], Callable[[], None]], Iterable[Any]]
"""The values of a path, none where it leads nowhere; it calls what it is given for each step on the way."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
_SUMS: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "mod": math.fmod,
}  # fmt: skip


@dataclass
class Evaluator:
    """Evaluates the expressions of a request; ``left`` are the values that it may still look at."""

    now: datetime
    left: int = MOST_VALUES
    _turn: int = MOST_VALUES

    def holds(self, node: Node, lookup: Lookup) -> bool:
        """Whether a condition holds."""
        return any(one is True for one in self.values(node, lookup))

    def values(self, node: Node, lookup: Lookup) -> Sequence[Any]:
        """The values of an expression. Raises QueryFault where there are too many."""
        found = self._values(node, lookup)
        self.spend(len(found))
        return found

    def spend(self, steps: int = 1) -> None:
        """Takes some work from what is left. Raises QueryFault where that is not enough."""
        self.left -= steps
        if self.left < 0:
            raise QueryFault("makes too much work; narrow it down, or ask for less at a time")

    async def turn(self) -> None:
        """Lets others have their turn, when some work was done."""
        if self._turn - self.left > _TURN:
            self._turn = self.left
            await asyncio.sleep(0)

    def _values(self, node: Node, lookup: Lookup) -> Sequence[Any]:
        if isinstance(node, Literal):
            return [node.value]
        if isinstance(node, Path):
            return _few(lookup(node.parts, self.spend)) or [None]
        if isinstance(node, Unary):
            if node.op == "not":
                return [not self.holds(node.of, lookup)]
            given = self.values(node.of, lookup)
            return [-one for one in given if _number(one) or isinstance(one, timedelta)] or [None]
        if isinstance(node, Call):
            args = _pairs(*(self.values(one, lookup) for one in node.args))
            return [_called(node.name, each, self.now) for each in args]
        if node.op in ("and", "or"):
            found = self.holds(node.left, lookup)
            return [found if found is (node.op == "or") else self.holds(node.right, lookup)]
        pairs = _pairs(self.values(node.left, lookup), self.values(node.right, lookup))
        return [_joined(node.op, left, right) for left, right in pairs]

    def constant(self, node: Node) -> Any:
        """The value of an expression without a path; None where it has one."""
        return None if any(True for _ in paths(node)) else self.values(node, lambda *_: ())[0]


def paths(node: Node) -> Iterator[tuple[str, ...]]:
    """The paths of an expression."""
    if isinstance(node, Path):
        yield node.parts
    elif isinstance(node, Unary):
        yield from paths(node.of)
    elif isinstance(node, Binary):
        yield from paths(node.left)
        yield from paths(node.right)
    elif isinstance(node, Call):
        for one in node.args:
            yield from paths(one)


def conditions(node: Node) -> Iterator[Node]:
    """What has to hold, all of it: the parts that ``and`` joins."""
    if isinstance(node, Binary) and node.op == "and":
        yield from conditions(node.left)
        yield from conditions(node.right)
    else:
        yield node


def _few(found: Iterable[Any]) -> list[Any]:
    values = list(islice(found, MOST_REACHED + 1))
    if len(values) > MOST_REACHED:
        raise QueryFault(f"reaches more than {MOST_REACHED} values from one entity; ask for those themselves")
    return values


def _pairs(*each: Sequence[Any]) -> list[tuple[Any, ...]]:
    if math.prod(map(len, each)) > MOST_PAIRS:
        raise QueryFault("compares too many values with each other; narrow one side down")
    return list(product(*each))


def _joined(op: str, left: Any, right: Any) -> Any:
    if op in ("eq", "ne"):
        return _same(left, right) == (op == "eq")
    if op in _COMPARE:
        return _comparable(left, right) and _COMPARE[op](left, right)
    return _sum(op, left, right)


def _same(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return _comparable(left, right) and bool(left == right)


def _comparable(left: Any, right: Any) -> bool:
    if _number(left) and _number(right):
        return True
    return any(isinstance(left, kind) and isinstance(right, kind) for kind in (str, datetime, timedelta))


def _sum(op: str, left: Any, right: Any) -> Any:
    times = isinstance(left, datetime | timedelta) and isinstance(right, datetime | timedelta)
    if not (_number(left) and _number(right)) and not (times and op in ("add", "sub")):
        return None
    try:
        return _SUMS[op](left, right)
    except (ArithmeticError, ValueError, TypeError):  # by zero, beyond all bounds, two times added
        return None


def _number(one: Any) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool)


def _called(name: str, args: tuple[Any, ...], now: datetime) -> Any:
    if name in _CONSTANTS:
        return _CONSTANTS[name](now)
    for table, fits in ((_OF_TEXT, _texts), (_OF_TIMES, _times), (_OF_NUMBERS, _numbers)):
        if name in table:
            try:
                return table[name](*args) if fits(args) else None
            except (ArithmeticError, ValueError):
                return None
    raise AssertionError(name)


def _texts(args: tuple[Any, ...]) -> bool:
    return isinstance(args[0], str) and all(isinstance(one, str) or type(one) is int for one in args)


def _times(args: tuple[Any, ...]) -> bool:
    return isinstance(args[0], datetime)


def _numbers(args: tuple[Any, ...]) -> bool:
    return _number(args[0])


def _substring(text: str, start: int, count: int | None = None) -> str | None:
    if not isinstance(start, int) or start < 0 or not (count is None or (isinstance(count, int) and count >= 0)):
        return None
    return text[start:] if count is None else text[start : start + count]


def _of_strings(act: Callable[[str, str], Any]) -> Callable[[Any, Any], Any]:
    return lambda one, other: act(one, other) if isinstance(other, str) else None


_CONSTANTS: Mapping[str, Callable[[datetime], datetime]] = {
    "now": lambda now: now,
    "mindatetime": lambda _: datetime(1, 1, 1, tzinfo=UTC),
    "maxdatetime": lambda _: datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
}
_OF_TEXT: Mapping[str, Callable[..., Any]] = {
    "substringof": _of_strings(lambda part, whole: part in whole),
    "contains": _of_strings(lambda whole, part: part in whole),
    "startswith": _of_strings(str.startswith),
    "endswith": _of_strings(str.endswith),
    "indexof": _of_strings(str.find),
    "concat": _of_strings(operator.add),
    "length": len,
    "substring": _substring,
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
}
_OF_TIMES: Mapping[str, Callable[[datetime], Any]] = {
    "year": lambda at: at.year,
    "month": lambda at: at.month,
    "day": lambda at: at.day,
    "hour": lambda at: at.hour,
    "minute": lambda at: at.minute,
    "second": lambda at: at.second,
    "fractionalseconds": lambda at: at.microsecond / 1_000_000,
}
_OF_NUMBERS: Mapping[str, Callable[[float], Any]] = {
    "round": lambda one: math.floor(one + 0.5) if one >= 0 else math.ceil(one - 0.5),
    "floor": math.floor,
    "ceiling": math.ceil,
}
