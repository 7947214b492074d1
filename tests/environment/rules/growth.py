"""Rules, going all the ways that they can, so that each statement is looked at."""

from services.environment.alarms import gauges
from smartcity.environment.v1 import alarms_pb2, events_pb2
from smartcity.environment.v1 import rules_pb2 as pb
from tests.environment.sensing import Sensing
from tests.environment.watching.watched import LEVEL, Watched, terms
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    watched = await Watched.made(Sensing(served))
    call, of = watched.sensing.call, watched.datastream
    rule = await watched.rule()
    silence = await watched.rule("silence", "diam", window_seconds=300)
    await watched.measure(1.8, 1.5, 1.8)
    watched.taken_over()
    await watched.measure(1.5, 1.8)
    await watched.sensing.calibrated(of, 1.1)
    await watched.measure(1.8)
    await watched.listen(minutes=10)
    await watched.measure(1.8)
    await watched.listen(minutes=1)
    changed = await watched.change(rule)
    await watched.measure(1.8)
    await call(pb.GetRuleRequest(id=rule.id))
    for clock in (pb.RULE_CLOCK_PHENOMENON, pb.RULE_CLOCK_ARRIVAL):
        said = terms(**{**LEVEL, "clock": clock})
        await call(pb.SimulateRuleRequest(datastream=of.id, kind=pb.RULE_KIND_THRESHOLD, terms=said))
    for request in (
        pb.ListRulesRequest(page_size=1),
        pb.ListRulesRequest(page_size=1, thing=of.thing),
        pb.ListRulesRequest(page_size=1, datastream=of.id),
        pb.ListRuleVersionsRequest(page_size=1, id=rule.id),
        alarms_pb2.ListAlarmsRequest(page_size=1),
        alarms_pb2.ListAlarmsRequest(page_size=1, thing=of.thing),
        alarms_pb2.ListAlarmsRequest(page_size=1, rule=rule.id),
        alarms_pb2.ListAlarmsRequest(page_size=1, state=alarms_pb2.ALARM_STATE_CLEARED),
        alarms_pb2.ListAlarmsRequest(page_size=1, state=alarms_pb2.ALARM_STATE_OPEN, kind=pb.RULE_KIND_SILENCE),
    ):
        found = await call(request)
        request.page_token = found.next_page_token
        await call(request)
    await gauges.read(served.runtime)
    await watched.change(silence, paused=True)
    await watched.change(changed, paused=True)
    await watched.sensing.happens(events_pb2.ThingRetired(id=of.thing))


LIVES = {"rules": _live}
