"""Answers a question: resolves its ends, searches the day, and chooses. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import numpy as np

from services.living.journeys import choosing, ends, legs
from services.living.journeys.ends import End
from services.living.journeys.meeting import met
from services.living.journeys.model import BY_FOOT_S, TIGHT_S, Answer, Journey, Leg, Missing, Place, Question
from services.living.journeys.raptor import Found, Search, first_departures
from services.living.present.model import AFTER_S, BEFORE_S, Closure
from services.living.present.networks import Present
from services.living.timetable import calendar, clock, walking
from services.living.timetable.days import Days
from services.living.timetable.model import Bools, Floats
from services.living.timetable.network import EARLY, NEVER, Network
from services.living.timetable.places import Places

_NIGHT_S = 3 * 3_600
"""Who wants to arrive before so late at night looks at the day before."""
_MOST_DEPARTURES = 60
"""Of one range: the earliest of it, or the latest for who wants to arrive by a time."""
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
    found, avoided = _around(present, origin, target, asked, day)
    foot = _on_foot(origin, target, asked)
    shown = choosing.chosen(_without(found, foot), arrive_by=asked.arrive_by)
    if shown:
        return Answer(shown, origin=origin.spot, target=target.spot, avoided=avoided)
    missing = _why(days, present.network(day, step_free=asked.step_free), origin, target, asked)
    if avoided and missing is Missing.NO_WAY:
        missing = Missing.CLOSED
    return Answer(missing=missing, origin=origin.spot, target=target.spot, avoided=avoided)


def _around(
    present: Present, origin: End, target: End, asked: Question, day: date
) -> tuple[list[Journey], tuple[str, ...]]:
    """Journeys around what is closed, and the alerts that close what one would have used."""
    since, until = (asked.at - BEFORE_S, asked.at) if asked.arrive_by else (asked.at, asked.at + AFTER_S)
    closures = present.closures(since, until)
    found = _found(present, closures, origin, target, asked, day)
    if not present.now.closures:
        return found, ()
    later = met(found, present.now.closures, present)
    if later:  # closed when one would be there, long after the time that was asked for
        closures = tuple(dict.fromkeys((*closures, *later)))
        found = _found(present, closures, origin, target, asked, day)
        found = [one for one in found if not met([one], present.now.closures, present)]
    if not closures:
        return found, ()
    usual = _found(present, (), origin, target, msgspec.structs.replace(asked, range_s=0), day)
    return found, tuple(dict.fromkeys(one.alert for one in met(usual, closures, present)))


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


def _found(
    present: Present, closures: tuple[Closure, ...], origin: End, target: End, asked: Question, day: date
) -> list[Journey]:
    days, access, egress = present.days, origin.ends, target.ends
    if not len(access.stops) or not len(egress.stops):
        return []
    network = present.network(day, closures, step_free=asked.step_free)
    timezone = days.table.feed.timezone
    begin, latest = clock.second(day, clock.at(asked.at), timezone), NEVER
    departures: Sequence[int]
    if asked.arrive_by:
        mirrored = present.network(day, closures, step_free=asked.step_free, backwards=True)
        backwards = Search(mirrored, egress, access, asked.vehicles)
        backwards.arrivals(-begin)
        if backwards.best() >= NEVER:
            return []
        latest, last = begin, -backwards.best()
        first = max(last - asked.range_s, -EARLY // 2)
        between = first_departures(network, access, first, last) if asked.range_s else []
        # The latest with fewer vehicles, too: it may lie between two departures of a line by headway.
        fewer = {-backwards.earliest(number) for number in range(1, asked.vehicles + 1)}
        latest_each = {one for one in fewer if one >= first}
        departures = sorted({last, *latest_each, *between}, reverse=True)[:_MOST_DEPARTURES]
    else:
        departures = first_departures(network, access, begin, begin + asked.range_s)[-_MOST_DEPARTURES:]
    search = Search(network, access, egress, asked.vehicles)
    writer = legs.Writer(days.table, network, origin, target, clock.zero(day, timezone))
    ways = [one for one in traced(search, departures) if one.arrival <= latest]
    return choosing.optimal(_marked(writer.journey(one)) for one in ways)


def traced(search: Search, departures: Sequence[int]) -> list[Found]:
    """All that is found by leaving at these seconds, which come from the latest to the earliest."""
    return [search.trace(departure, number) for departure in departures for number in search.arrivals(departure)]


def _marked(journey: Journey) -> Journey:
    """With tight changes marked: scheduled departures that one reaches with little time to spare."""
    marked: list[Leg] = []
    rides = 0
    for leg in journey.legs:
        tight = leg.rides and rides > 0 and not leg.headway and leg.start - leg.ready < TIGHT_S
        rides += leg.rides
        marked.append(msgspec.structs.replace(leg, tight=tight) if tight else leg)
    return Journey(journey.start, journey.end, tuple(marked))


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


def _why(days: Days, network: Network, origin: End, target: End, asked: Question) -> Missing:
    table = days.table
    if asked.step_free and not (table.step_free_trips.any() and table.step_free_stops.any()):
        return Missing.NOT_ACCESSIBLE
    for end, missing in ((origin, Missing.ORIGIN_FAR), (target, Missing.TARGET_FAR)):
        if not len(end.ends.stops):
            return Missing.NOT_ACCESSIBLE if asked.step_free else missing
    runs = len(network.scheduled.trip) or len(network.headways.trip)
    return Missing.NO_WAY if runs else Missing.NO_SERVICE


__all__ = ["plan", "traced"]
