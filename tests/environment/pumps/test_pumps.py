"""What a pump station is known to do, who may switch it, and what becomes of a command."""

import shutil
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest

from observability.semconv import PUMPS_UNANSWERED
from services.environment.pumps import actions
from services.environment.pumps.gauges import GAUGES
from services.environment.pumps.profile import pumps_of
from services.kit.city import CityError, load_city
from smartcity.environment.v1 import devices_pb2, events_pb2
from smartcity.environment.v1 import pumps_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.pumps.switching import WHY, Pumping, state, station
from tests.environment.sensing import Sensing
from tests.governance.conftest import ADMIN, CITIZEN, RefusedError, request_id

SRINGIN = "pompa-kali-sringin"
SEMARANG = Path(__file__).parents[3] / "cities" / "semarang"


async def refused(call: Awaitable[Any]) -> str:
    """The reason why a call is refused."""
    with pytest.raises(RefusedError) as raised:
        await call
    return raised.value.reason


async def _expire(one: Pumping, **time: int) -> None:
    one.sensing.served.pass_time(**time)
    async with one.sensing.served.runtime.transaction() as tx:
        await actions.expire(tx)


async def _sent(one: Pumping) -> None:
    async with one.sensing.served.runtime.transaction() as tx:
        await actions.sent(tx, await actions.to_send(tx))


async def test_a_station_tells_its_figures_and_its_latest_readings(sensing: Sensing) -> None:
    one = await Pumping.made(sensing, SRINGIN)
    never = await one.read()
    assert (never.state, never.HasField("running")) == (pb.PUMP_STATION_STATE_SILENT, False)
    assert (never.capacity_lps, never.pumps, never.made_up) == (10_000, 5, False)
    assert "nyalanusantara" in never.source
    await one.measure(-0.4, 3)
    found = await one.read()
    assert (found.state, found.running.value, found.level.value) == (pb.PUMP_STATION_STATE_RUNNING, 3.0, -0.4)
    sensing.served.pass_time(minutes=1)
    await one.measure(-0.6, 0)
    assert (await one.read()).state == pb.PUMP_STATION_STATE_STOPPED
    sensing.served.pass_time(minutes=10)
    quiet = await one.read()
    assert (quiet.state, quiet.level_silent, quiet.running.value) == (pb.PUMP_STATION_STATE_SILENT, True, 0.0)


@pytest.mark.parametrize("broken", [255, -1])
async def test_a_station_whose_counter_says_what_cannot_be_neither_runs_nor_stands(
    sensing: Sensing, broken: int
) -> None:
    one = await Pumping.made(sensing)
    await one.measure(0.5, 2)
    sensing.served.pass_time(minutes=1)
    await one.measure(0.5, broken)
    found = await one.read()
    assert (found.state, found.running.value, found.running.out_of_range) == (
        pb.PUMP_STATION_STATE_SILENT, broken, True,
    )  # fmt: skip


async def test_figures_that_nobody_told_are_absent_and_other_things_are_no_stations(sensing: Sensing) -> None:
    one = await station(sensing)
    gauge = await sensing.thing()
    listed = (await sensing.call(pb.ListPumpsRequest(), CITIZEN)).stations
    assert [each.code for each in listed] == [one.code]
    assert not listed[0].HasField("capacity_lps")
    assert not listed[0].HasField("pumps")
    assert listed[0].most_pumps == 20
    assert await refused(sensing.call(pb.GetPumpRequest(id=gauge.code))) == "PUMP_STATION_NOT_FOUND"


async def test_a_command_needs_the_role_the_agency_and_a_reason(sensing: Sensing) -> None:
    one = await Pumping.made(sensing)
    for caller in (CITIZEN, ADMIN):
        assert await refused(one.switch(caller=caller)) == "ROLE_NOT_ALLOWED"
    assert await refused(one.switch(caller=DLH)) == "NOT_YOURS"
    assert await refused(one.log(DLH)) == "NOT_YOURS"
    assert await refused(one.switch(reason="  naik ")) == "REASON_REQUIRED"
    assert await one.log() == []


async def test_one_command_at_a_time_and_no_more_pumps_than_there_are(sensing: Sensing) -> None:
    one = await Pumping.made(sensing, SRINGIN)
    assert await refused(one.switch(6)) == "PUMPS_INVALID"
    first = await one.switch(5)
    assert (state(first), first.device, first.by, first.reason) == ("waiting", one.device, DPU.subject, WHY)
    assert await refused(one.switch(4)) == "COMMAND_UNDER_WAY"
    assert state(await one.switch(4, exercise=True)) == "exercised"
    await one.answer(first)
    assert state(await one.switch(4)) == "waiting"


async def test_a_repeated_request_gives_no_second_command(sensing: Sensing) -> None:
    one, key = await Pumping.made(sensing), request_id()
    assert (await one.switch(request_id=key)).id == (await one.switch(request_id=key)).id
    assert len(await one.log()) == 1


