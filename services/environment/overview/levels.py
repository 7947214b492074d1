"""Which level stands highest against its thresholds. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.environment.datastreams.actions import Shown


class Limit(NamedTuple):
    """A level that means something: from which value on, and what it is called."""

    value: float
    name: str
    made_up: bool = False


class Highest(NamedTuple):
    """A level, and the threshold that tells most of it: the highest that it has reached, else the first above it."""

    shown: Shown
    limit: Limit
    reached: bool


def highest(levels: Iterable[tuple[Shown, Sequence[Limit]]]) -> Highest | None:
    """The level that has reached most of its thresholds; of several the one that the next is nearest to.

    A level without readings, or without thresholds, says nothing; None where all are such.
    """
    found = [
        (_rank(value, sorted(limits)), one, sorted(limits)) for one, limits in levels for value in _value(one) if limits
    ]
    if not found:
        return None
    (reached, _), one, limits = max(found, key=lambda each: each[0])
    return Highest(one, limits[max(reached - 1, 0)], reached > 0)


def _value(one: Shown) -> list[float]:
    return [one.latest.value] if one.latest else []


def _rank(value: float, limits: Sequence[Limit]) -> tuple[int, float]:
    """How many thresholds are reached, and how near the next is, or how far the last is left behind."""
    reached = sum(value >= limit.value for limit in limits)
    return reached, value - limits[min(reached, len(limits) - 1)].value
