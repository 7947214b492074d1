"""Reads what requests say in words: states and lines of text."""

import re
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeVar

from services.kit.errors import invalid

S = TypeVar("S", bound=Enum)


def states(values: Iterable[Any], kind: type[S], name: Callable[[Any], str], otherwise: tuple[S, ...]) -> tuple[S, ...]:
    """The states that a list is asked for, each once; ``otherwise`` when it names none. Errors: STATE_UNKNOWN.

    ``name`` is the proto enum's own, whose names end in those of ``kind``.
    """
    found = {_state(value, kind, name) for value in values}
    return tuple(each for each in kind if each in found) or otherwise


def line(text: str) -> str:
    """Text as one line, without control characters, trimmed."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def _state(value: Any, kind: type[S], name: Callable[[Any], str]) -> S:
    try:
        word = name(value)
        return next(each for each in kind if word.endswith(f"_STATE_{each.name}"))
    except (ValueError, StopIteration):
        known = ", ".join(each.name.lower() for each in kind)
        raise invalid("STATE_UNKNOWN", f"Name states out of: {known}.", field="states") from None
