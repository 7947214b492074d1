"""Things: registered by agencies, moved, retired, and read by everybody."""

import pytest

from services.kit.caller import ANONYMOUS
from smartcity.environment.v1 import events_pb2, things_pb2
from smartcity.types.v1 import place_pb2
from tests.environment.conftest import DLH, DPU, POINT
from tests.environment.sensing import Sensing
from tests.governance.conftest import ADMIN, CITIZEN, refused, request_id

ELSEWHERE = place_pb2.Point(lon=110.4284, lat=-6.9683)
NOTE = "Digeser ke hilir jembatan."
WHY = "Diganti alat baru di seberang."


def _move(thing: things_pb2.Thing, point: place_pb2.Point = ELSEWHERE) -> things_pb2.MoveThingRequest:
    return things_pb2.MoveThingRequest(
        request_id=request_id(), id=thing.code, etag=thing.etag, location=point, note=NOTE
    )


def _retire(thing: things_pb2.Thing) -> things_pb2.RetireThingRequest:
    return things_pb2.RetireThingRequest(request_id=request_id(), id=thing.id, etag=thing.etag, reason=WHY)


async def test_a_thing_is_read_by_its_id_and_by_its_code(sensing: Sensing) -> None:
    made = await sensing.thing("duga-simongan")
    assert (made.agency, made.area.code) == ("dpu", "33.74.01.1007")
    for name in (made.id, "duga-simongan"):
        found = (await sensing.call(things_pb2.GetThingRequest(id=name), ANONYMOUS)).thing
        assert (found.id, [one.area.code for one in found.locations]) == (made.id, ["33.74.01.1007"])


async def test_where_a_moved_thing_stood_before_stays_known(sensing: Sensing) -> None:
    made = await sensing.thing()
    sensing.served.pass_time(hours=1)
    moved = (await sensing.call(_move(made))).thing
    found = (await sensing.call(things_pb2.GetThingRequest(id=made.id))).thing
    assert [one.location.lon for one in found.locations] == [ELSEWHERE.lon, POINT.lon]
    assert moved.area.code != made.area.code


async def test_a_retired_thing_leaves_the_list_and_takes_no_change(sensing: Sensing) -> None:
    made, stays = await sensing.thing(), await sensing.thing()
    retired = (await sensing.call(_retire(made))).thing
    listed = (await sensing.call(things_pb2.ListThingsRequest())).things
    assert [one.id for one in listed] == [stays.id]
    listed = (await sensing.call(things_pb2.ListThingsRequest(retired=True))).things
    assert [(one.id, one.retire_reason) for one in listed] == [(made.id, WHY)]
    with refused("THING_RETIRED"):
        await sensing.call(_move(retired))


async def test_the_devices_of_a_retired_thing_are_revoked(sensing: Sensing) -> None:
    thing = await sensing.thing()
    device = (await sensing.device(thing)).device
    await sensing.call(_retire(thing))
    told = events_pb2.ThingRetired(id=thing.id, code=thing.code)
    await sensing.happens(told)
    await sensing.happens(told)
    assert (await sensing.emitted()).count("DeviceRevoked") == 1
    with refused("THING_RETIRED"):
        await sensing.device(thing, name=f"{device.id}-again")


async def test_the_list_is_by_code_kind_and_area(sensing: Sensing) -> None:
    for code in ("duga-b", "duga-a", "duga-c"):
        await sensing.thing(code)
    await sensing.thing("hujan-a", kind=things_pb2.THING_KIND_RAIN_GAUGE)
    first = await sensing.call(things_pb2.ListThingsRequest(page_size=2))
    rest = await sensing.call(things_pb2.ListThingsRequest(page_size=2, page_token=first.next_page_token))
    assert [one.code for one in (*first.things, *rest.things)] == ["duga-a", "duga-b", "duga-c", "hujan-a"]
    rain = things_pb2.ListThingsRequest(kinds=[things_pb2.THING_KIND_RAIN_GAUGE], area="33.74.01.1007")
    assert [one.code for one in (await sensing.call(rain)).things] == ["hujan-a"]
    with refused("AREA_UNKNOWN"):
        await sensing.call(things_pb2.ListThingsRequest(area="99.99.99.9999"))


