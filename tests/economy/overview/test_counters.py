"""The counters of the section and the gauges equal a recount, whatever happens to merchants and money in suspense."""

from random import Random
from typing import Any

import pytest

from services.economy.overview import store
from services.kit.ids import uuid7
from tests.economy.conftest import Economy
from tests.economy.ledger.cases import opened

_MERCHANT = """
INSERT INTO economy.merchant (id, version, kind, state, owner, name, mcc, sector, size, area, account, exercise,
                              created_at, updated_at)
VALUES ($1, 1, 'business', $2, 'owner-1', 'Warung', '5812', 'food', 'umi', '33.74.01.1007', $4, $3, now(), now())
"""
_SUSPENSE = """
INSERT INTO economy.suspense (id, version, state, reason, currency, amount, provider_reference, correlation, exercise,
                              created_at, updated_at)
VALUES ($1::uuid, 1, $2, $4, 'IDR', 1, ($1::uuid)::text, '', $3, now(), now())
"""
_MERCHANT_STATES, _SUSPENSE_STATES = ("applied", "active", "suspended", "closed"), ("open", "proposed", "released")
_REASONS = ("unlinked", "late", "amount")


async def _happen(economy: Economy, random: Random, changes: int) -> None:
    admin: Any = economy.served.admin
    account = await opened(economy.runtime)
    known: list[tuple[str, Any]] = []
    for _ in range(changes):
        exercise = random.random() < 0.2
        if random.random() < 0.5 or not known:
            table, id_ = random.choice(["merchant", "suspense"]), uuid7()
            states, sql, more = (
                (_MERCHANT_STATES, _MERCHANT, account)
                if table == "merchant"
                else (_SUSPENSE_STATES, _SUSPENSE, random.choice(_REASONS))
            )
            await admin.execute(sql, id_, random.choice(states), exercise, more)
            known.append((table, id_))
        else:
            table, id_ = random.choice(known)
            states = _MERCHANT_STATES if table == "merchant" else _SUSPENSE_STATES
            sql = f"UPDATE economy.{table} SET state = $2, exercise = $3 WHERE id = $1"
            await admin.execute(sql, id_, random.choice(states), exercise)


@pytest.mark.parametrize("seed", range(3))
async def test_counters_equal_a_recount_after_any_changes(economy: Economy, seed: int) -> None:
    random = Random(seed)
    for _ in range(4):
        await _happen(economy, random, 30)
        open_ = "SELECT reason, count(*) AS items FROM economy.suspense WHERE state <> 'released' AND NOT exercise"
        rows = await economy.served.admin.fetch(f"{open_} GROUP BY reason")
        active = "SELECT count(*) FROM economy.merchant WHERE state = 'active' AND NOT exercise"
        async with economy.runtime.snapshot() as tx:
            items = {row["reason"]: row["items"] for row in await store.suspended(tx)}
            assert await store.merchants(tx) == await economy.served.admin.fetchval(active)
        assert {reason: count for reason, count in items.items() if count} == {
            row["reason"]: row["items"] for row in rows
        }