async def test_a_station_without_a_device_or_retired_obeys_nobody(sensing: Sensing) -> None:
    bare = await station(sensing)
    assert (
        await refused(sensing.call(pb.SwitchPumpsRequest(request_id=request_id(), id=bare.id, pumps=1, reason=WHY)))
        == "STATION_HAS_NO_DEVICE"
    )


async def test_an_answer_is_told_once_and_names_nobody(sensing: Sensing) -> None:
    one = await Pumping.made(sensing)
    command = await one.switch()
    assert await one.answer(command, note="Pompa 1 dan\u202e 2\x00\x07 jalan.\u200b")
    assert await one.answer(command, done=False)
    (known,) = await one.log()
    assert (state(known), known.obeyed, known.note) == ("done", True, "Pompa 1 dan 2 jalan.")
    assert (await sensing.emitted()).count("PumpSwitched") == 1
    assert {field.name for field in events_pb2.PumpSwitched.DESCRIPTOR.fields} == {
        "id", "thing", "thing_code", "area", "pumps", "time",
    }  # fmt: skip
    assert (await one.read()).last_command.state == pb.PUMP_COMMAND_STATE_DONE


async def test_a_refusal_is_told_with_its_note_and_switches_nothing(sensing: Sensing) -> None:
    one = await Pumping.made(sensing)
    await one.answer(await one.switch(), done=False, note="Pompa 2 macet.")
    (known,) = await one.log()
    assert (state(known), known.obeyed, known.note) == ("refused", False, "Pompa 2 macet.")
    assert "PumpSwitched" not in await sensing.emitted()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[" * 5_000,
        b'{"command": 1, "done": true}',
        b'{"command": "x", "done": true}',
        b"\xff" * 9,
        b'{"command":"\xff","done":true}',
    ],
)
async def test_what_is_no_answer_changes_nothing(sensing: Sensing, body: bytes) -> None:
    one = await Pumping.made(sensing)
    await one.switch()
    assert not await one.say(body)
    assert [state(each) for each in await one.log()] == ["waiting"]


async def test_nobody_answers_for_another_device(sensing: Sensing) -> None:
    one, other = await Pumping.made(sensing), await Pumping.made(sensing)
    command = await one.switch()
    assert not await one.answer(command, device=other.device)
    drill = await other.switch(exercise=True)
    assert not await other.answer(drill)
    assert [state(each) for each in await one.log()] == ["waiting"]


async def test_a_device_that_was_revoked_answers_no_more(sensing: Sensing) -> None:
    one = await Pumping.made(sensing)
    command = await one.switch()
    etag = (await sensing.call(devices_pb2.GetDeviceRequest(id=one.device))).device.etag
    revoke = devices_pb2.RevokeDeviceRequest(request_id=request_id(), id=one.device, etag=etag, reason=WHY)
    await sensing.call(revoke)
    assert not await one.answer(command)
    assert [state(each) for each in await one.log()] == ["waiting"]


async def test_a_command_times_out_and_a_late_answer_is_kept_beside_it(sensing: Sensing) -> None:
    one = await Pumping.made(sensing)
    command = await one.switch()
    await _sent(one)
    await _expire(one, seconds=59)
    assert [state(each) for each in await one.log()] == ["sent"]
    await _expire(one, seconds=1)
    (late,) = await one.log()
    assert (state(late), late.HasField("obeyed")) == ("timed_out", False)
    assert late.deadline.ToDatetime() < late.update_time.ToDatetime()
    second = await one.switch(1)
    await one.answer(command)
    newest, oldest = await one.log()
    assert (newest.id, state(newest), state(oldest), oldest.obeyed) == (second.id, "waiting", "timed_out", True)
    assert (await sensing.emitted()).count("PumpSwitched") == 1


async def test_what_could_not_be_sent_says_so_and_a_change_has_its_time(sensing: Sensing) -> None:
    one = await Pumping.made(sensing)
    command = await one.switch()
    await _expire(one, seconds=60)
    (unsent,) = await one.log()
    assert (state(unsent), unsent.HasField("send_time")) == ("unsent", False)
    assert (await one.read()).last_command.state == pb.PUMP_COMMAND_STATE_UNSENT
    assert [count for count, _ in (await GAUGES.read(sensing.served.runtime))[PUMPS_UNANSWERED]] == [1], "alerts, too"
    await one.switch()
    sensing.served.pass_time(seconds=4)
    await _sent(one)
    sensing.served.pass_time(seconds=4)
    await _sent(one)
    sent, before = await one.log()
    assert before.id == command.id
    assert sent.update_time == sent.send_time
    assert sent.update_time.seconds - sent.create_time.seconds == 4, "sending it again changes nothing"


def test_a_mistake_in_the_citys_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "cities" / "semarang"
    shutil.copytree(SEMARANG, folder)
    header = "thing,capacity_lps,pumps,made_up,source\n"
    (folder / "pumps.csv").write_text(f"{header}duga-simongan,1,1,false,x\npompa-bulu,,-1,false,x\n")
    with pytest.raises(CityError) as raised:
        pumps_of(load_city("semarang", folder.parent))
    assert "pumps.csv:2" in str(raised.value)
    assert "pumps.csv:3" in str(raised.value)
