"""The counters that the overview adds up equal a recount of all complaints, whatever happened to them, in any order."""

import asyncio
import contextlib
import importlib.util
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.governance.overview import store, timers
from services.governance.pillar import PILLAR
from services.kit.ids import uuid7
from tests.governance.conftest import MONDAY, Governance

STATES = ("filed", "assigned", "in_progress", "waiting_for_reporter", "resolved", "closed", "reopened", "withdrawn")
AGENCIES, AREAS = ("dlh", "dpu", "dinkes"), ("", "33.74.01.1007", "33.74.01.1010")
_INSERT = """
INSERT INTO complaint (id, code, version, class, category, landmark, text, rule, why_id, why_en, channel, updated_at,
                       link_hash, created_at, state, area, agency, secret, exercise, resolved_at, on_time, rating,
                       due_at, wake_at)
VALUES ($1::uuid, ($1::uuid)::text, 1, 'ordinary', 'lainnya', '', '', 0, '', '', 'api', now(), '', $2, $3, $4, $5, $6,
        $7, $8, $9, $10, $11, $12)
"""
_CHANGE = """
UPDATE complaint
   SET created_at = $2, state = $3, area = $4, agency = $5, secret = $6, exercise = $7, resolved_at = $8, on_time = $9,
       rating = $10, due_at = $11, wake_at = $12
 WHERE id = $1
"""


class _UndoneError(Exception):
    """Something failed, and the transaction goes on without it."""


def _facts(random: Random, now: datetime) -> list[Any]:
    """All that is counted of a complaint, in the order of the statements."""

    def earlier() -> datetime:
        return now - timedelta(hours=random.choice([0, 1, 30, 24 * 6, 24 * 7, 24 * 89, 24 * 90, 24 * 200]))

    state = random.choice(STATES)
    resolved = earlier() if state in {"resolved", "closed"} or random.random() < 0.2 else None
    # As the clocks have it: a deadline wakes, unless its passing was escalated; then the next one does, if any.
    passed = random.random() < 0.3
    due = random.choice([None, earlier() - timedelta(minutes=1), now + timedelta(hours=random.randint(1, 400))])
    later = random.choice([None, now + timedelta(days=20)])
    wake = later if due is None or (passed and due < now) else due
    return [
        earlier(),
        state,
        random.choice(AREAS),
        random.choice(AGENCIES),
        random.random() < 0.2,
        random.random() < 0.2,
        resolved,
        random.random() < 0.5,
        random.choice([0, 0, 1, 3, 5]),
        due,
        wake,
    ]


async def _happen(governance: Governance, random: Random, changes: int) -> None:
    """Complaints come, change and go, several in a transaction."""
    known: list[Any] = []
    pool = governance.runtime.pool
    while changes > 0:
        async with pool.acquire() as connection, connection.transaction():
            for _ in range(random.choice([1, 1, 1, 2, 5])):
                changes -= 1
                with contextlib.suppress(_UndoneError):
                    async with connection.transaction():
                        await connection.execute(_INSERT, uuid7(), *_facts(random, governance.now))
                        raise _UndoneError
                chance = random.random()
                if chance < 0.4 or not known:
                    known.append(uuid7())
                    await connection.execute(_INSERT, known[-1], *_facts(random, governance.now))
                elif chance < 0.95:
                    await connection.execute(_CHANGE, random.choice(known), *_facts(random, governance.now))
                else:
                    gone = known.pop(random.randrange(len(known)))
                    await connection.execute("DELETE FROM complaint WHERE id = $1", gone)


