"""What is gathered for a depot's day: of its own places, all, and no other's."""

from datetime import timedelta
from typing import Any

import pytest

from services.environment.rounds import candidates
from services.kit.database import Transaction
from smartcity.environment.v1 import rounds_pb2 as pb
from tests.environment.conftest import DUE
from tests.environment.rounds.collecting import Collecting, causes, stops
from tests.environment.warnings.warning import SIAGA, TANJUNG_MAS, Warnings

TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"


async def test_a_flood_leaves_out_the_days_that_its_warning_reaches(collecting: Collecting) -> None:
    await collecting.container("kontainer-tanjung-mas", 90)
    await Warnings(collecting.served).in_force(level=SIAGA, hours=24)  # until three on Tuesday morning
    tuesday, wednesday = await collecting.planned(TUESDAY), await collecting.planned(WEDNESDAY)
    assert causes(tuesday.left_out) == {"kontainer-tanjung-mas": "flooded"}
    assert [one.code for one in tuesday.flooded] == [TANJUNG_MAS]
    assert (list(wednesday.left_out), list(wednesday.flooded)) == ([], [])
    assert [one.code for one in stops(wednesday)] == ["kontainer-tanjung-mas"]


async def test_a_job_whose_reporter_was_asked_something_waits_for_the_answer(collecting: Collecting) -> None:
    job = await collecting.job()
    await job.becomes("waiting_for_reporter")
    assert causes((await collecting.planned()).left_out) == {job.code: "waiting"}
    await job.becomes("in_progress", due=DUE)
    assert causes(stops(await collecting.planned())) == {job.code: "open_job"}


async def test_a_container_that_could_not_be_reached_is_caught_up_with(collecting: Collecting) -> None:
    await collecting.container("kontainer-miroto", 47)
    stop = stops(await collecting.planned())[0]
    await collecting.tick(stop, state=pb.ROUND_STOP_STATE_UNREACHABLE, note="Jalan ditutup pasar malam.")
    assert causes(stops(await collecting.planned(TUESDAY))) == {"kontainer-miroto": "missed"}


async def test_a_container_that_was_left_out_for_a_flood_is_caught_up_with(collecting: Collecting) -> None:
    await collecting.container("kontainer-tanjung-mas", 47)
    await Warnings(collecting.served).in_force(level=SIAGA, hours=18)
    assert causes((await collecting.planned()).left_out) == {"kontainer-tanjung-mas": "flooded"}
    assert causes(stops(await collecting.planned(TUESDAY))) == {"kontainer-tanjung-mas": "missed"}


async def test_a_container_that_was_out_of_hours_is_caught_up_with(collecting: Collecting) -> None:
    await collecting.container("kontainer-miroto", 47)
    collecting.served.pass_time(hours=7)  # ten in the morning: the town centre is served until half past nine
    assert causes((await collecting.planned()).left_out) == {"kontainer-miroto": "out_of_hours"}
    assert causes(stops(await collecting.planned(TUESDAY))) == {"kontainer-miroto": "missed"}


async def _monday(collecting: Collecting) -> list[pb.RoundStop]:
    """The stops of a Monday on which two containers are collected."""
    await collecting.container("kontainer-miroto", 47)
    await collecting.container("kontainer-gabahan", 47)
    return sorted(stops(await collecting.planned()), key=lambda one: one.code)


async def test_a_container_that_was_still_open_when_the_day_was_over_is_caught_up_with(collecting: Collecting) -> None:
    gabahan, _ = await _monday(collecting)
    await collecting.tick(gabahan)
    collecting.served.pass_time(hours=22)
    assert causes(stops(await collecting.planned(TUESDAY))) == {"kontainer-miroto": "missed"}


async def test_what_is_open_while_the_day_lasts_is_not_missed_yet(collecting: Collecting) -> None:
    gabahan, _ = await _monday(collecting)
    await collecting.tick(gabahan)
    assert not stops(await collecting.planned(TUESDAY))


async def test_where_nobody_ticked_anything_off_nothing_is_taken_for_missed(collecting: Collecting) -> None:
    await _monday(collecting)
    collecting.served.pass_time(hours=22)
    assert not stops(await collecting.planned(TUESDAY))


async def test_what_was_collected_since_it_was_missed_waits_for_its_day(collecting: Collecting) -> None:
    await collecting.container("kontainer-miroto", 47)
    first = stops(await collecting.planned())[0]
    missed = await collecting.tick(first, state=pb.ROUND_STOP_STATE_UNREACHABLE, note="Jalan ditutup pasar malam.")
    await collecting.tick(missed)
    assert not stops(await collecting.planned(TUESDAY))


_CROWD = """
INSERT INTO thing (id, version, code, kind, name, agency, area, lon, lat, created_at, updated_at)
SELECT gen_random_uuid(), 1, 'a' || number, 'container', 'Bak', 'dlh', $1, 110.394, -6.993, now(), now()
  FROM generate_series(1, 2100) AS number
"""
_BACKLOG = """
INSERT INTO cleanup (id, version, state, complaint_id, complaint, correlation, category, area, lon, lat, agency, due_at,
                     created_at, updated_at)
SELECT gen_random_uuid(), 1, 'open', 'c' || number, 'C-' || number, '', 'sampah-menumpuk', $1, 110.394, -6.993, 'dlh',
       $2, now(), now()
  FROM generate_series(1, 2100) AS number
"""
BONGSARI = "33.74.13.1008"
"""The other depot's."""


async def test_a_depots_places_are_gathered_however_many_others_have(collecting: Collecting) -> None:
    served = collecting.served
    await served.runtime.pool.execute(_CROWD, BONGSARI)
    await served.runtime.pool.execute(_BACKLOG, BONGSARI, DUE - timedelta(days=20))
    await collecting.container("kontainer-gabahan", 90)
    job = await collecting.job()
    plan = await collecting.planned()
    assert set(causes(stops(plan))) == {"kontainer-gabahan", job.code}
    assert not plan.left_out


async def test_what_is_more_than_is_searched_for_is_left_out_with_its_reason(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "MOST", 1)
    await collecting.container("kontainer-miroto", 20)  # it is its day
    await collecting.container("kontainer-gabahan", 100)
    plan = await collecting.planned()
    assert causes(stops(plan)) == {"kontainer-gabahan": "full"}
    assert causes(plan.left_out) == {"kontainer-miroto": "no_room"}


async def test_a_plan_is_stored_in_as_many_statements_however_many_its_stops(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    fetch, execute = Transaction.fetch, Transaction.execute

    async def fetching(tx: Transaction, sql: str, *args: object) -> list[Any]:
        asked.append(sql)
        return await fetch(tx, sql, *args)

    async def executing(tx: Transaction, sql: str, *args: object) -> str:
        asked.append(sql)
        return await execute(tx, sql, *args)

    for number in range(5):
        await collecting.job(number)
    monkeypatch.setattr(Transaction, "fetch", fetching)
    monkeypatch.setattr(Transaction, "execute", executing)
    assert len(stops(await collecting.planned())) == 5
    assert [
        sum("INSERT INTO round_stop" in sql for sql in asked),
        sum("INSERT INTO round (" in sql for sql in asked),
    ] == [1, 1]
