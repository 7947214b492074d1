"""What is asked of the fit, and what it answers. Pure; times are seconds since 1970 (UTC), levels metres."""

from msgspec import Struct

HOUR_S = 3_600


class Series(Struct, frozen=True):
    """Means of hours, the oldest first, all over one reference; hours that are missing are left out."""

    hours: tuple[int, ...]
    """When each of them begins."""
    levels: tuple[float, ...]
    period: int
    """Seconds between two readings: an hour's mean stands for the middle of its readings."""
    latitude: float


class Question(Struct, frozen=True):
    """A series, and for when its tide is wanted."""

    series: Series
    held_out: int
    """So many of the last hours are kept from a first fit, which is then judged by them."""
    start: int
    step: int
    count: int
    """So many moments from ``start`` on, ``step`` seconds apart."""


class Constituent(Struct, frozen=True):
    """One wave of the tide: M2 is the moon's, twice a day."""

    name: str
    amplitude: float
    phase: float
    """Degrees behind the wave at Greenwich."""
    speed: float
    """Degrees an hour."""


class Forecast(Struct, frozen=True):
    """What the fit answers; heights over the reference of the series."""

    heights: tuple[float, ...]
    constituents: tuple[Constituent, ...]
    """The largest first."""
    rmse: float
    """Root of the mean square of what the first fit was off by in the hours that were held out."""
    worst: float
    """The most that it was off by."""


def samples(period: int) -> int:
    """How many readings an hour has."""
    return max(1, HOUR_S // period)


def middle(period: int) -> float:
    """Seconds from an hour's beginning to the middle of its readings, which come in step with the clock."""
    return (HOUR_S - HOUR_S / samples(period)) / 2
