"""Devices: a credential each, new at will, and ended for good."""

import pytest

from services.environment.devices import model
from services.environment.devices.door import DOOR
from services.environment.resources import resources
from smartcity.environment.v1 import devices_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.sensing import Sensing
from tests.governance.conftest import ADMIN, CITIZEN, refused, request_id

WHY = "Alat dicuri semalam."


def _rotate(device: pb.Device) -> pb.RotateDeviceRequest:
    return pb.RotateDeviceRequest(request_id=request_id(), id=device.id, etag=device.etag)


def _revoke(device: pb.Device) -> pb.RevokeDeviceRequest:
    return pb.RevokeDeviceRequest(request_id=request_id(), id=device.id, etag=device.etag, reason=WHY)


async def test_a_password_is_answered_again_and_stored_nowhere(sensing: Sensing) -> None:
    thing = await sensing.thing()
    request = pb.IssueDeviceRequest(request_id=request_id(), thing=thing.id, name="duga-1")
    first, again = await sensing.call(request), await sensing.call(request)
    assert first == again
    secret = resources(sensing.served.runtime).device_secret
    assert secret is not None
    assert first.password == DOOR.password(secret, "duga-1", 1)
    tables = [row[0] for row in await sensing.served.admin.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'environment'"
    )]  # fmt: skip
    for table in tables:
        found = await sensing.served.admin.fetchval(
            f"SELECT count(*) FROM environment.\"{table}\" AS row WHERE row::text LIKE '%' || $1 || '%'",
            first.password,
        )
        assert not found, table


async def test_a_rotated_password_is_another_and_ends_the_one_before(sensing: Sensing) -> None:
    issued = await sensing.device()
    rotated = await sensing.call(_rotate(issued.device))
    assert rotated.password != issued.password
    assert (rotated.device.generation, await sensing.emitted()) == (
        2, ["ThingRegistered", "DeviceIssued", "DeviceRotated"],
    )  # fmt: skip


async def test_a_revoked_device_stays_revoked(sensing: Sensing) -> None:
    device = (await sensing.device()).device
    revoked = (await sensing.call(_revoke(device))).device
    assert (revoked.revoke_reason, revoked.HasField("revoke_time")) == (WHY, True)
    with refused("DEVICE_REVOKED"):
        await sensing.call(_rotate(revoked))


async def test_a_thing_has_so_many_devices(sensing: Sensing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_OF_A_THING", 1)
    thing = await sensing.thing()
    first = (await sensing.device(thing)).device
    with refused("TOO_MANY_DEVICES"):
        await sensing.device(thing, name="duga-2")
    await sensing.call(_revoke(first))
    await sensing.device(thing, name="duga-2")


async def test_a_name_is_taken_once(sensing: Sensing) -> None:
    await sensing.device(name="duga-1")
    with refused("NAME_TAKEN"):
        await sensing.device(name="duga-1")


async def test_another_agencys_devices_do_not_exist_for_an_officer(sensing: Sensing) -> None:
    device = (await sensing.device()).device
    with refused("DEVICE_NOT_FOUND"):
        await sensing.call(pb.GetDeviceRequest(id=device.id), DLH)
    with refused("DEVICE_NOT_FOUND"):
        await sensing.call(_revoke(device), DLH)
    assert not (await sensing.call(pb.ListDevicesRequest(), DLH)).devices
    with refused("ROLE_NOT_ALLOWED"):
        await sensing.call(pb.ListDevicesRequest(), CITIZEN)


async def test_the_list_goes_on_page_by_page(sensing: Sensing) -> None:
    thing = await sensing.thing()
    for name in ("duga-b", "duga-a"):
        await sensing.device(thing, name=name)
    first = await sensing.call(pb.ListDevicesRequest(things=[thing.code], page_size=1), DPU)
    rest = pb.ListDevicesRequest(things=[thing.code], page_size=1, page_token=first.next_page_token)
    assert [one.id for one in (*first.devices, *(await sensing.call(rest, DPU)).devices)] == ["duga-a", "duga-b"]
    assert len((await sensing.call(pb.ListDevicesRequest(), ADMIN)).devices) == 2


async def test_without_a_secret_of_the_city_no_device_is_issued(sensing: Sensing) -> None:
    thing = await sensing.thing()
    from services.environment.resources import Resources

    sensing.served.runtime.extra = Resources(None)
    with refused("DEVICES_OFF"):
        await sensing.device(thing)


async def test_the_devices_of_several_things_come_in_one_page(sensing: Sensing) -> None:
    first, second, other = await sensing.thing(), await sensing.thing(), await sensing.thing(caller=DLH)
    made = [(await sensing.device(thing)).device.id for thing in (first, second)]
    await sensing.device(other, DLH)
    asked = pb.ListDevicesRequest(things=[second.code, first.id, other.id], page_size=1)
    assert [one.id for one in (await sensing.call(asked)).devices] == sorted(made)
