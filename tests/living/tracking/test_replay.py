"""Buses replayed by a clock of their own: how far the estimates are off, by the minutes ahead."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from services.living.tracking.model import uncertainty
from tests.living.tracking.towns import APART_M, STEP_S, STOPS, Driver, at, drive, town

BUSES = 40
_USUAL = APART_M / STEP_S


def _speeds(chance: random.Random) -> Iterator[float]:
    """As in a street: a usual speed of this run, a new one each minute and a half, now and then a halt."""
    run = chance.uniform(0.85, 1.2)
    while True:
        stretch = _USUAL * run * chance.uniform(0.7, 1.35)
        if chance.random() < 0.08:
            stretch = 0.3
        yield from [stretch] * 9


def _replayed() -> dict[int, list[tuple[float, int]]]:
    """Errors in seconds, and what was told of them, by whole minutes ahead."""
    tracker, chance = town(), random.Random(20260302)
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for number in range(BUSES):
        ride = list(drive(at(9) + 60 * number, _speeds(chance)))
        passed = {stop: _passes(ride, stop * APART_M) for stop in range(1, STOPS)}
        bus = Driver(tracker, route="often")
        for second, metres in ride[::3]:
            for call in bus.at(second, metres, bearing=90.0).calls:
                really = passed.get(int(call.stop.removeprefix("s")), 0.0)
                if really > second:
                    ahead = call.arrival - second
                    found[ahead // 60].append((abs(call.arrival - really), uncertainty(ahead)))
    return found


def _passes(ride: Sequence[tuple[int, float]], metres: float) -> float:
    for (second, one), (later, other) in pairwise(ride):
        if one <= metres <= other and other > one:
            return second + (later - second) * (metres - one) / (other - one)
    return 0.0


def test_estimates_are_as_far_off_as_they_say() -> None:
    """Half of them within 15 s and 10 % of the time ahead; nine in ten within the uncertainty that is told."""
    found = {minute: rows for minute, rows in _replayed().items() if len(rows) > 200}
    assert len(found) >= 10
    lines = []
    for minute, rows in sorted(found.items()):
        middle = median(error for error, _ in rows)
        within = sum(error <= told for error, told in rows) / len(rows)
        lines.append(f"{minute:2d} min ahead: median {middle:5.1f} s, within what is told {within:4.0%} of {len(rows)}")
        assert middle <= 15 + 0.1 * (minute + 0.5) * 60, "\n".join(lines)
        assert within >= 0.85, "\n".join(lines)
    every = [error <= told for rows in found.values() for error, told in rows]
    assert sum(every) / len(every) >= 0.9, "\n".join(lines)
