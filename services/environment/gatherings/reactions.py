"""What waste collection does when branding tells of a city event: its place joins the round on the day after."""

from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID

from services.environment.fleet.model import MISSED_FOR
from services.environment.gatherings import model, store
from services.environment.gatherings.model import Gathering
from services.kit import ids
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.rpc import protos
from smartcity.branding.v1 import city_events_pb2, events_pb2


async def on_event_published(tx: Transaction, event: Event[events_pb2.EventPublished]) -> None:
    """What asks for a round gets one."""
    await _follow(tx, event)


async def on_event_rescheduled(tx: Transaction, event: Event[events_pb2.EventRescheduled]) -> None:
    """It is on other days, elsewhere, or asks for none any more."""
    await _follow(tx, event)


async def on_event_cancelled(tx: Transaction, event: Event[events_pb2.EventCancelled]) -> None:
    """Nothing is left there from now on."""
    await store.replace(tx, UUID(event.message.id), _from(tx, event), [])


async def _follow(
    tx: Transaction, event: Event[events_pb2.EventPublished] | Event[events_pb2.EventRescheduled]
) -> None:  # fmt: skip
    told, zone = event.message, tx.runtime.city.timezone
    today = tx.now.astimezone(zone).date()
    await store.prune(tx, today - MISSED_FOR)
    if not told.waste_round and isinstance(told, events_pb2.EventPublished):
        return
    days, since = [], today
    if told.waste_round and not event.exercise and told.areas:
        since = _from(tx, event)
        dates = [
            (protos.instant(one.starts_at).astimezone(UTC), protos.instant(one.ends_at).astimezone(UTC))
            for one in told.occasions
            if one.state == city_events_pb2.OCCASION_STATE_PLANNED
        ]
        days = model.days_after(dates, zone, today)
    known = await store.ids(tx, UUID(told.id), since)
    placed = told.HasField("location")
    rows = [
        Gathering(
            id=known.get(day) or ids.uuid7(),
            event=UUID(told.id),
            code=told.code,
            day=day,
            area=told.areas[0].code,
            lon=told.location.lon if placed else None,
            lat=told.location.lat if placed else None,
            expected=told.expected,
        )
        for day in days
    ]
    await store.replace(tx, UUID(told.id), since, rows)


def _from(tx: Transaction, event: Event[Any]) -> date:
    """The first day whose collection the news can change. What is collected on the day it was told lies there from the
    day before, of dates that are over and told no more.
    """
    return event.time.astimezone(tx.runtime.city.timezone).date() + timedelta(days=1)