def _recount(rows: list[Any], now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is to be told by area and by agency, counted one by one."""
    today = now.astimezone(UTC).date()
    areas: dict[str, Counter[str]] = {}
    agencies: dict[str, Counter[str]] = {}
    for row in (one for one in rows if not one["exercise"]):
        for what, at in (("filed", row["created_at"]), ("resolved", row["resolved_at"])):
            if at is not None and today - timedelta(days=6) <= at.date() <= today:
                areas.setdefault("" if row["secret"] else row["area"], Counter())[what] += 1
        told = agencies.setdefault(row["agency"], Counter())
        if row["resolved_at"] is not None and today - timedelta(days=89) <= row["resolved_at"].date() <= today:
            told += Counter(resolved=1, on_time=row["on_time"], rated=row["rating"] > 0, stars=row["rating"])
        if row["open"]:
            told += Counter(open=1, overdue=row["due_at"] is not None and row["due_at"] < now)
        agencies[row["agency"]] = told
    return areas, {agency: told for agency, told in agencies.items() if told["open"] or told["resolved"]}


async def _agrees(governance: Governance) -> None:
    rows = await governance.runtime.pool.fetch("SELECT * FROM complaint")
    async with governance.runtime.snapshot() as tx:
        found = await store.counts(tx)
        waiting = await store.waiting(tx)
    areas, agencies = _recount(list(rows), governance.now)
    names = ("resolved", "on_time", "rated", "stars", "open", "overdue")
    assert {row["area"]: (row["filed"], row["resolved"]) for row in found.areas} == {
        area: (told["filed"], told["resolved"]) for area, told in areas.items()
    }
    assert {row["agency"]: [row[name] for name in names] for row in found.agencies} == {
        agency: [told[name] for name in names] for agency, told in agencies.items()
    }
    assert {row["agency"]: (row["open"], row["overdue"]) for row in waiting} == {
        agency: (told["open"], told["overdue"]) for agency, told in agencies.items() if told["open"]
    }


@pytest.mark.parametrize("seed", range(6))
async def test_counters_equal_a_recount_after_any_changes_and_as_time_passes(governance: Governance, seed: int) -> None:
    random = Random(seed)
    for _ in range(4):
        await _happen(governance, random, 40)
        await _agrees(governance)
        await timers.fold_counters(governance.runtime)
        governance.pass_time(hours=random.choice([0.5, 7, 23, 24 * 6, 24 * 40]))
        await _agrees(governance)


async def test_what_is_rolling_begins_with_the_day_of_who_reads_wherever_the_timer_stands(
    governance: Governance,
) -> None:
    random = Random(7)
    await timers.fold_counters(governance.runtime)
    for hours in (24 * 3, -24 * 2, 24 * 200, -24 * 150, 24 * 100):
        await _happen(governance, random, 30)
        await timers.fold_counters(governance.runtime)
        governance.pass_time(hours=hours)
        await _agrees(governance)  # the timer has not come to the new day
        await timers.fold_counters(governance.runtime)
        await _agrees(governance)
    kept = await governance.runtime.pool.fetch("SELECT sum(resolved) FROM punctuality_rolling")
    assert kept[0][0] > 0


async def test_transactions_that_change_many_cases_never_wait_for_each_other_in_a_circle(
    governance: Governance,
) -> None:
    await asyncio.gather(*(_happen(governance, Random(seed), 60) for seed in range(8)))
    await _agrees(governance)


async def test_rows_are_folded_into_one_for_each_key_while_others_come(governance: Governance) -> None:
    async def folding() -> None:
        for _ in range(20):
            await timers.fold_counters(governance.runtime)
            await asyncio.sleep(0.01)

    await asyncio.gather(folding(), *(_happen(governance, Random(seed), 60) for seed in range(4)))
    await _agrees(governance)
    await timers.fold_counters(governance.runtime)
    await _agrees(governance)
    for counters in timers.COUNTERS:
        key = ", ".join(counters.key)
        sql = f"SELECT count(*) AS rows, count(DISTINCT ({key})) AS keys, bool_or(fresh) AS fresh FROM {counters.table}"
        found = await governance.runtime.pool.fetchrow(sql)
        assert found is not None
        assert found["rows"] == found["keys"] > 0
        assert not found["fresh"]


async def test_the_migration_counts_what_is_there_already(governance: Governance) -> None:
    await _happen(governance, Random(3374), 120)
    (file,) = PILLAR.migrations.glob("*_counters.py")
    spec = importlib.util.spec_from_file_location("counters", Path(file))
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    await governance.admin.execute(
        f"""
        SET search_path = governance;
        DELETE FROM activity; DELETE FROM punctuality; DELETE FROM workload;
        {migration.FILL}
        """
    )
    assert governance.now == MONDAY
    await _agrees(governance)
