"""A feed of what ``store.py`` read of it. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from services.living.timetable.model import (
    NO_HEADSIGNS,
    UNKNOWN,
    Feed,
    Frequency,
    Headsigns,
    Pathway,
    Route,
    Service,
    Stop,
    StopTimes,
    Transfer,
    Trip,
)

_COLUMNS = (
    ("trip", 4), ("stop", 4), ("arrival", 4), ("departure", 4), ("pickup", 2), ("drop_off", 2), ("sequence", 4)
)  # fmt: skip
TIMES = np.dtype(
    [("fields", ">i2"), *(field for name, size in _COLUMNS for field in ((f"{name}_size", ">i4"), (name, f">i{size}")))]
)
"""A row of PostgreSQL's binary COPY; no column is ever NULL."""
_HEADER_BYTES, _END_BYTES = 19, 2
_WEEK = range(7)

Rows = Mapping[str, Sequence[Sequence[Any]]]


def feed_of(timezone: str, rows: Rows, times: bytes | bytearray) -> Feed:
    """The feed; ``rows`` by the names of ``store.py``, in their order."""
    calls = times_of(times)
    return Feed(
        timezone,
        _stops(rows.get("stop", ())),
        [Route(*row) for row in rows.get("route", ())],
        [_trip(*row) for row in rows.get("trip", ())],
        _services(rows),
        calls,
        [Frequency(*row) for row in rows.get("frequency", ())],
        [_transfer(*row[:4]) for row in rows.get("transfer", ()) if _is_of_stops(row)],
        [_pathway(*row) for row in rows.get("pathway", ())],
        _headsigns(rows.get("headsign", ()), calls),
    )


def times_of(content: bytes | bytearray) -> StopTimes:
    """Stop times of what the database copied out."""
    count = (len(content) - _HEADER_BYTES - _END_BYTES) // TIMES.itemsize
    table = np.frombuffer(content, TIMES, count, _HEADER_BYTES)
    return StopTimes(*(table[name].astype(np.int64) for name, _ in _COLUMNS))


def _stops(rows: Sequence[Sequence[Any]]) -> list[Stop]:
    """Nodes and boarding areas may have no place of their own: they are where their station is."""
    found = [
        Stop(id, name, lat, lon, kind, _or_unknown(parent), wheelchair, platform)
        for id, name, lat, lon, kind, parent, wheelchair, platform in rows  # noqa: A001 - the feed's own word
    ]
    return [one if one.lat is not None else _placed(one, found) for one in found]


def _placed(stop: Stop, stops: Sequence[Stop]) -> Stop:
    place = stop
    for _ in range(3):  # a boarding area, its platform, its station
        if place.lat is not None or place.parent < 0:
            break
        place = stops[place.parent]
    return stop._replace(lat=place.lat or 0.0, lon=place.lon or 0.0)


def _trip(id: str, route: int, service: int, headsign: str, wheelchair: int, shape: int | None) -> Trip:  # noqa: A002
    return Trip(id, route, service, headsign, wheelchair, _or_unknown(shape))


def _headsigns(rows: Sequence[Sequence[Any]], times: StopTimes) -> Headsigns:
    """Of rows with a trip, a text, and the sequences of the calls that say it."""
    if not rows:
        return NO_HEADSIGNS
    words = {text: number for number, text in enumerate(dict.fromkeys(text for _, text, _ in rows))}
    counts = [len(sequences) for _, _, sequences in rows]
    trips = np.repeat(np.array([trip for trip, _, _ in rows], np.int64), counts)
    texts = np.repeat(np.array([words[text] for _, text, _ in rows], np.int32), counts)
    calls = trips << 32 | np.concatenate([np.array(sequences, np.int64) for _, _, sequences in rows])
    order = np.argsort(calls)
    return Headsigns(np.searchsorted(times.trip << 32 | times.sequence, calls[order]), texts[order], tuple(words))


def _services(rows: Rows) -> list[Service]:
    exceptions: dict[tuple[int, bool], set[date]] = defaultdict(set)
    for service, day, runs in rows.get("exception", ()):
        exceptions[service, runs].add(_day(day))
    return [
        Service(
            frozenset(weekday for weekday in _WEEK if days >> weekday & 1),
            _day(first) if first else date.max,
            _day(last) if last else date.min,
            frozenset(exceptions[number, True]),
            frozenset(exceptions[number, False]),
        )
        for number, (days, first, last) in enumerate(rows.get("service", ()))
    ]


def _day(given: date | str) -> date:
    return given if isinstance(given, date) else date.fromisoformat(given)


def _is_of_stops(row: Sequence[Any]) -> bool:
    """Those of some lines or trips alone are not read."""
    origin, target, _, _, *narrower = row
    return origin is not None and target is not None and not any(one is not None for one in narrower)


def _transfer(origin: int, target: int, kind: int, seconds: int | None) -> Transfer:
    return Transfer(origin, target, kind, _or_unknown(seconds))


def _pathway(
    origin: int, target: int, mode: int, both: bool, seconds: int | None, metres: float | None, steps: int | None
) -> Pathway:
    return Pathway(origin, target, mode, both, _or_unknown(seconds), metres or 0.0, steps or 0)


def _or_unknown(value: int | None) -> int:
    return UNKNOWN if value is None else value
