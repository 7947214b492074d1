"""Vehicles of a line that follow each other too closely. Pure, and without NumPy: the pillar reads it."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

PART = 0.25
"""Of the headway; who is closer than that to the one ahead is bunched."""


class Driven(NamedTuple):
    """A vehicle on its way. Seconds of the timetable."""

    vehicle: str
    way: int
    elapsed: int
    """Since the first stop."""
    headway: int
    """Between two; 0 where it is not known."""


def bunched(vehicles: Iterable[Driven]) -> dict[str, tuple[str, int]]:
    """Of each that is too close to the one ahead of it, which that is and how many seconds ahead."""
    by_way: dict[int, list[Driven]] = defaultdict(list)
    for one in vehicles:
        by_way[one.way].append(one)
    found = {}
    for row in by_way.values():
        row.sort(key=lambda one: (one.elapsed, one.vehicle))
        for behind, ahead in pairwise(row):
            gap = ahead.elapsed - behind.elapsed
            waits = behind.elapsed == 0 or ahead.elapsed == 0
            if behind.headway and not waits and gap < PART * behind.headway:
                found[behind.vehicle] = (ahead.vehicle, gap)
    return found
