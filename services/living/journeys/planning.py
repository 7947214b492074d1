"""Answers a question: resolves its ends, searches the day, and chooses. Pure."""

from datetime import date, timedelta

import msgspec
import numpy as np

from services.living.journeys import choosing, ends, legs
from services.living.journeys.ends import End
from services.living.journeys.further import further, labelled
from services.living.journeys.meeting import met
from services.living.journeys.model import BY_FOOT_S, Answer, Journey, Missing, Place, Question
from services.living.journeys.searching import Ground, journeys
from services.living.present.model import AFTER_S, BEFORE_S, Closure
from services.living.present.networks import Present
from services.living.timetable import calendar, clock, walking
from services.living.timetable.days import Days
from services.living.timetable.model import Bools, Floats
from services.living.timetable.places import Places

_NIGHT_S = 3 * 3_600
"""Who wants to arrive before so late at night looks at the day before."""
_THERE_M = 10.0
"""Metres that a telephone can be off: who is so near to a point is there."""


def plan(present: Present, asked: Question) -> Answer:
    """Journeys, or why there are none: around what is closed, with what is late."""
    days, places = present.days, present.places
    table, feed = days.table, days.table.feed
    day = _day(asked, feed.timezone)
    if not calendar.covered(feed, day):
        told = tuple(one.isoformat() for one in feed.days) if feed.days else ()
        return Answer(missing=Missing.OUTSIDE, among=told)
    everywhere = np.ones(len(feed.stops), np.bool_)
    usable = table.step_free_stops if asked.step_free else everywhere
    origin = _end(days, places, asked, usable, target=False)
    target = _end(days, places, asked, usable, target=True)
    for end in (origin, target):
        if isinstance(end, Answer):
            return end
    assert isinstance(origin, End)
    assert isinstance(target, End)
    if _same(origin, target):
        return Answer(missing=Missing.SAME_PLACE, origin=origin.spot, target=target.spot)
    ground = Ground(present, origin, target, asked, day)
    found, avoided, closures = _around(ground)
    foot = _on_foot(origin, target, asked)
    if foot and (shut := met([foot], present.now.closures, present)):  # nobody is sent through a flood
        foot, avoided = None, tuple(dict.fromkeys((*avoided, *(one.alert for one in shut))))
    shown = labelled(choosing.chosen(_without(found, foot), arrive_by=asked.arrive_by), arrive_by=asked.arrive_by)
    if shown:
        shown += choosing.ordered(further(ground, closures, shown), arrive_by=asked.arrive_by)
        return Answer(shown, origin=origin.spot, target=target.spot, avoided=avoided)
    missing = _why(ground)
    if avoided and missing is Missing.NO_WAY:
        missing = Missing.CLOSED
    return Answer(missing=missing, origin=origin.spot, target=target.spot, avoided=avoided)


def _around(ground: Ground) -> tuple[list[Journey], tuple[str, ...], tuple[Closure, ...]]:
    """Journeys around what is closed, the alerts that close what one would have used, and all that is closed then."""
    present, asked = ground.present, ground.asked
    since, until = (asked.at - BEFORE_S, asked.at) if asked.arrive_by else (asked.at, asked.at + AFTER_S)
    closures = present.closures(since, until)
    found = journeys(ground, closures)
    if not present.now.closures:
        return found, (), ()
    later = met(found, present.now.closures, present)
    if later:  # closed when one would be there, long after the time that was asked for
        closures = tuple(dict.fromkeys((*closures, *later)))
        found = journeys(ground, closures)
        found = [one for one in found if not met([one], present.now.closures, present)]
    if not closures:
        return found, (), ()
    usual = journeys(ground._replace(asked=msgspec.structs.replace(asked, range_s=0)))
    return found, tuple(dict.fromkeys(one.alert for one in met(usual, closures, present))), closures


def _day(asked: Question, timezone: str) -> date:
    at = clock.at(asked.at)
    day = clock.day_of(at, timezone)
    if asked.arrive_by and date.min < day < date.max and clock.second(day, at, timezone) < _NIGHT_S:
        return day - timedelta(days=1)
    return day


def _end(days: Days, places: Places, asked: Question, usable: Bools, *, target: bool) -> End | Answer:
    place: Place = asked.target if target else asked.origin
    if not place.words:
        return ends.of_point(places, place, usable)
    found = [one for one in places.by_words(place.words) if one]
    if not found:
        return Answer(missing=Missing.TARGET_UNKNOWN if target else Missing.ORIGIN_UNKNOWN)
    if len(found) > 1:
        among = tuple(places.feed.stops[one[0]].id for one in found[:10])
        return Answer(missing=Missing.TARGET_AMBIGUOUS if target else Missing.ORIGIN_AMBIGUOUS, among=among)
    ways = days.table.step_free_ways if asked.step_free else days.table.ways
    return ends.of_stops(places.feed, found[0], ways[target], usable)


def _same(origin: End, target: End) -> bool:
    """Whether one is there already: the same stops, or no farther away than a point can tell."""
    if origin.stops and set(origin.stops) == set(target.stops):
        return True
    return not (origin.stops and target.stops) and float(_away(origin, target)[0]) <= _THERE_M


def _away(origin: End, target: End) -> Floats:
    here, there = origin.spot, target.spot
    return walking.metres(np.array([here.lat]), np.array([here.lon]), there.lat, there.lon)


def _on_foot(origin: End, target: End, asked: Question) -> Journey | None:
    away = _away(origin, target)
    seconds = int(walking.seconds(away)[0])
    if seconds > BY_FOOT_S:
        return None
    start = asked.at - seconds if asked.arrive_by else asked.at
    return legs.on_foot(origin, target, start, seconds, round(float(away[0]) * walking.DETOUR))


def _without(found: list[Journey], foot: Journey | None) -> list[Journey]:
    """Without those that take longer than walking, and with the walk."""
    if foot is None:
        return found
    return [foot, *(one for one in found if one.end - one.start < foot.end - foot.start)]


def _why(ground: Ground) -> Missing:
    table, asked = ground.present.days.table, ground.asked
    if asked.step_free and not (table.step_free_trips.any() and table.step_free_stops.any()):
        return Missing.NOT_ACCESSIBLE
    for end, missing in ((ground.origin, Missing.ORIGIN_FAR), (ground.target, Missing.TARGET_FAR)):
        if not len(end.ends.stops):
            return Missing.NOT_ACCESSIBLE if asked.step_free else missing
    network = ground.present.network(ground.day, step_free=asked.step_free)
    return Missing.NO_WAY if table.runs_on(ground.day, network) else Missing.NO_SERVICE
