"""Vehicles being let in, and read, so that each statement is looked at."""

from services.kit.door import store as door
from services.kit.mqtt import aside
from services.kit.mqtt.session import Received
from services.living.onboard.reading import Inbox
from services.living.positions import timers
from services.living.vehicles.door import DOOR
from smartcity.living.v1 import vehicles_pb2 as pb
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.living.onboard.conftest import told
from tests.living.vehicles.fleet import TRANS, Fleet


async def _live(served: Served) -> None:
    await timers.keep_days(served.runtime)
    fleet = Fleet(served)
    await fleet.register("ts-onboard")
    issue = pb.IssueVehicleCredentialRequest(request_id=request_id(), id="ts-onboard", etag="1")
    await fleet.call(issue, TRANS)
    assert await door.edition(served.runtime.pool, DOOR) > 0
    assert await door.generations(served.runtime.pool, DOOR, ["ts-onboard"]) == {"ts-onboard": 1}
    topic = "vehicles/ts-onboard/positions"
    received = [Received(topic, told(served.now), 1), Received(topic, b"{", 2)]
    await Inbox().take(served.runtime, received, served.now)
    async with served.runtime.transaction() as tx:
        assert await aside.put(tx, DOOR.topics, received[1], "a bug")
    revoke = pb.RevokeVehicleCredentialRequest(request_id=request_id(), id="ts-onboard", etag="2")
    await fleet.call(revoke, TRANS)


LIVES = {"onboard": _live}
