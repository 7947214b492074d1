"""What makes those who let devices in read them anew: a device's password or end, and nothing else of the registry."""

from services.environment.devices.door import DOOR
from services.kit.door import store
from services.kit.door.known import Known
from smartcity.environment.v1 import devices_pb2, things_pb2
from tests.environment.sensing import REASON, Sensing
from tests.governance.conftest import request_id


async def test_only_what_says_who_may_come_in_makes_devices_be_read_anew(sensing: Sensing) -> None:
    known = Known(sensing.served.runtime.pool, DOOR)
    thing = await sensing.thing()
    one, other = await sensing.device(thing), await sensing.device()
    await known.refresh()
    assert await known.generation(one.device.id) == 1

    await sensing.calibrated(await sensing.datastream(thing), 1.02)
    await sensing.thing()
    assert await known.refresh() is False

    new = await sensing.device(thing, name="duga-baru")
    assert await known.refresh() is True
    assert await known.generation(new.device.id) == 1
    etag = other.device.etag
    changed = await sensing.call(
        devices_pb2.RotateDeviceRequest(request_id=request_id(), id=other.device.id, etag=etag)
    )
    assert await known.refresh() is True
    assert await known.generation(other.device.id) == 2
    await sensing.call(
        devices_pb2.RevokeDeviceRequest(
            request_id=request_id(), id=other.device.id, etag=changed.device.etag, reason=REASON
        )
    )
    assert await known.refresh() is True
    assert await known.generation(other.device.id) is None
    etag = (await sensing.call(things_pb2.GetThingRequest(id=thing.id))).thing.etag
    await sensing.call(things_pb2.RetireThingRequest(request_id=request_id(), id=thing.id, etag=etag, reason=REASON))
    assert await known.refresh() is True
    assert await known.generation(one.device.id) is None
    assert await store.generations(sensing.served.runtime.pool, DOOR, [new.device.id]) == {}
