"""What warnings do when an alarm of a gauge opens or is over. The same news twice changes nothing."""

from services.environment.criteria.profile import criteria_of
from services.environment.datastreams import store as datastreams
from services.environment.raising import actions
from services.kit import ids
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2


async def on_alarm_opened(tx: Transaction, event: Event[events_pb2.AlarmOpened]) -> None:
    """What the city's criteria say of this rule of this datastream is raised or proposed; of most they say nothing."""
    told = event.message
    alarm, criteria = ids.parse(told.id), criteria_of(tx.runtime.city)
    if alarm is None or not criteria.zones_of(told.thing_code, told.rule_name):
        return
    found = await datastreams.find(tx, told.datastream)
    named = [(zone, zone.level_of(told.thing_code, found.name, told.rule_name)) for zone in criteria.zones if found]
    meaning = [(zone, level) for zone, level in named if level is not None]
    await actions.speaks(tx, alarm, meaning, event.correlation, exercise=event.exercise)


async def on_alarm_cleared(tx: Transaction, event: Event[events_pb2.AlarmCleared]) -> None:
    """What the gauge raised falls, or is proposed to."""
    alarm = ids.parse(event.message.id)
    if alarm is not None:
        await actions.falls_silent(tx, alarm, event.correlation)