@pytest.mark.parametrize(("area", "found"), [("33.74", ["duga-a"]), ("33.74.01", ["duga-a"]), ("33.74.02", [])])
async def test_the_list_of_a_larger_area_has_the_things_within_it(
    sensing: Sensing, area: str, found: list[str]
) -> None:
    await sensing.thing("duga-a")
    listed = (await sensing.call(things_pb2.ListThingsRequest(area=area))).things
    assert [one.code for one in listed] == found


async def test_the_list_of_a_larger_area_goes_on_where_its_page_ended(sensing: Sensing) -> None:
    for code in ("duga-a", "duga-b"):
        await sensing.thing(code)
    first = await sensing.call(things_pb2.ListThingsRequest(area="33.74.01", page_size=1))
    asked = things_pb2.ListThingsRequest(area="33.74.01", page_size=1, page_token=first.next_page_token)
    assert [one.code for one in (await sensing.call(asked)).things] == ["duga-b"]


async def test_a_code_is_taken_once(sensing: Sensing) -> None:
    await sensing.thing("duga-simongan")
    with refused("CODE_TAKEN"):
        await sensing.thing("duga-simongan", DLH)


async def test_a_code_that_reads_like_an_id_is_refused(sensing: Sensing) -> None:
    for code in ("a1e21e14-0789-7680-a860-a0c7d5acb6d9", "a1e21e1407897680a860a0c7d5acb6d9"):
        with refused("CODE_INVALID"):
            await sensing.thing(code)


async def test_a_thing_stands_in_the_city(sensing: Sensing) -> None:
    with refused("OUTSIDE_THE_CITY"):
        await sensing.thing(location=place_pb2.Point(lon=106.8, lat=-6.2))


async def test_another_agencys_thing_is_not_changed(sensing: Sensing) -> None:
    made = await sensing.thing(caller=DPU)
    with refused("NOT_YOURS"):
        await sensing.call(_move(made), DLH)
    await sensing.call(_move(made), ADMIN)


@pytest.mark.parametrize(("caller", "reason"), [(ANONYMOUS, "LOGIN_REQUIRED"), (CITIZEN, "ROLE_NOT_ALLOWED")])
async def test_visitors_register_nothing(sensing: Sensing, caller: object, reason: str) -> None:
    with refused(reason):
        await sensing.thing(caller=caller)  # type: ignore[arg-type]


async def test_a_thing_that_changed_since_is_not_changed(sensing: Sensing) -> None:
    made = await sensing.thing()
    await sensing.call(_move(made))
    with refused("STALE_ETAG"):
        await sensing.call(_retire(made))


async def test_where_all_things_stand_and_stood_is_listed_page_by_page(sensing: Sensing) -> None:
    thing = await sensing.thing()
    sensing.served.pass_time(hours=1)
    move = things_pb2.MoveThingRequest(
        request_id=request_id(), id=thing.id, etag=thing.etag, location=POINT, note="Digeser ke hilir."
    )
    await sensing.call(move)
    found, token = [], ""
    while True:
        page = await sensing.call(things_pb2.ListThingLocationsRequest(page_size=1, page_token=token))
        found += page.locations
        token = page.next_page_token
        if not token:
            break
    assert [(one.thing, one.note) for one in found] == [(thing.id, ""), (thing.id, "Digeser ke hilir.")]


async def test_an_agency_lists_its_own(sensing: Sensing) -> None:
    mine, other = await sensing.thing(), await sensing.thing(caller=DLH)
    found = await sensing.call(things_pb2.ListThingsRequest(agency="dpu", page_size=200))
    codes = {one.code for one in found.things}
    assert mine.code in codes
    assert other.code not in codes
    with refused("AGENCY_UNKNOWN"):
        await sensing.call(things_pb2.ListThingsRequest(agency="nobody"))
