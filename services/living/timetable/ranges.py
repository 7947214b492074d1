"""Many ranges of integers as one array, and rows by their key: what loops would do one by one. Pure."""

import numpy as np

from services.living.timetable.model import Ints


def joined(starts: Ints, counts: Ints) -> Ints:
    """``starts[0], starts[0] + 1, …`` so many as the first count says, then those of the second, and so on."""
    total = int(counts.sum())
    if total == 0:
        return np.empty(0, np.int64)
    before = np.cumsum(counts) - counts
    found: Ints = np.arange(total, dtype=np.int64) + np.repeat(starts - before, counts)
    return found


def first_rows(keys: Ints, size: int) -> Ints:
    """Where rows of each key begin among rows sorted by key; one more at the end, so that ``[k + 1]`` ends ``k``."""
    return np.searchsorted(keys, np.arange(size + 1, dtype=np.int64)).astype(np.int64)


def by_stop(stop: Ints, stops: int) -> tuple[Ints, Ints]:
    """Calls by their stop: where each stop's begin, and the calls."""
    order = np.argsort(stop, kind="stable").astype(np.int64)
    return first_rows(stop[order], stops), order
