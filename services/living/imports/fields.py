"""What stands in a column for what a feed says, or leaves out."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from math import isnan
from typing import Any

from services.living.gtfs.feed import FeedTables
from services.living.gtfs.values import MISSING

Row = tuple[Any, ...]
Rows = Callable[[FeedTables], Iterable[Row]]
"""What makes the rows of a table."""


def given(value: int) -> int | None:
    """A whole number; None where it is not given."""
    return None if value == MISSING else value


def or_zero(value: int) -> int:
    """A whole number; 0 where it is not given."""
    return max(0, value)


def number_of(value: float) -> float | None:
    """Another number; None where it is not given."""
    return None if isnan(value) else value


def day_of(value: int) -> date | None:
    """A day; None where it is not given."""
    return None if value == MISSING else date.fromordinal(value)


def numbered(feed: FeedTables, name: str, *columns: str) -> Iterator[Row]:
    """The number of each row, and some of its columns."""
    return ((number, *row[1:]) for number, row in enumerate(feed[name].rows(*columns)))


def agency_of(feed: FeedTables, name: str) -> int | None:
    """The agency of that id; the only one where none is named."""
    return feed.agencies.get(name, 0 if len(feed["agency"]) == 1 else None)


def plain(name: str, *columns: str) -> Callable[[FeedTables], Iterable[Row]]:
    """Texts that are stored as they are."""
    return lambda feed: (row[1:] for row in feed[name].rows(*columns))
