"""What 112 does when the city warns of floods. A drill's warning opens a drill, and keeps no real unit away."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.governance.flood_cases import actions as flood_cases
from services.governance.floods import store
from services.governance.incidents import actions as incidents
from services.governance.incidents import store as incident_store
from services.governance.incidents.model import Incident
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.protocol.model import as_grave, found_of
from services.governance.sites.model import Site
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.rpc import protos
from services.kit.runtime import Runtime
from smartcity.environment.v1 import events_pb2, warnings_pb2

_NAMED = 3
"""Kelurahan that a place names."""
_LONG_OVER = timedelta(days=1)

_Told = Event[events_pb2.WarningRaised] | Event[events_pb2.WarningUpdated]


async def on_warning_raised(tx: Transaction, event: Event[events_pb2.WarningRaised]) -> None:
    """Units keep away from there; a grave level opens an incident."""
    await _follow(tx, event)


async def on_warning_updated(tx: Transaction, event: Event[events_pb2.WarningUpdated]) -> None:
    """It is of another level, or holds longer."""
    await _follow(tx, event)


async def on_warning_cleared(tx: Transaction, event: Event[events_pb2.WarningCleared]) -> None:
    """The warning is over; its incident goes on until dispatchers close it."""
    await store.drop(tx, event.message.id)
    await flood_cases.over(tx, UUID(event.message.id))
    for one in await _worked_on(tx, await incident_store.of_warning(tx, event.message.id)):
        await journal.note(tx, What.FLOOD_OVER, one.id, exercise=one.exercise)


async def forget(runtime: Runtime) -> None:
    """Takes away areas of warnings that ended long ago."""
    async with runtime.transaction() as tx:
        await store.drop_expired(tx, tx.now - _LONG_OVER)
        await flood_cases.forget(tx)


async def _follow(tx: Transaction, event: _Told) -> None:
    told, protocol = event.message, found_of(tx.runtime.city)
    if protocol is None or protocol.flood is None:
        return
    areas = [one.code for one in told.areas]
    expires = protos.instant(told.expires) if told.HasField("expires") else None
    await flood_cases.one_at_a_time(tx)  # before the kelurahan are written: who is filed meanwhile waits for them
    level = warnings_pb2.WarningLevel.Name(told.level).removeprefix("WARNING_LEVEL_").lower()
    before = await store.level(tx, told.id)
    await store.put(tx, told.id, level, areas, expires, exercise=event.exercise)
    await flood_cases.follow(
        tx, UUID(told.id), areas, protocol.flood.complaints, event.correlation, exercise=event.exercise
    )
    opened = await incident_store.of_warning(tx, told.id)
    worked_on = await _worked_on(tx, opened)
    if before is not None and before != level:
        for one in worked_on:
            await journal.note(tx, What.FLOOD_LEVEL, one.id, text=level, exercise=one.exercise)
    # Who closed its incident knew the lesser level. Where that is unknown, it has opened what it opens once.
    rises = before is not None and not as_grave(before, level)
    if protocol.flood.opens(level) and not worked_on and (rises or not opened):
        await _open(tx, event, protocol.flood.kind, areas)


async def _worked_on(tx: Transaction, opened: Sequence[Incident]) -> list[Incident]:
    """Those that are open, or were merged into one that is: its timeline has their lines."""
    return [one for one, end in zip(opened, await incidents.ends(tx, opened), strict=True) if end.open]


async def _open(tx: Transaction, event: _Told, kind: str, areas: Sequence[str]) -> None:
    names = [found.name for code in areas if (found := tx.runtime.city.area(code)) is not None]
    where = ", ".join(names[:_NAMED]) + (f" +{len(names) - _NAMED}" if len(names) > _NAMED else "")
    first = tx.runtime.city.area(areas[0]) if areas else None
    site = Site(where, first.code if first else "", first.lon if first else None, first.lat if first else None)
    await incidents.open_one(
        tx, kind, 0, site, "", exercise=event.exercise, story=event.correlation, warning=event.message.id
    )  # fmt: skip
