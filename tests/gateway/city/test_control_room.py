"""What stands first in the control room, and where the water is going."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.city.control_room import Gauge, Past, gravest_first, in_order, needy_first, past
from gateway.city.measuring import Limit
from gateway.streams.desks import known, seen_of
from smartcity.environment.v1 import (
    alarms_pb2,
    alarms_views,
    datastreams_pb2,
    datastreams_views,
    observations_pb2,
    pumps_pb2,
    pumps_views,
    rules_pb2,
    things_pb2,
    things_views,
)

NOW = datetime(2026, 11, 28, 12, 3, tzinfo=UTC)
SIAGA, AWAS = Limit(1.7, "siaga", made_up=False), Limit(2.2, "awas", made_up=False)


def _stamp(minutes: int) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(NOW - timedelta(minutes=minutes))
    return made


def _alarm(name: str, minutes: int, kind: str = "THRESHOLD") -> alarms_views.Alarm:
    number = rules_pb2.RuleKind.Value(f"RULE_KIND_{kind}")
    return alarms_views.alarm(alarms_pb2.Alarm(id=name, rule_name=name, kind=number, open_time=_stamp(minutes)))


def _gauge(name: str, value: float | None, *limits: Limit, silent: bool = False) -> Gauge:
    stream = datastreams_pb2.Datastream(id=name, silent=silent)
    if value is not None:
        stream.latest.value = value
    thing = things_views.thing(things_pb2.Thing(name=name))
    return Gauge(thing, datastreams_views.datastream(stream), limits)


def _bucket(minutes: int, mean: float, count: int = 10) -> observations_pb2.Bucket:
    return observations_pb2.Bucket(start=_stamp(minutes), mean=mean, count=count)


def test_the_gravest_alarm_stands_first_and_of_those_the_oldest() -> None:
    alarms = [
        _alarm("diam", 900, "SILENCE"),
        _alarm("naik", 5, "RATE"),
        _alarm("waspada", 60),
        _alarm("siaga", 2),
        _alarm("awas", 1),
        _alarm("siaga", 30),
    ]
    assert [(one.rule_name, one.open_time) for one in gravest_first(alarms)] == [
        (name, NOW - timedelta(minutes=minutes))
        for name, minutes in (("awas", 1), ("siaga", 30), ("siaga", 2), ("waspada", 60), ("naik", 5), ("diam", 900))
    ]


def test_gauges_over_a_threshold_stand_before_silent_ones_and_those_before_the_rest() -> None:
    calm, silent, grave, over = (
        _gauge("a", 0.3, SIAGA),
        _gauge("b", None, SIAGA, silent=True),
        _gauge("c", 2.2, SIAGA, AWAS),
        _gauge("d", 1.9, SIAGA, AWAS),
    )
    assert [one.thing.name for one in in_order([calm, silent, over, grave])] == ["c", "d", "b", "a"]
    assert (grave.reached, over.reached, calm.reached) == (AWAS, SIAGA, None)


def test_a_rise_is_told_against_an_hour_ago_and_not_of_a_gauge_that_is_silent() -> None:
    found = past([_bucket(63, 1.0), _bucket(53, 1.2), _bucket(3, 1.6), _bucket(13, 0.0, count=0)], NOW)
    assert found == Past(1.0, 38.0)
    gauge = replace(_gauge("a", 1.75), past=found)
    assert gauge.rise == 0.75
    assert replace(_gauge("a", 1.75, silent=True), past=found).rise is None
    assert replace(_gauge("a", 1.75), past=past([_bucket(3, 1.6)], NOW)).rise is None


def test_silent_pumps_stand_first() -> None:
    def station(name: str, state: Any) -> pumps_views.PumpStation:
        return pumps_views.pump_station(pumps_pb2.PumpStation(name=name, state=state))

    found = needy_first([
        station("a", pumps_pb2.PUMP_STATION_STATE_STOPPED),
        station("b", pumps_pb2.PUMP_STATION_STATE_RUNNING),
        station("c", pumps_pb2.PUMP_STATION_STATE_SILENT),
    ])  # fmt: skip
    assert [one.name for one in found] == ["c", "b", "a"]


def test_what_a_desk_has_is_told_by_an_id_and_nonsense_is_nothing() -> None:
    assert known(seen_of({"alarms": "0a", "gauges": "1b"})) == {"alarms": "0a", "gauges": "1b"}
    assert known("") == known("...") == known("nonsense") == {}


def test_what_a_browser_says_it_has_adds_no_line_to_its_stream() -> None:
    assert known("a-b\nevent: part\ndata: x\n\n.log-1") == {"log": "1"}
    assert known("a-b\r.c-\0.d-\u0661.log-2") == {"log": "2"}
