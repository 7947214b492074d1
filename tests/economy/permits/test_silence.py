"""Clocks of permits: what silence grants and what it never does, who is warned before, and when a clock waits."""

import runpy
from datetime import UTC, timedelta

import pytest

from services.economy.permits import gauges
from services.economy.permits.gauges import WARNED
from services.economy.pillar import PILLAR
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import LURAH, MARKETS, ROADS, SRI, Applying, moves
from tests.fixtures.holidays import decided_off
from tests.governance.conftest import refused


async def late(applying: Applying) -> float:
    ((value, _),) = next(iter((await gauges.read(applying.served.runtime)).values()))
    return value


async def test_of_a_clock_that_ends_after_a_weekend_somebody_is_warned_before_it(applying: Applying) -> None:
    one = await applying.sent()
    await applying.due(days=1, hours=3)
    one = await applying.move(one, "ask", LURAH)
    await applying.due(days=5, hours=7, minutes=30)
    one = await applying.move(one, "submit", SRI, "Foto sudah diganti.")
    applying.served.now = one.due_time.ToDatetime(UTC)
    applying.served.pass_time(days=-3, minutes=-30)
    local = applying.served.now.astimezone(applying.served.runtime.city.timezone)
    assert f"{local:%a %H:%M}" == "Fri 23:29"
    assert await late(applying) == 0
    for minutes, seconds in ((60, 1), (54 * 60 + 30, 7 * 3600)):
        applying.served.pass_time(minutes=minutes)
        assert await late(applying) == seconds


