"""The counters that the overview adds up equal a recount of all clean-ups, whatever happened to them, in any order."""

import asyncio
import importlib.util
from collections import Counter
from datetime import UTC, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.environment.overview import store
from services.environment.pillar import PILLAR
from services.kit.ids import uuid7
from tests.environment.conftest import Environment

AREAS = ("", "33.74.01.1007", "33.74.01.1010")
_INSERT = """
INSERT INTO cleanup (id, version, complaint_id, complaint, correlation, category, agency, created_at, updated_at,
                     state, area, secret, exercise, due_at, completed_at)
VALUES ($1::uuid, 1, ($1::uuid)::text, '', '', '', 'dlh', now(), now(), $2, $3, $4, $5, $6, $7)
"""
_CHANGE = """
UPDATE cleanup SET state = $2, area = $3, secret = $4, exercise = $5, due_at = $6, completed_at = $7 WHERE id = $1
"""


def _facts(random: Random, environment: Environment) -> list[Any]:
    """All that is counted of a clean-up, in the order of the statements."""
    now = environment.now
    state = random.choice(["open", "open", "dispatched", "completed", "abandoned"])
    due = now + timedelta(minutes=random.choice([-60 * 24 * 300, -1500, -70, -10, 0, 10, 70, 1500, 60 * 24 * 30]))
    completed = now - timedelta(hours=random.choice([0, 30, 24 * 6, 24 * 7])) if state == "completed" else None
    secret, exercise = random.random() < 0.2, random.random() < 0.2
    return [state, random.choice(AREAS), secret, exercise, random.choice([None, due, due]), completed]


async def _happen(environment: Environment, random: Random, changes: int) -> None:
    """Clean-ups come, change and go, several in a transaction."""
    known: list[Any] = []
    for _ in range(changes // 2):
        async with environment.served.runtime.pool.acquire() as connection, connection.transaction():
            for _ in range(2):
                chance = random.random()
                if chance < 0.4 or not known:
                    known.append(uuid7())
                    await connection.execute(_INSERT, known[-1], *_facts(random, environment))
                elif chance < 0.95:
                    await connection.execute(_CHANGE, random.choice(known), *_facts(random, environment))
                else:
                    gone = known.pop(random.randrange(len(known)))
                    await connection.execute("DELETE FROM cleanup WHERE id = $1", gone)


async def _agrees(environment: Environment) -> None:
    runtime, now = environment.served.runtime, environment.now
    rows = [row for row in await runtime.pool.fetch("SELECT * FROM cleanup") if not row["exercise"]]
    async with runtime.snapshot() as tx:
        totals, areas = await store.totals(tx), await store.areas(tx)
    today = now.astimezone(UTC).date()
    recent = [
        row for row in rows if row["completed_at"] and timedelta() <= today - row["completed_at"].date() < timedelta(7)
    ]
    late = [row for row in rows if row["live"] and row["due_at"] is not None and row["due_at"] < now]
    assert (totals["open"], totals["overdue"]) == (sum(row["live"] for row in rows), len(late))
    assert {row["area"]: row["completed"] for row in areas} == Counter(
        "" if row["secret"] else row["area"] for row in recent
    )


@pytest.mark.parametrize("seed", range(4))
async def test_counters_equal_a_recount_after_any_changes_and_as_time_passes(
    environment: Environment, seed: int
) -> None:
    random = Random(seed)
    for _ in range(4):
        await _happen(environment, random, 40)
        await _agrees(environment)
        environment.served.pass_time(hours=random.choice([0.1, 0.5, 7, 23, 24 * 6]))
        await _agrees(environment)


async def test_transactions_that_change_many_never_wait_for_each_other_in_a_circle(environment: Environment) -> None:
    await asyncio.gather(*(_happen(environment, Random(seed), 60) for seed in range(8)))
    await _agrees(environment)


async def test_the_migration_counts_what_is_there_already(environment: Environment) -> None:
    await _happen(environment, Random(3374), 120)
    (file,) = PILLAR.migrations.glob("*_counters.py")
    spec = importlib.util.spec_from_file_location("counters", Path(file))
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    emptied = "SET search_path = environment; DELETE FROM completion; DELETE FROM backlog;"
    await environment.served.admin.execute(f"{emptied} {migration.FILL}")
    await _agrees(environment)
