"""What rounds do when the city's flood warnings change: plans whose trucks are not out are made anew, with what is
flooded left out, or back in. Drills change none."""

from datetime import timedelta

from services.environment.fleet.profile import fleet_of
from services.environment.rounds import actions, gathering
from services.environment.rounds.candidates import Day
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2

_DAYS = (timedelta(0), timedelta(days=1))
"""Of which plans are looked at: no warning lasts longer than to the day after."""


async def on_warning_raised(tx: Transaction, event: Event[events_pb2.WarningRaised]) -> None:
    """What is flooded is left out."""
    await _plan_anew(tx, event)


async def on_warning_updated(tx: Transaction, event: Event[events_pb2.WarningUpdated]) -> None:
    """It is about other kelurahan, or holds longer."""
    await _plan_anew(tx, event)


async def on_warning_cleared(tx: Transaction, event: Event[events_pb2.WarningCleared]) -> None:
    """What was flooded is collected again."""
    await _plan_anew(tx, event)


async def _plan_anew(
    tx: Transaction,
    event: Event[events_pb2.WarningRaised] | Event[events_pb2.WarningUpdated] | Event[events_pb2.WarningCleared],
) -> None:
    if event.exercise:
        return
    city = tx.runtime.city
    fleet, today = fleet_of(city), actions.today_of(tx)
    for depot in fleet.depots:
        for later in _DAYS:
            day = Day(fleet, depot, today + later, city.timezone, tx.now, frozenset())
            flooded = await gathering.flooded_on(tx, fleet, depot, day.moment(0))
            await actions.anew(tx, depot.id, day.day, flooded, event.correlation)
