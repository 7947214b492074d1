"""A datastream, its unit and its corrections. Pure. Terms follow OGC SensorThings 1.1."""

import builtins
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import invalid

MOST_OF_A_THING = 20
"""Datastreams: all of them are shown together."""
MOST_CORRECTIONS = 200
"""Of a datastream: all of them are read with it."""


class Property(Enum):
    """What is measured (ObservedProperty)."""

    WATER_LEVEL = "water_level"
    RAINFALL = "rainfall"
    PUMPS_RUNNING = "pumps_running"
    FILL_LEVEL = "fill_level"
    PM10 = "pm10"
    PM2_5 = "pm2_5"
    SO2 = "so2"
    CO = "co"
    O3 = "o3"
    NO2 = "no2"
    HC = "hc"


class Observed(NamedTuple):
    """What a property is called, what it is in, and where it is defined."""

    name: str
    unit: str
    """UCUM."""
    definition: str


_CONCENTRATION = "ug/m3"
OBSERVED = {
    Property.WATER_LEVEL: Observed("Water level", "m", "http://vocab.nerc.ac.uk/collection/P01/current/ASLVZZ01/"),
    Property.RAINFALL: Observed(
        "Rainfall", "mm", "http://vocab.nerc.ac.uk/standard_name/thickness_of_rainfall_amount/"
    ),
    Property.PUMPS_RUNNING: Observed("Pumps running", "1", "https://en.wikipedia.org/wiki/Pumping_station"),
    Property.FILL_LEVEL: Observed("Fill level", "%", "https://en.wikipedia.org/wiki/Level_sensor"),
    Property.PM10: Observed("PM10", _CONCENTRATION, "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/5"),
    Property.PM2_5: Observed("PM2.5", _CONCENTRATION, "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/6001"),
    Property.SO2: Observed("Sulphur dioxide", _CONCENTRATION, "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/1"),
    Property.CO: Observed("Carbon monoxide", _CONCENTRATION, "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/10"),
    Property.O3: Observed("Ozone", _CONCENTRATION, "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/7"),
    Property.NO2: Observed("Nitrogen dioxide", _CONCENTRATION, "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/8"),
    Property.HC: Observed(
        "Hydrocarbons", _CONCENTRATION, "https://en.wikipedia.org/wiki/Non-methane_volatile_organic_compound"
    ),
}
"""Each property with its unit: one unit for each, so that no reading is ever converted."""


@dataclass(frozen=True)
class Datastream:
    """One series of a thing. Times are UTC; ``version`` counts its changes.

    ``number`` stands for it in the table of readings. ``least`` and ``most`` are what the sensor can measure, in the
    property's unit; ``period`` is in seconds. ``made_up``: the sensor was, so that there is something to show.
    """

    id: UUID
    number: int
    version: int
    thing: UUID
    name: str
    property: Property
    sensor: str
    feature: str
    least: float
    most: float
    period: int
    made_up: bool
    created_at: datetime
    updated_at: datetime

    @builtins.property
    def unit(self) -> str:
        """The unit of its values (UCUM)."""
        return OBSERVED[self.property].unit


class CorrectionKind(Enum):
    """What a correction is."""

    CALIBRATION = "calibration"
    """Of the sensor: what is shown is the raw value times the factor, plus the shift."""
    DATUM = "datum"
    """Of a gauge: its zero lies at the shift, over the city's reference."""


@dataclass(frozen=True)
class Correction:
    """Holds from an hour (UTC) on, until the next of its kind. ``by`` is who entered it."""

    id: UUID
    datastream: int
    kind: CorrectionKind
    since: datetime
    factor: float
    shift: float
    reason: str
    by: str
    created_at: datetime

    def shown(self, value: float) -> float:
        """What is shown of a raw value."""
        return value * self.factor + self.shift


class Reading(NamedTuple):
    """A value as it is shown."""

    at: datetime
    value: float
    received: datetime
    flags: int


SILENT_PERIODS, SILENT_LEAST = 3, timedelta(minutes=5)
"""How many periods without a reading make a datastream silent, and how long it takes at least."""
OUT_OF_RANGE = 1
"""Flag: outside what the sensor can measure."""
LATE = 2
"""Flag: came too late to raise an alarm."""


def silent(datastream: Datastream, latest: datetime | None, now: datetime) -> bool:
    """Whether readings should have come, by the time of the latest."""
    within = max(SILENT_PERIODS * timedelta(seconds=datastream.period), SILENT_LEAST)
    return latest is None or now - latest > within


def measurable(datastream: Datastream, at: datetime, calibrations: Sequence[Correction]) -> tuple[float, float]:
    """The least and the greatest value that can be shown of a datastream at a time."""
    ends = sorted(corrected(one, at, calibrations) for one in (datastream.least, datastream.most))
    return ends[0], ends[1]


def checked_range(least: float, most: float) -> None:
    """Errors: RANGE_INVALID."""
    if not least < most:
        message = "The least value that the sensor can measure lies below the greatest."
        raise invalid("RANGE_INVALID", message, field="most")


def changed(datastream: Datastream, now: datetime) -> Datastream:
    """The datastream with another correction."""
    return replace(datastream, version=datastream.version + 1, updated_at=now)


def checked_since(since: datetime, now: datetime) -> datetime:
    """From when on a correction holds: a full hour, so that sums by the hour hold too. Errors: SINCE_INVALID."""
    if since.minute or since.second or since.microsecond or since > now:
        message = "A correction holds from a full hour (UTC) on that has begun."
        raise invalid("SINCE_INVALID", message, field="since")
    return since


def holding(calibrations: Sequence[Correction], at: datetime) -> Correction | None:
    """The calibration that holds at a time, if any does. Calibrations come the newest first."""
    return next((one for one in calibrations if one.since <= at), None)


def corrected(value: float, at: datetime, calibrations: Sequence[Correction]) -> float:
    """A raw value as it is shown, by the calibration that holds at its time."""
    holds = holding(calibrations, at)
    return holds.shown(value) if holds else value
