"""Datastreams: what is measured, in which unit, and corrected how."""

from datetime import timedelta

import pytest

from services.environment.datastreams import model
from smartcity.environment.v1 import datastreams_pb2 as pb
from tests.environment.conftest import DLH
from tests.environment.sensing import REASON, SINCE, Sensing, stamp
from tests.governance.conftest import MONDAY, refused, request_id

EARLIER = MONDAY - timedelta(hours=1)


async def test_the_unit_of_a_datastream_is_that_of_its_property(sensing: Sensing) -> None:
    made = await sensing.datastream()
    rain = await sensing.datastream(name="rain", property=pb.OBSERVED_PROPERTY_RAINFALL)
    assert (made.unit, rain.unit) == ("m", "mm")


async def test_a_calibration_holds_from_its_hour_on_for_what_came_before_it_was_entered(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, [(EARLIER, 2.0)])
    calibrated = await sensing.calibrated(made, 1.5, -0.25)
    assert calibrated.latest.value == pytest.approx(2.75)
    later = await sensing.calibrated(made, 2.0, since=MONDAY)
    assert later.latest.value == pytest.approx(2.75)
    assert [(one.factor, one.offset) for one in later.calibrations] == [(2.0, 0.0), (1.5, -0.25)]


async def test_of_two_calibrations_from_the_same_hour_the_newer_one_holds(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, [(EARLIER, 2.0)])
    await sensing.calibrated(made, 1.5)
    sensing.served.pass_time(seconds=1)
    assert (await sensing.calibrated(made, 3.0)).latest.value == pytest.approx(6.0)


async def test_a_datum_says_how_high_the_zero_lies_and_leaves_readings_alone(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, [(EARLIER, 2.0)])
    request = pb.SetDatumRequest(
        request_id=request_id(), id=made.id, etag=made.etag, since=stamp(SINCE), height=-0.42, reason=REASON
    )
    found = (await sensing.call(request)).datastream
    assert ([one.offset for one in found.datums], found.latest.value) == ([-0.42], 2.0)


@pytest.mark.parametrize("since", [SINCE + timedelta(minutes=1), MONDAY + timedelta(hours=1)])
async def test_a_correction_begins_at_a_full_hour_that_has_begun(sensing: Sensing, since: object) -> None:
    made = await sensing.datastream()
    with refused("SINCE_INVALID"):
        await sensing.calibrated(made, 1.1, since=since)  # type: ignore[arg-type]


async def test_a_name_is_taken_once_in_a_thing(sensing: Sensing) -> None:
    thing = await sensing.thing()
    await sensing.datastream(thing)
    await sensing.datastream(thing, name="level_2")
    with refused("NAME_TAKEN"):
        await sensing.datastream(thing)


async def test_a_thing_has_so_many_datastreams_and_a_datastream_so_many_corrections(
    sensing: Sensing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MOST_OF_A_THING", 2)
    monkeypatch.setattr(model, "MOST_CORRECTIONS", 1)
    thing = await sensing.thing()
    made, _ = await sensing.datastream(thing), await sensing.datastream(thing, name="level_2")
    with refused("TOO_MANY_DATASTREAMS"):
        await sensing.datastream(thing, name="level_3")
    await sensing.calibrated(made, 1.1)
    with refused("TOO_MANY_CORRECTIONS"):
        await sensing.calibrated(made, 1.2)


async def test_a_sensor_measures_from_less_to_more(sensing: Sensing) -> None:
    with refused("RANGE_INVALID"):
        await sensing.datastream(least=10.0)


async def test_another_agencys_thing_gets_no_datastream(sensing: Sensing) -> None:
    thing = await sensing.thing()
    with refused("NOT_YOURS"):
        await sensing.datastream(thing, DLH)


async def test_the_list_is_in_the_order_of_adding_by_thing_and_by_property(sensing: Sensing) -> None:
    thing = await sensing.thing()
    level, rain = (
        await sensing.datastream(thing),
        await sensing.datastream(thing, name="rain", property=pb.OBSERVED_PROPERTY_RAINFALL),
    )
    other = await sensing.datastream()
    await sensing.upload(level, [(EARLIER, 2.0)])
    everything = (await sensing.call(pb.ListDatastreamsRequest())).datastreams
    assert [one.id for one in everything] == [level.id, rain.id, other.id]
    assert [one.HasField("latest") for one in everything] == [True, False, False]
    of_thing = await sensing.call(pb.ListDatastreamsRequest(things=[thing.code], page_size=1))
    rest = pb.ListDatastreamsRequest(things=[thing.code], page_size=1, page_token=of_thing.next_page_token)
    assert [one.id for one in (await sensing.call(rest)).datastreams] == [rain.id]
    levels = pb.ListDatastreamsRequest(properties=[pb.OBSERVED_PROPERTY_WATER_LEVEL])
    assert [one.id for one in (await sensing.call(levels)).datastreams] == [level.id, other.id]
    with refused("THING_NOT_FOUND"):
        await sensing.call(pb.ListDatastreamsRequest(things=[thing.id, "nowhere"]))


async def test_the_datastreams_of_several_things_come_in_one_page(sensing: Sensing) -> None:
    things = [await sensing.thing() for _ in range(3)]
    made = [await sensing.datastream(thing, name=name) for name in ("level", "rain") for thing in things]
    asked = pb.ListDatastreamsRequest(things=[things[2].id, things[0].code, things[2].code], page_size=1)
    found = (await sensing.call(asked)).datastreams
    assert [one.id for one in found] == [made[place].id for place in (0, 2, 3, 5)]


async def test_the_list_of_one_thing_holds_the_corrections(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.calibrated(made, 1.1)
    (alone,) = (await sensing.call(pb.ListDatastreamsRequest(things=[made.thing]))).datastreams
    both = pb.ListDatastreamsRequest(things=[made.thing, (await sensing.thing()).id])
    (among,) = (await sensing.call(both)).datastreams
    assert (len(alone.calibrations), len(among.calibrations)) == (1, 0)
