"""What goes between the pillar and the planner's process: a length and a kind, then the content."""

from enum import IntEnum
from struct import Struct as Format
from typing import Any

import msgspec
from msgspec import Struct

HEAD = Format(">IB")
"""Bytes of the content, and its kind."""
MOST_BYTES = 64 << 20
"""Of one frame."""


class Frame(IntEnum):
    """Kinds of frames."""

    FEED = 1
    """A feed begins: its time zone. From the pillar."""
    ROWS = 2
    """Some rows of a table."""
    TIMES = 3
    """A part of the copied stop times."""
    READY = 4
    """All was sent; the process answers with the same when it is ready for questions."""
    QUESTION = 5
    ANSWER = 6
    FAILED = 7
    """The answer to a question over which something broke."""
    NOW = 8
    """What is different from the timetable from now on. From the pillar, at any time."""


class Rows(Struct, frozen=True):
    """Some rows of a table."""

    table: str
    rows: list[Any]


class Opening(Struct, frozen=True):
    """What is sent before all else."""

    timezone: str
    today: str
    """The day whose network is made before the first question."""


class Ready(Struct, frozen=True):
    """What the process tells once it is ready."""

    seconds: float
    """To make the timetable."""
    bytes: int
    """Of its arrays."""


class Asked(Struct, frozen=True):
    """A question: its number, which of the process's functions answers it, and what it asks."""

    number: int
    about: str
    question: msgspec.Raw


class Answered(Struct, frozen=True):
    """The answer to the question of that number."""

    number: int
    answer: msgspec.Raw


def framed(kind: Frame, content: bytes) -> bytes:
    """A frame as bytes."""
    return HEAD.pack(len(content), kind) + content
