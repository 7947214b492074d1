"""Builds the event messages of alarms."""

from services.environment.alarms.model import Alarm
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.environment.v1 import events_pb2, rules_pb2


def opened(alarm: Alarm, city: City) -> events_pb2.AlarmOpened:
    """A rule has opened an alarm."""
    return events_pb2.AlarmOpened(
        id=str(alarm.id),
        rule=str(alarm.rule),
        rule_name=alarm.rule_name,
        datastream=str(alarm.datastream),
        thing=str(alarm.thing),
        thing_code=alarm.thing_code,
        kind=protos.number(rules_pb2.RuleKind, alarm.kind),
        value=alarm.value or 0.0,
        unit=alarm.unit,
        time=protos.timestamp(alarm.opened_at),
        area=protos.area(city, alarm.area),
    )


def cleared(alarm: Alarm, city: City) -> events_pb2.AlarmCleared:
    """An alarm is over."""
    return events_pb2.AlarmCleared(
        id=str(alarm.id),
        rule=str(alarm.rule),
        rule_name=alarm.rule_name,
        datastream=str(alarm.datastream),
        thing=str(alarm.thing),
        thing_code=alarm.thing_code,
        time=protos.timestamp(alarm.cleared_at),
        area=protos.area(city, alarm.area),
    )
