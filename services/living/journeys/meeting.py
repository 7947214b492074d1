"""Whether a journey meets what is closed. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from services.living.journeys.model import Journey, Leg
from services.living.present.areas import through
from services.living.present.model import Closure
from services.living.present.networks import Present


def met(journeys: Iterable[Journey], closures: Sequence[Closure], present: Present) -> list[Closure]:
    """Those that a ride or a walk of the journeys meets while they are closed."""
    legs = {leg for journey in journeys for leg in journey.legs}
    met_by = [one for one in closures if any(one.overlaps(leg.start, leg.end) for leg in legs)]
    return [one for one in met_by if any(_meets(leg, one, present) for leg in legs)]


def _meets(leg: Leg, closure: Closure, present: Present) -> bool:
    if not closure.overlaps(leg.start, leg.end) or (closure.route and closure.route != leg.route):
        return False
    if not leg.rides:
        if not closure.outline:
            return False  # before any array is made: most of what is closed are stops and lines
        here, there = ((np.array([one.lon]), np.array([one.lat])) for one in (leg.origin, leg.target))
        return bool(through((closure,), here, there)[0])
    if closure.begin:
        begins, finishes = _ids(closure.begin, present), _ids(closure.finish, present)
        stops = [call.spot.id for call in leg.calls]
        return any(here in begins and there in finishes for here, there in pairwise(stops))
    if closure.stop:
        return not _ids(closure.stop, present).isdisjoint((leg.origin.id, leg.target.id))
    return bool(closure.route)


def _ids(words: str, present: Present) -> set[str]:
    number = present.places.by_id.get(words)
    if number is None:
        return set()
    return {present.places.feed.stops[one].id for one in present.places.stops_of(number)}
