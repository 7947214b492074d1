"""What can be done with the progress of vehicles: one function per use case."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import structlog

from services.kit.database import Transaction, paging
from services.kit.database.table import Page
from services.kit.errors import DomainError, not_found
from services.kit.runtime import Runtime
from services.living.positions import store as positions
from services.living.positions.model import FRESH
from services.living.positions.store import Position
from services.living.progress import model, store
from services.living.progress.model import LATELY, Run
from services.living.progress.store import Due
from services.living.resources import resources
from services.living.tracking.bunching import bunched
from services.living.tracking.model import MOST_TOGETHER, Answer, Question, Sighting
from services.living.vehicles import store as vehicles
from services.living.vehicles.model import Vehicle
from services.living.vehicles.profile import driven

_STANDS_MPS = 1.5
"""Below that a vehicle's bearing is its receiver's noise."""
_log = structlog.get_logger(__name__)


class Shown(NamedTuple):
    """A vehicle in service, where it is, what was made of that, and which one it follows too closely."""

    vehicle: Vehicle
    position: Position | None
    run: Run | None
    behind: str


async def follow(runtime: Runtime) -> None:
    """Makes of new positions what the timetable says of them. Without a timetable, or while it loads, they wait."""
    keeper = resources(runtime).keeper
    feed = keeper.feed
    if feed is None:
        return
    async with runtime.snapshot() as tx:
        found = await store.due(tx, tx.now - FRESH, feed.number)
    for begin in range(0, len(found), MOST_TOGETHER):
        some = found[begin : begin + MOST_TOGETHER]
        asked = Question(tuple(_sighting(one, feed.number, driven(runtime.city, one.agency)) for one in some))
        try:
            held, answer = await keeper.ask("vehicles", asked, Answer)
        except DomainError as error:
            _log.info("vehicles are not followed", reason=error.reason)
            return
        if held.number != feed.number:
            return  # another timetable holds since; ways mean nothing in it
        pairs = zip(answer.progress, some, strict=True)
        runs = [model.run_of(made, feed.number, one.at, one.lat, one.lon) for made, one in pairs]
        async with runtime.transaction() as tx:
            await store.save(tx, runs)


async def get(tx: Transaction, id_: str) -> Shown:
    """A vehicle in service. Errors: VEHICLE_NOT_FOUND."""
    vehicle = await vehicles.find(tx, id_)
    if vehicle is None or vehicle.retired_at is not None:
        raise not_found(
            "VEHICLE_NOT_FOUND", "There is no such vehicle in service; the list is at /v1/vehicles.", field="id"
        )
    return (await _shown(tx, [vehicle]))[0]


async def page(tx: Transaction, route: str, size: int, token: str) -> Page[Shown]:
    """Vehicles in service by their ids, all or those that told lately that they are on a line.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    wanted, most = {"route": route}, paging.page_size(size)
    after = vehicles.BY_ID.after(token, wanted)
    last = str(after[0]) if after else ""
    if route:
        known = await vehicles.by_ids(tx, await store.on_route(tx, route, last, tx.now - LATELY, most + 1))
        rows = [known[id_] for id_ in sorted(known)]
    else:
        rows = await vehicles.in_service(tx, last, most + 1)
    found = vehicles.BY_ID.cut(rows, most, wanted)
    return Page(await _shown(tx, found.rows), found.token)


async def expected(tx: Transaction, routes: Sequence[str]) -> list[Run]:
    """Vehicles on some lines that told where they are a moment ago."""
    return await store.of_routes(tx, routes, tx.now - FRESH)


def behind(runs: Sequence[Run], now: datetime) -> dict[str, str]:
    """Of each vehicle that follows another too closely, which it follows."""
    return {one: ahead for one, (ahead, _) in bunched(run.driven for run in runs if run.lives(now)).items()}


async def _shown(tx: Transaction, rows: Sequence[Vehicle]) -> list[Shown]:
    ids = [one.id for one in rows]
    told = await positions.positions(tx, ids)
    runs = await store.of_vehicles(tx, ids)
    routes = {run.route for run in runs.values() if run.lives(tx.now)}
    close = behind(await expected(tx, sorted(routes)), tx.now) if routes else {}
    return [Shown(one, told.get(one.id), runs.get(one.id), close.get(one.id, "")) for one in rows]


def _sighting(one: Due, feed: int, agencies: tuple[str, ...]) -> Sighting:
    moves = one.speed is None or one.speed >= _STANDS_MPS
    return Sighting(
        vehicle=one.vehicle,
        at=int(one.at.timestamp()),
        lat=one.lat,
        lon=one.lon,
        bearing=one.bearing if moves else None,
        route=one.route,
        trip=one.trip,
        before=one.before.before(feed) if one.before else None,
        agencies=agencies,
    )
