"""What the control room makes of what it reads: the gravest first, however many, and of what cannot be nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.city.control_room import MOST_PAGES, PAGE, ControlRoom, Gauge
from gateway.city.measuring import Limit
from services.kit.rpc import protos
from smartcity.environment.v1 import (
    alarms_pb2,
    datastreams_pb2,
    datastreams_views,
    rules_pb2,
    things_pb2,
    things_views,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class _Pillars:
    """Answers for a list of alarms, page by page, and for no other list."""

    def __init__(self, alarms: Sequence[alarms_pb2.Alarm], *, knows_kinds: bool = True) -> None:
        self._alarms, self._knows_kinds = alarms, knows_kinds

    async def look(self, request: Any, answer: Any, **_: Any) -> Any:
        if not isinstance(request, alarms_pb2.ListAlarmsRequest):
            return answer()
        kinds = {request.kind} if self._knows_kinds else {one.kind for one in self._alarms}
        first, listed = int(request.page_token or 0), [one for one in self._alarms if one.kind in kinds]
        some = listed[first : first + request.page_size]
        more = str(first + len(some)) if first + len(some) < len(listed) else ""
        return alarms_pb2.ListAlarmsResponse(alarms=some, next_page_token=more)


class _Limits:
    async def now(self) -> dict[str, Sequence[Limit]]:
        return {}


class _Measuring:
    limits = _Limits()


def _alarm(name: str, kind: int, minutes: int) -> alarms_pb2.Alarm:
    opened = protos.timestamp(NOW - timedelta(minutes=minutes))
    return alarms_pb2.Alarm(id=f"{name}-{minutes}", rule_name=name, kind=kind, open_time=opened)  # type: ignore[arg-type]


@pytest.mark.parametrize("many", [PAGE + 99, PAGE * MOST_PAGES])
async def test_a_grave_alarm_stands_before_however_many_silent_sensors_that_are_newer(many: int) -> None:
    silent = [_alarm("diam", rules_pb2.RULE_KIND_SILENCE, minutes) for minutes in range(many)]
    alarms = [*silent, _alarm("awas", rules_pb2.RULE_KIND_THRESHOLD, 600)]
    room = await ControlRoom(_Pillars(alarms), _Measuring()).now()  # type: ignore[arg-type]
    assert room.alarms[0].rule_name == "awas"
    assert (len(room.alarms), room.rest) == (PAGE, many + 1 - PAGE), "and how many more there are is told"


async def test_an_alarm_stands_once_where_the_pillar_is_of_the_version_before_and_knows_no_kinds() -> None:
    alarms = [_alarm("diam", rules_pb2.RULE_KIND_SILENCE, 5), _alarm("awas", rules_pb2.RULE_KIND_THRESHOLD, 600)]
    room = await ControlRoom(_Pillars(alarms, knows_kinds=False), _Measuring()).now()  # type: ignore[arg-type]
    assert [one.rule_name for one in room.alarms] == ["awas", "diam"]


@pytest.mark.parametrize(("broken", "reached"), [(False, "awas"), (True, None)])
def test_what_a_sensor_cannot_have_measured_reaches_no_threshold(broken: bool, reached: str | None) -> None:
    latest = datastreams_pb2.Reading(value=99.0, out_of_range=broken)
    of = datastreams_views.datastream(datastreams_pb2.Datastream(latest=latest))
    thing = things_views.thing(things_pb2.Thing())
    found = Gauge(thing, of, [Limit(3.0, "awas", made_up=False)]).reached
    assert (found.name if found else None) == reached
