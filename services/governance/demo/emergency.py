"""What a local start shows of the emergency number: units, incidents that were dealt with, and a drill that is open.

In the ordinary way of the rooms, once, and without a single event. Who called is made up nowhere.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from services.governance.assignments import actions as assignments
from services.governance.calls import actions as calls
from services.governance.incidents import actions as incidents
from services.governance.incidents.model import Outcome
from services.governance.protocol.model import FILE as PROTOCOL
from services.governance.protocol.model import found_of
from services.governance.settling import actions as settling
from services.governance.settling.model import Report
from services.governance.units import actions as units
from services.governance.units import store as unit_store
from services.governance.units.model import State
from services.kit.caller import SYSTEM
from services.kit.city import City, CityError
from services.kit.city.files import Fault, read_optional, wrong_beside
from services.kit.city.model import Identifier, Latitude, Longitude, Text
from services.kit.database import Transaction
from services.kit.runtime import Runtime

FILE = "emergency_units.toml"
REPORT = Report(Outcome.RESOLVED, "Contoh: ditangani, tidak ada korban.")
T = TypeVar("T")


class Vehicle(Struct, frozen=True, forbid_unknown_fields=True):
    """A unit of the demonstration."""

    code: Text
    name: Text
    service: Identifier
    lon: Longitude
    lat: Latitude


class _Units(Struct, frozen=True, forbid_unknown_fields=True):
    made_up: bool
    units: tuple[Vehicle, ...]


PAST = (
    ("fire", "Pasar Johar", "DMK-01", 7, 9),
    ("medical", "Lawang Sewu", "AMB-01", 5, 11),
    ("traffic", "Tugu Muda", "AMB-01", 4, 19),
    ("rescue", "Lawang Sewu", "DMK-03", 2, 24),
    ("fire", "Pasar Johar", "DMK-02", 1, 13),
)
"""Kind, place, unit, days ago, and minutes until it was there."""


async def seed(runtime: Runtime) -> int:
    """Fills an emergency number without units; answers how many were made. Errors: CityError."""
    fleet = vehicles_of(runtime.city)
    if not fleet or found_of(runtime.city) is None or runtime.city.demo() is None:
        return 0
    now = runtime.clock()
    async with _at(runtime, now - timedelta(days=8)).transaction(SYSTEM) as tx:
        await tx.one_at_a_time("emergency demo")
        if (await unit_store.page(tx, "", 1, "")).rows:
            return 0
        for one in fleet:
            await units.create(tx, one.code, one.name, one.service, made_up=True)
        await unit_store.put(tx, [(one.code, now, one.lon, one.lat) for one in fleet])
    for kind, place, unit, days, minutes in PAST:
        await _past(runtime, now - timedelta(days=days), kind, place, unit, minutes)
    await _do(runtime, now, _open("fire", "Lawang Sewu", exercise=True))
    return len(fleet)


def vehicles_of(city: City) -> tuple[Vehicle, ...]:
    """The made-up units of a city; none where it lacks the file. Errors: CityError."""
    try:
        protocol = found_of(city)
    except CityError as error:
        raise wrong_beside(error, lambda: _read(city, None)) from error
    return _read(city, frozenset(one.id for one in protocol.services) if protocol else None)


def _read(city: City, services: frozenset[str] | None) -> tuple[Vehicle, ...]:
    """The units, each of one of these services; None where nobody knows which there are."""
    found = read_optional(city.folder, FILE, _Units, lambda given: _faults(given, services))
    return found.units if found else ()


def _faults(given: _Units, services: frozenset[str] | None) -> Iterator[Fault]:
    for number, one in enumerate(given.units):
        if services is not None and one.service not in services:
            message, remedy = f'service "{one.service}" is unknown', f"name one of the services of {PROTOCOL}"
            yield ((f"units[{number}]", "service"), message, remedy)


async def _past(runtime: Runtime, at: datetime, kind: str, place: str, unit: str, minutes: int) -> None:
    """An incident that was dealt with."""
    incident = await _do(runtime, at, _open(kind, place))
    at += timedelta(minutes=2)
    await _do(runtime, at, lambda tx: _sent(tx, unit, incident))
    for state, after in ((State.EN_ROUTE, 1), (State.ON_SCENE, minutes - 3), (State.AVAILABLE, 40)):
        at += timedelta(minutes=after)
        await _do(runtime, at, _moved(unit, state))
    await _do(runtime, at + timedelta(minutes=5), lambda tx: _closed(tx, incident))


def _open(kind: str, place: str, *, exercise: bool = False) -> Callable[[Transaction], Awaitable[str]]:
    async def act(tx: Transaction) -> str:
        made = await calls.open_incident(tx, "", kind, 0, (None, "", place), "Contoh.", exercise=exercise)
        return str(made.id)

    return act


async def _sent(tx: Transaction, code: str, incident: str) -> None:
    unit = await units.known(tx, code)
    await assignments.assign(tx, code, str(unit.version), incident)


def _moved(code: str, to: State) -> Callable[[Transaction], Awaitable[None]]:
    async def act(tx: Transaction) -> None:
        unit = await units.known(tx, code)
        await assignments.move(tx, code, str(unit.version), to)

    return act


async def _closed(tx: Transaction, incident: str) -> None:
    one = await incidents.known(tx, incident)
    await settling.close(tx, incident, str(one.version), REPORT)


async def _do(runtime: Runtime, at: datetime, act: Callable[[Transaction], Awaitable[T]]) -> T:
    """Does it at that time, and tells nobody."""
    async with _at(runtime, at).transaction(SYSTEM) as tx:
        done = await act(tx)
        tx.emitted.clear()
    return done


def _at(runtime: Runtime, time: datetime) -> Runtime:
    """The same pillar at another time."""
    return replace(runtime, clock=lambda: time)
