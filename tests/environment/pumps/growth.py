"""Pump stations, going all the ways that they can, so that each statement is looked at."""

from services.environment.pumps import delivering
from smartcity.environment.v1 import pumps_pb2 as pb
from tests.environment.pumps.switching import Pumping
from tests.environment.sensing import Sensing
from tests.fixtures.pillars import Served


class _Bus:
    """Takes everything, and brings it to nobody."""

    is_connected = True

    async def publish(self, subject: str, body: bytes) -> None:
        """Takes a message."""

    async def flush(self, timeout: float) -> None:
        """All is taken."""


async def _live(served: Served) -> None:
    one, before = await Pumping.made(Sensing(served)), served.runtime.bus
    await one.measure(1.0, 2)
    served.runtime.bus = _Bus()  # type: ignore[assignment]
    done = await one.switch()
    await delivering.deliver(served.runtime)
    await one.answer(done)
    await one.switch(exercise=True)
    await one.switch()
    served.pass_time(minutes=2)
    await delivering.deliver(served.runtime)
    served.runtime.bus = before
    for request in (
        pb.ListPumpsRequest(page_size=1),
        pb.ListPumpsRequest(page_size=1, agency="dpu"),
        pb.ListPumpCommandsRequest(id=one.thing.id, page_size=1),
    ):
        found = await one.sensing.call(request)
        request.page_token = found.next_page_token
        await one.sensing.call(request)
    await one.read()


LIVES = {"pumps": _live}
