"""The tides, going all the ways that they can, so that each statement is looked at."""

from datetime import timedelta

from services.environment.observations import timers as observation_timers
from smartcity.environment.v1 import things_pb2
from smartcity.environment.v1 import tides_pb2 as pb
from tests.environment.sensing import Sensing
from tests.environment.tides.seas import datum, forecast, gauge, measured
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    sensing = Sensing(served)
    await observation_timers.keep_weeks(served.runtime)  # others have let time pass
    level = await gauge(sensing, "pasut-tumbuh")
    thing = await sensing.thing("pasut-tumbuh-2", kind=things_pb2.THING_KIND_TIDE_GAUGE)
    await sensing.datastream(thing)
    await sensing.upload(level, measured(served.now, 2))
    await datum(sensing, level, served.now.replace(minute=0) - timedelta(hours=5), 0.1)
    await forecast(sensing)
    found = await sensing.call(pb.ListTidesRequest(page_size=1))
    await sensing.call(pb.ListTidesRequest(page_size=1, page_token=found.next_page_token))
    await sensing.call(pb.GetTideRequest(gauge=level.thing_code))
    retire = things_pb2.RetireThingRequest(
        request_id="retire-tide", id=thing.id, etag=thing.etag, reason="Alat rusak dan ditarik."
    )
    await sensing.call(retire)
    served.now += timedelta(minutes=5)
    await forecast(sensing)


LIVES = {"tides": _live}
