"""What can be done with journeys: one function per use case."""

import asyncio
import re
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid, not_found
from services.kit.runtime import Runtime
from services.living.alerts import actions as alerts
from services.living.alerts.actions import Shown as Alerted
from services.living.feeds import store as feeds
from services.living.feeds.model import Feed
from services.living.feeds.words import Words
from services.living.journeys import fares
from services.living.journeys import store as fare_store
from services.living.journeys.fares import Fares
from services.living.journeys.lines import Point, between
from services.living.journeys.model import VEHICLES, Answer, Leg, Missing, Place, Question
from services.living.resources import resources

MINUTES_USUAL, TRANSFERS_USUAL = 60, 3
_MOST_ALERTS = 20
_POINT = re.compile(r"\s*(-?[0-9]{1,2}(?:\.[0-9]{1,12})?)\s*,\s*(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)\s*")
_REFUSED = {
    Missing.ORIGIN_UNKNOWN: ("ORIGIN_NOT_FOUND", "from"),
    Missing.TARGET_UNKNOWN: ("DESTINATION_NOT_FOUND", "to"),
    Missing.ORIGIN_AMBIGUOUS: ("ORIGIN_AMBIGUOUS", "from"),
    Missing.TARGET_AMBIGUOUS: ("DESTINATION_AMBIGUOUS", "to"),
}


class Wanted(NamedTuple):
    """What somebody asks."""

    origin: str
    target: str
    at: datetime
    arrive_by: bool
    transfers: int
    step_free: bool
    minutes: int
    language: str = ""


class Shown(NamedTuple):
    """Journeys, with what the feed's tables say of them."""

    feed: Feed
    answer: Answer
    lines: dict[Leg, list[Point]]
    """Of rides whose shape is known."""
    fares: Fares
    alerts: list[Alerted]
    """Those that close what would have been used first."""
    words: "Spoken"


class Spoken(NamedTuple):
    """What the feed's things are called in the language that was asked for."""

    stops: Words
    routes: Words
    trips: Words
    signs: Words
    """Of headsigns that stops have of their own."""


async def search(runtime: Runtime, wanted: Wanted) -> Shown:
    """Journeys, or why there are none.

    Errors: ORIGIN_INVALID, DESTINATION_INVALID, ORIGIN_NOT_FOUND, DESTINATION_NOT_FOUND, ORIGIN_AMBIGUOUS,
    DESTINATION_AMBIGUOUS, and those of the keeper.
    """
    question = Question(
        place(wanted.origin, "from", "ORIGIN_INVALID"),
        place(wanted.target, "to", "DESTINATION_INVALID"),
        int(wanted.at.timestamp()),
        wanted.arrive_by,
        min(wanted.transfers + 1, VEHICLES),
        wanted.step_free,
        wanted.minutes * 60,
    )
    feed, answer = await resources(runtime).keeper.ask("journeys", question, Answer)
    if answer.missing in _REFUSED:
        raise _refusal(answer)
    legs = {leg for journey in answer.journeys for leg in journey.legs if leg.rides}
    async with runtime.snapshot() as tx:
        shapes = await feeds.lines(tx, feed.number, {leg.shape for leg in legs if leg.shape >= 0}) if legs else {}
        known = await _fares(tx, feed, legs) if legs else fares.NONE
        alerted = await _alerted(tx, answer, legs)
    book = resources(runtime).keeper.words
    words = Spoken(*(book.of(about, wanted.language) for about in ("stops", "routes", "trips", "stop_times")))
    return Shown(feed, answer, await asyncio.to_thread(_lines, legs, shapes), known, alerted, words)


async def _alerted(tx: Transaction, answer: Answer, legs: Collection[Leg]) -> list[Alerted]:
    """What closes what would have been used, and what tells of these rides at their time; no drills."""
    routes, stops = {leg.route for leg in legs}, {spot.id for leg in legs for spot in (leg.origin, leg.target)}
    avoided, others = list[Alerted](), list[Alerted]()
    for one in await alerts.told(tx):
        if str(one.alert.id) in answer.avoided:
            avoided.append(one)
        elif not one.alert.exercise and one.touched.about(routes, stops) and any(_meets(one, leg) for leg in legs):
            others.append(one)
    return [*avoided, *others][:_MOST_ALERTS]


def _meets(one: Alerted, leg: Leg) -> bool:
    return one.alert.meets(leg.start, leg.end) and one.touched.about((leg.route,), (leg.origin.id, leg.target.id))


async def _fares(tx: Transaction, feed: Feed, legs: Collection[Leg]) -> Fares:
    stops = {spot.id for leg in legs for spot in (leg.origin, leg.target)}
    return await fare_store.fares(tx, feed.number, {leg.route for leg in legs}, stops)


def place(text: str, field: str, reason: str) -> Place:
    """A point as ``latitude,longitude``, else words. Raises ORIGIN_INVALID or DESTINATION_INVALID."""
    found = _POINT.fullmatch(text)
    if found is None:
        return Place(words=text.strip())
    lat, lon = float(found[1]), float(found[2])
    if abs(lat) > 90 or abs(lon) > 180:
        message = "Give a point as latitude,longitude in degrees (-90 to 90, -180 to 180), or a stop's id or name."
        raise invalid(reason, message, field=field)
    return Place(lat=lat, lon=lon)


def _refusal(answer: Answer) -> DomainError:
    assert answer.missing is not None
    reason, field = _REFUSED[answer.missing]
    if answer.among:
        message = f"Several places bear this name. Say which by its id: {', '.join(answer.among)}."
    else:
        message = "No stop has this id or name. The list is at /v1/stops; a point is given as latitude,longitude."
    return not_found(reason, message, field=field)


def _lines(legs: Collection[Leg], shapes: dict[int, tuple[Point, ...]]) -> dict[Leg, list[Point]]:
    found = {}
    for leg in legs:
        stops = [(call.spot.lon, call.spot.lat) for call in leg.calls]
        if line := between(shapes.get(leg.shape, ()), stops):
            found[leg] = line
    return found
