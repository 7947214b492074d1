"""Alerts in all the ways that they go, so that each statement is looked at."""

from datetime import timedelta

from services.living.alerts import timers
from services.living.operators import timers as operator_timers
from smartcity.living.v1 import alerts_pb2 as pb
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.living.alerts.passengers import DISHUB, Passengers, closed, said
from tests.living.operators.feeds import operator, trip


async def _live(served: Served) -> None:
    passengers = await Passengers(served).enter()
    await passengers.warn("siaga")
    period = pb.ServiceAlertPeriod()
    period.end_time.FromDatetime(served.now + timedelta(hours=1))
    alert = await passengers.publish(closed(from_stop="P", to_stop="R"), closed(stop="P"), periods=[period])
    for wanted in ({"route": "L"}, {"stop": "P"}, {}):
        assert await passengers.listed(**wanted)
    assert (await passengers.ways()).alerts
    asked = pb.UpdateServiceAlertRequest(request_id=request_id(), id=alert.id, etag=alert.etag, **said())
    await passengers.call(asked, DISHUB)
    for _ in range(2):
        await passengers.write()
    await passengers.end(await passengers.publish(closed(stop="Q")))
    records = pb.ListServiceAlertRecordsRequest(page_size=1)
    records.page_token = (await passengers.call(records, ADMIN)).next_page_token
    await passengers.call(records, ADMIN)
    await passengers.call(pb.ListServiceAlertRecordsRequest(state=pb.SERVICE_ALERT_STATE_DRAFT), ADMIN)
    await passengers.call(pb.GetServiceAlertRequest(id=alert.id))
    await passengers.call(pb.GetServiceAlertFeedRequest())
    async with operator(served) as source:
        source.message.entity.append(trip("N-8", delay=60))
        source.tells("a", "Terlambat", route="N")
        source.tells("b", "Tutup", stop="P")
        source.message.entity[-1].alert.informed_entity.add(route_id="N", direction_id=0)
        await source.read()
        await passengers.look()
        source.message.ClearField("entity")
        await source.read()
    served.pass_time(hours=2)
    await timers.expire(served.runtime)
    served.pass_time(days=8)
    await operator_timers.prune(served.runtime)
    await passengers.clear()


LIVES = {"alerts": _live}
