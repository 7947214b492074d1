"""Where on which way a vehicle is, by its position. Pure."""

from collections.abc import Collection

import numpy as np

from services.living.timetable.model import Bools, Floats, Ints
from services.living.tracking.model import Sighting
from services.living.tracking.ways import DEGREE_M, FAR_M, Place, Ways

FASTEST_MPS = 30.0
BACK_M, SLACK_M = 200.0, 300.0
"""How far back from where it was, or farther than it can have come, a position may show a vehicle."""
MOVED_M = 30.0
"""From which distance on two positions tell where a vehicle heads."""
_LIKE_M = 30.0
"""Ways that are no farther than the nearest by more are as likely."""
_DRIFT = 0.02
"""What a metre along a way costs against one beside it, where a way meets itself."""


def heading(ways: Ways, one: Sighting) -> float | None:
    """Where a vehicle heads, in degrees clockwise from north, by its own word or by where it was before."""
    if one.bearing is not None or one.before is None:
        return one.bearing
    east, north = (one.lon - one.before.lon) * ways.lon_m, (one.lat - one.before.lat) * DEGREE_M
    return float(np.degrees(np.arctan2(east, north)) % 360.0) if np.hypot(east, north) >= MOVED_M else None


def further(ways: Ways, one: Sighting) -> Place | None:
    """Where it is on the way that it drove before; None where it left it."""
    before = one.before
    if before is None or not 0 <= before.way < len(ways.sample):
        return None
    stretches = ways.of(before.way)
    away, metres = ways.near(one.lat, one.lon, stretches)
    most = before.metres + FASTEST_MPS * max(one.at - before.at, 0) + SLACK_M
    fits = (away <= FAR_M) & (metres >= before.metres - BACK_M) & (metres <= most)
    fits &= ways.ahead(heading(ways, one), stretches)
    return _best(ways, stretches, fits, away + _DRIFT * np.abs(metres - before.metres), metres, away)


def anew(ways: Ways, one: Sighting, allowed: Collection[int] | None) -> Place | None:
    """Where it is on one of the allowed ways, or of all; None where none is near, or several lines are alike.

    Without a heading two directions along one street cannot be told apart: then nothing is said either.
    """
    direction = heading(ways, one)
    if allowed is not None:
        parts = [ways.of(way) for way in sorted(allowed)]
        stretches = np.concatenate(parts) if parts else np.empty(0, np.int64)
    else:
        stretches = np.arange(len(ways.way), dtype=np.int64)
    if direction is None and (allowed is None or len(allowed) > 1):
        return None
    away, metres = ways.near(one.lat, one.lon, stretches)
    fits = (away <= FAR_M) & ways.ahead(direction, stretches)
    found = _best(ways, stretches, fits, away, metres, away)
    if found is None:
        return None
    alike = set(ways.route[ways.way[stretches[fits & (away <= found.away + _LIKE_M)]]].tolist())
    return found if len(alike) == 1 else None


def _best(ways: Ways, stretches: Ints, fits: Bools, cost: Floats, metres: Floats, away: Floats) -> Place | None:
    costs = np.where(fits, cost, np.inf)
    if not len(costs):
        return None
    best = int(np.argmin(costs))
    if not np.isfinite(costs[best]):
        return None
    stretch = int(stretches[best])
    way = int(ways.way[stretch])
    return Place(way, stretch - int(ways.first[way]), float(metres[best]), float(away[best]))
