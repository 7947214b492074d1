"""What warnings do when an alarm of a gauge opens or is over. The same news twice changes nothing."""

from services.environment.criteria.profile import criteria_of
from services.environment.raising import actions
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2


async def on_alarm_opened(tx: Transaction, event: Event[events_pb2.AlarmOpened]) -> None:
    """What the city's criteria say of this rule of this thing is raised or proposed; of most they say nothing."""
    await _follow(tx, event.message.thing_code, event.message.rule_name, event.correlation)


async def on_alarm_cleared(tx: Transaction, event: Event[events_pb2.AlarmCleared]) -> None:
    """What the gauge raised falls, or is proposed to."""
    await _follow(tx, event.message.thing_code, event.message.rule_name, event.correlation)


async def _follow(tx: Transaction, thing: str, rule: str, story: str) -> None:
    for zone in criteria_of(tx.runtime.city).zones_of(thing, rule):
        await actions.follow(tx, zone, story)