async def test_the_due_day_after_a_question_is_the_day_at_whose_end_silence_grants(applying: Applying) -> None:
    one = await applying.move(await applying.sent(), "ask", LURAH)
    applying.served.pass_time(seconds=25)
    one = await applying.move(one, "submit", SRI, "Foto sudah diganti.")
    assert one.due_time.ToJsonString() == (await applying.get(one, LURAH)).due_time.ToJsonString()
    assert one.due_time.ToJsonString() == "2026-12-02T16:59:59Z"
    told = events_pb2.PermitAdvanced.FromString((await applying.served.outbox())[-1]["payload"])
    assert told.due_time == one.due_time
    wait = one.due_time.ToDatetime(UTC) - applying.served.now
    await applying.due(seconds=wait.total_seconds() - 1)
    checked = await applying.move(await applying.get(one, LURAH), "check", LURAH)
    assert checked.state == pb.PERMIT_STATE_DECIDING, "the city has the whole of the day that it was told"
    await applying.due(seconds=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_DEEMED_GRANTED


async def test_once_silence_has_granted_nobody_decides_though_the_timer_has_not_been(applying: Applying) -> None:
    one = await applying.deciding()
    assert moves(await applying.get(one, MARKETS)) == {"grant", "refuse", "ask"}
    applying.served.now = one.due_time.ToDatetime(UTC) + timedelta(seconds=1)
    assert moves(await applying.get(one, MARKETS)) == set()
    for move in ("refuse", "ask", "grant"):
        with refused("INVALID_TRANSITION"):
            await applying.move(one, move, MARKETS)
    await applying.due()
    assert (await applying.get(one)).state == pb.PERMIT_STATE_DEEMED_GRANTED


async def test_a_clock_that_waited_before_the_upgrade_grants_at_the_end_of_its_day_too(applying: Applying) -> None:
    one = await applying.move(await applying.sent(), "ask", LURAH)
    applying.served.pass_time(seconds=25)
    one = await applying.move(one, "submit", SRI, "Foto sudah diganti.")
    woken = await applying.served.runtime.pool.fetchval("UPDATE permit SET wake_at = due_at RETURNING wake_at")
    await applying.due(seconds=(woken - applying.served.now).total_seconds())
    assert (await applying.get(one)).state == pb.PERMIT_STATE_CHECKING
    await applying.due(seconds=(one.due_time.ToDatetime(UTC) - applying.served.now).total_seconds() - 1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_CHECKING
    await applying.due(seconds=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_DEEMED_GRANTED


async def test_silence_says_nothing_on_a_day_that_was_decided_since_to_be_off(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await applying.sent()
    due = one.due_time.ToDatetime(UTC)
    decided_off(applying.served.runtime.city.calendar, due, monkeypatch)
    await applying.due(seconds=(due - applying.served.now).total_seconds())
    found = await applying.get(one)
    assert (found.state, found.due_time.ToDatetime(UTC)) == (pb.PERMIT_STATE_CHECKING, due + timedelta(days=1))
    await applying.due(days=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_DEEMED_GRANTED


async def test_silence_is_consent_and_somebody_is_warned_before(applying: Applying) -> None:
    one = await applying.sent()
    assert await late(applying) == 0
    due = timedelta(days=7, hours=14, minutes=59, seconds=59)
    await applying.due(seconds=(due - WARNED).total_seconds() + 60)
    assert await late(applying) == 60
    assert (await applying.get(one)).state == pb.PERMIT_STATE_CHECKING
    await applying.due(days=1)
    done = await applying.get(one)
    assert (done.state, done.deemed, done.has_paper) == (pb.PERMIT_STATE_DEEMED_GRANTED, True, True)
    assert (done.steps[-1].act, done.steps[-1].party) == ("deem", pb.PERMIT_PARTY_SYSTEM)
    assert (await applying.paper(one)).deemed
    assert await late(applying) == 0


async def test_the_clock_waits_while_the_applicant_is_asked_and_changes_what_they_wrote(applying: Applying) -> None:
    one = await applying.move(await applying.sent(), "ask", LURAH)
    assert not one.HasField("due_time")
    await applying.due(days=20)
    wanted = applying.wanted(place="Pasar Johar blok D, kios 3")
    changed = pb.UpdatePermitRequest(
        code=one.code, etag=one.etag, name=wanted.name, holder=wanted.holder, area=wanted.area, place=wanted.place
    )
    one = (await applying.call(changed)).permit
    await applying.shown(one)
    one = await applying.move(one, "submit", SRI, "Foto sudah diganti.")
    assert (one.state, one.place) == (pb.PERMIT_STATE_CHECKING, wanted.place)
    assert one.due_time.ToDatetime() > applying.served.now.replace(tzinfo=None) + timedelta(days=4)
    left = await applying.move(one, "ask", LURAH)
    await applying.due(days=31)
    assert (await applying.get(left)).state == pb.PERMIT_STATE_LAPSED


async def test_what_nobody_checked_is_never_granted_by_silence_nor_by_who_decides_alone(applying: Applying) -> None:
    one = await applying.move(await applying.sent(), "check", LURAH)
    one = await applying.move(one, "ask", MARKETS)
    wanted = applying.wanted(name="Diskotek 24 jam")
    changed = pb.UpdatePermitRequest(
        code=one.code, etag=one.etag, name=wanted.name, holder=wanted.holder, area=wanted.area, place=wanted.place
    )
    one = await applying.move((await applying.call(changed)).permit, "submit", SRI, "Sudah diperbaiki.")
    assert one.state == pb.PERMIT_STATE_CHECKING
    with refused("INVALID_TRANSITION"):
        await applying.move(one, "grant", MARKETS)


async def test_silence_grants_nothing_for_days_that_are_over(applying: Applying) -> None:
    today, later = (f"{applying.served.now + timedelta(days=days):%Y-%m-%d}" for days in (0, 20))
    one = await applying.sent("acara", first_day=today, last_day=today)
    ahead = await applying.sent("acara", first_day=later, last_day=later)
    await applying.due(days=8)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_LAPSED
    assert (await applying.get(ahead)).state == pb.PERMIT_STATE_DEEMED_GRANTED
    assert (await applying.told()).count("PermitGranted") == 1


async def test_what_is_for_days_that_are_over_waits_for_nobody_any_more(applying: Applying) -> None:
    today = f"{applying.served.now:%Y-%m-%d}"
    one = await applying.sent("acara", first_day=today, last_day=today)
    await applying.due(hours=14, minutes=59)  # until a minute before midnight
    assert (await applying.get(one)).state == pb.PERMIT_STATE_CHECKING
    await applying.due(minutes=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_LAPSED


async def test_what_was_applied_for_before_that_waits_for_no_day_after_its_last_either(applying: Applying) -> None:
    today, later = (f"{applying.served.now + timedelta(days=days):%Y-%m-%d}" for days in (0, 60))
    one = await applying.sent("acara", first_day=today, last_day=today)
    ahead = await applying.sent("acara", first_day=later, last_day=later)
    pool = applying.served.runtime.pool
    await pool.execute("UPDATE permit SET wake_at = due_at + interval '1 hour'")  # as before
    await pool.execute(runpy.run_path(str(PILLAR.migrations / "2026_12_01_permits_undecided.py"))["WAKE"])
    assert await pool.fetchval("SELECT wake_at > due_at FROM permit WHERE code = $1", ahead.code), "it is due sooner"
    await applying.due(days=1, hours=11)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_LAPSED


async def test_nobody_grants_what_is_for_days_that_are_over(applying: Applying) -> None:
    today = f"{applying.served.now:%Y-%m-%d}"
    one = await applying.deciding("bongkar-muat", first_day=today, last_day=today)
    applying.served.pass_time(days=1)
    with refused("PERMIT_DAYS_OVER"):
        await applying.move(one, "grant", ROADS)
    assert moves(await applying.get(one, ROADS)) == {"ask", "refuse"}, "what can only fail is not offered"
    assert not {"PaymentRequested", "PermitGranted"} & set(await applying.told())


async def test_help_is_never_granted_by_silence_so_that_nobody_is_warned_of_it(applying: Applying) -> None:
    await applying.sent("bantu-nib")
    await applying.due(days=30)
    assert list((await gauges.read(applying.served.runtime)).values()) == [[(0.0, {})]]
