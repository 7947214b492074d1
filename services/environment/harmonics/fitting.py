"""Fits the constituents with UTide. Only the process that fits imports this: it brings NumPy.

UTide chooses the constituents that a series is long enough to tell apart (Rayleigh), and corrects them for the moon's
nodes at the gauge's latitude. A trend is fitted from half a year on: over less it would be the season's weather.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from services.environment.harmonics.library import utide
from services.environment.harmonics.model import HOUR_S, Constituent, Forecast, Question, Series, middle, samples

TREND_FROM_S = 183 * 24 * HOUR_S


def forecast(question: Question, _seconds: float, tell: Callable[[int], None]) -> Forecast:
    """The tide of a series at the moments that are wanted, and how far a fit without its last hours was off in them."""
    series, held_out = question.series, question.held_out
    times, levels = _moments(np.asarray(series.hours) + middle(series.period)), np.asarray(series.levels)
    early = _fit(series, times[:-held_out], levels[:-held_out])
    off = levels[-held_out:] - _at(early, times[-held_out:])
    tell(50)
    whole = _fit(series, times, levels)
    whole["A"] = whole["A"] / _damped(np.asarray(whole["aux"]["frq"]), samples(series.period))
    heights = _at(whole, _moments(question.start + question.step * np.arange(question.count)))
    return Forecast(
        heights=tuple(np.round(heights, 4).tolist()),
        constituents=_constituents(whole),
        rmse=float(np.sqrt(np.mean(off**2))),
        worst=float(np.max(np.abs(off))),
    )


def _moments(seconds: Any) -> Any:
    return np.asarray(np.round(np.asarray(seconds)), "int64").astype("datetime64[s]")


def _fit(series: Series, times: Any, levels: Any) -> Any:
    long = (times[-1] - times[0]).astype(int) >= TREND_FROM_S
    return utide.solve(
        times, levels, lat=series.latitude, method="ols", conf_int="none", nodal=True, trend=long, verbose=False
    )


def _at(fit: Any, times: Any) -> Any:
    return utide.reconstruct(times, fit, min_SNR=0, verbose=False).h


def _damped(cycles: Any, readings: int) -> Any:
    """By what the mean of an hour's readings is smaller than the wave itself, which has so many cycles an hour."""
    if readings == 1:
        return np.ones_like(cycles)
    half = np.pi * cycles / readings
    return np.sin(readings * half) / (readings * np.sin(half))


def _constituents(fit: Any) -> tuple[Constituent, ...]:
    found = zip(fit["name"], fit["A"], fit["g"], fit["aux"]["frq"], strict=True)
    made = (Constituent(str(name), float(a), float(g), 360 * float(frq)) for name, a, g, frq in found)
    return tuple(sorted(made, key=lambda one: -one.amplitude))
