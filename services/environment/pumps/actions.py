"""What can be done with pump stations: one function per use case."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from services.environment.datastreams import actions as datastreams
from services.environment.datastreams.actions import Shown
from services.environment.datastreams.model import Property, Reading, silent
from services.environment.devices import store as devices
from services.environment.pumps import events, model, store
from services.environment.pumps.model import Command, Figures
from services.environment.pumps.profile import pumps_of
from services.environment.things import actions as things
from services.environment.things.model import Kind, Thing
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, not_found, precondition
from services.kit.rpc import text

MOST_BYTES = 4_096
"""Of a device's answer."""


class Station(NamedTuple):
    """A pump station as it is now; ``silent`` and ``level_silent``: readings should have come and have not."""

    thing: Thing
    figures: Figures
    running: Reading | None
    silent: bool
    level: Reading | None
    level_silent: bool
    last: Command | None
    sensor_made_up: bool
    """Whether a sensor of it was."""


class Answer(Struct):
    """What a device says to a command."""

    command: str
    done: bool
    note: str = ""


_answers = msgspec.json.Decoder(Answer)


async def get(tx: Transaction, name: str) -> Station:
    """A station. Errors: PUMP_STATION_NOT_FOUND."""
    return (await _shown(tx, [await _known(tx, name)]))[0]


async def page(tx: Transaction, agency: str, size: int, token: str) -> Page[Station]:
    """Stations by their codes. Errors: AGENCY_UNKNOWN, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    found = await things.page(tx, [Kind.PUMP_STATION], "", size, token, agency=agency, retired=False)
    return Page(await _shown(tx, found.rows), found.token)


async def log(tx: Transaction, name: str, size: int, token: str) -> tuple[Thing, Page[Command]]:
    """Commands of a station of the caller's agency. Errors: as ``get``, NOT_YOURS, PAGE_SIZE_INVALID, ..."""
    thing = await _own(tx, name)
    return thing, await store.page(tx, thing.id, size, token)


async def switch(tx: Transaction, name: str, pumps: int, reason: str, *, exercise: bool) -> tuple[Thing, Command]:
    """Gives a command, which is sent soon after; a drill is written down alone.

    Errors: as ``log``, PUMPS_INVALID, THING_RETIRED, COMMAND_UNDER_WAY, STATION_HAS_NO_DEVICE.
    """
    thing = await _own(tx, name)
    if thing.retired:
        raise precondition("THING_RETIRED", "A retired station switches nothing.", state="retired")
    model.check_pumps(pumps, pumps_of(tx.runtime.city).get(thing.code, Figures()).pumps)
    device = "" if exercise else await _device(tx, thing)
    command = model.given(ids.uuid7(), thing.id, device, pumps, reason, tx.caller.subject, tx.now)
    await store.save(tx, command)
    return thing, command


async def expire(tx: Transaction) -> None:
    """The time of commands that nobody answered is over."""
    for one in await store.due(tx, tx.now):
        await store.save(tx, model.timed_out(one, tx.now))


async def to_send(tx: Transaction) -> list[Command]:
    """Commands that are to be sent now, or again."""
    return await store.to_send(tx, tx.now)


async def sent(tx: Transaction, commands: Sequence[Command]) -> None:
    """They were sent."""
    for one in commands:
        found = await store.by_id(tx, one.id, lock=True)
        if found is not None and (after := model.sent(found, tx.now)) is not found:
            await store.save(tx, after)


async def answered(tx: Transaction, device: str, payload: bytes) -> bool:
    """A device has answered; told once that it switched. False where this is no answer to a command of its own.

    A revoked device answers nothing: as its connection is ended, the broker still publishes its last will.
    """
    try:
        answer = _answers.decode(payload) if len(payload) <= MOST_BYTES else None
    except (msgspec.DecodeError, ValueError, RecursionError):  # a ValueError: bytes in a text that are no UTF-8
        answer = None
    known = ids.parse(answer.command) if answer else None
    before = await store.by_id(tx, known, lock=True) if known else None
    if answer is None or before is None or before.device != device:
        return False
    whose = await devices.find(tx, device)
    if whose is None or whose.revoked_at is not None:
        return False
    note = " ".join(text.clean(answer.note).split())[: model.LONGEST_NOTE]
    after = model.answered(before, obeyed=answer.done, note=note, now=tx.now)
    if after is not before:
        await store.save(tx, after)
        if after.obeyed:
            thing = await things.known(tx, str(after.thing))
            event = events.switched(after, thing, tx.runtime.city)
            tx.emit(event, aggregate=str(after.id), version=after.version, correlation=str(thing.id))
    return True


async def _known(tx: Transaction, name: str) -> Thing:
    thing = await things.of_kind(tx, name, Kind.PUMP_STATION)
    if thing is None:
        message = "There is no such pump station; the list is at /v1/pumps."
        raise not_found("PUMP_STATION_NOT_FOUND", message, field="id")
    return thing


async def _own(tx: Transaction, name: str) -> Thing:
    thing = await _known(tx, name)
    things.require_own(tx, thing)
    return thing


async def _device(tx: Transaction, thing: Thing) -> str:
    """The device that a command is sent to: the one that was heard last, so that no two obey."""
    await tx.one_at_a_time(f"pumps of {thing.id}")
    if await store.live(tx, thing.id) is not None:
        message = "Another command to this station is under way; wait until it is done or its time is over."
        raise conflict("COMMAND_UNDER_WAY", message, field="id")
    found = [one.id for one in await devices.of_things(tx, [thing.id]) if one.revoked_at is None]
    if not found:
        message = "The station has no device that could obey; issue one for it."
        raise precondition("STATION_HAS_NO_DEVICE", message, state="no_device")
    heard = {id_: at for id_, each in (await devices.health(tx, found)).items() if (at := each.arrived_at)}
    return max(found, key=lambda id_: (heard[id_].timestamp() if id_ in heard else 0.0, id_))


async def _shown(tx: Transaction, stations: Sequence[Thing]) -> list[Station]:
    of = [str(one.id) for one in stations]
    measured = (Property.WATER_LEVEL, Property.PUMPS_RUNNING)
    streams = (await datastreams.page(tx, of, measured, 0, "")).rows if of else []
    known = {(one.thing.id, one.datastream.property): one for one in reversed(streams)}  # the first of each counts
    last, figures = await store.latest(tx, [one.id for one in stations]), pumps_of(tx.runtime.city)
    made = []
    for thing in stations:
        found = [known.get((thing.id, each)) for each in (Property.PUMPS_RUNNING, Property.WATER_LEVEL)]
        (running, quiet), (level, level_quiet) = (_heard(tx, each) for each in found)
        told, made_up = figures.get(thing.code, Figures()), any(each.datastream.made_up for each in found if each)
        made.append(Station(thing, told, running, quiet, level, level_quiet, last.get(thing.id), made_up))
    return made


def _heard(tx: Transaction, shown: Shown | None) -> tuple[Reading | None, bool]:
    """The latest reading, and whether a newer one should have come."""
    if shown is None:
        return None, False
    return shown.latest, silent(shown.datastream, shown.latest.at if shown.latest else None, tx.now)
