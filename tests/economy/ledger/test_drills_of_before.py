"""What drills of 0.1.0 moved on real accounts is taken back by the upgrade, whatever became of it since."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.economy.audit import actions as audit
from services.economy.pillar import PILLAR
from services.kit.city import load_city
from services.kit.database import migrate
from services.kit.database.pool import connect_pool
from services.kit.ids import uuid7
from services.kit.runtime import Runtime
from tests.economy.ledger.cases import CASH, TREASURY, adds_up, books, moved, planted
from tests.fixtures.upgrades import first_release

FOLDERS = [migrate.KIT_MIGRATIONS, PILLAR.migrations]
OPERATE = Path(__file__).parents[3] / "docs" / "operate.md"
ACCOUNT = "INSERT INTO economy.account (id, kind, currency, overdraft, created_at) VALUES ($1, $2, 'IDR', $3, now())"
PAYMENT = """
INSERT INTO economy.payment (id, code, version, state, method, payee, currency, amount, purpose, correlation, exercise,
                             created_at, updated_at, expires_at, captured_at)
VALUES ($1, $1::uuid::text, 2, 'captured', 'cash', $2, 'IDR', $3, 'levy', '', true, now(), now(), now(), now())
"""
REFUND = """
INSERT INTO economy.refund (id, version, payment, state, way, amount, reason, requested_by, hold, created_at,
                            updated_at)
VALUES ($1, 1, $2, 'requested', 'cash', $3, 'paid twice', 'officer', $4, now(), now())
"""
HOLD = """
INSERT INTO economy.hold (id, account, amount, state, created_at, updated_at)
VALUES ($1, $2, $3, 'reserved', now(), now())
"""


class Before:
    """A database of 0.1.0, and what happens in its ledger."""

    def __init__(self, url: str, admin: "asyncpg.Connection[Any]") -> None:
        self.url = url
        self.admin = admin

    async def account(self, kind: str, id_: UUID | None = None) -> UUID:
        """A new account."""
        made = id_ or uuid7()
        await self.admin.execute(ACCOUNT, made, kind, kind == "cash")
        return made

    async def move(self, debit: UUID, credit: UUID, amount: int, *, drill: bool = False) -> None:
        """Posts a transfer; of a drill between real accounts, as 0.1.0 did."""
        async with self.admin.transaction():
            await moved(self.admin, debit, -amount)
            await moved(self.admin, credit, amount)
            await planted(self.admin, debit, credit, amount, exercise=drill)

    async def refund_asked(self, payee: UUID, amount: int) -> UUID:
        """Somebody asks for the refund of a drill's payment, which a second person has to approve."""
        payment, refund, hold = uuid7(), uuid7(), uuid7()
        async with self.admin.transaction():
            await self.admin.execute(PAYMENT, payment, payee, amount)
            await self.admin.execute(REFUND, refund, payment, amount, hold)
            await self.admin.execute(HOLD, hold, payee, amount)
            await self.admin.execute("UPDATE economy.account SET held = held + $2 WHERE id = $1", payee, amount)
        return refund

    async def upgrade(self) -> dict[UUID, int]:
        """Brings it to this version; what is on each account then. Nothing may be wrong with its books."""
        await migrate.upgrade(self.url, "economy", FOLDERS)
        rows = await books(self.admin)
        assert adds_up(rows)
        pool = await connect_pool(self.url, "economy", 2)
        runtime = Runtime("economy", SimpleNamespace(), pool, load_city("semarang"))
        async with runtime.snapshot() as tx:
            found = await audit.everything(tx)
        await pool.close()
        assert not found.problems
        return {row["id"]: row["balance"] for row in rows}

    async def left(self) -> list[tuple[Any, ...]]:
        """What could not be taken back, by the question that docs/operate.md asks."""
        asked = re.search(r'\$PSQL -c "(WITH moved [^"]+)"', OPERATE.read_text(encoding="utf-8"))
        assert asked
        return [tuple(row) for row in await self.admin.fetch(asked[1])]


@pytest.fixture
async def before(postgres: str, tmp_path: Path) -> AsyncIterator[Before]:
    """A database of 0.1.0 with the city's cash and treasury."""
    async with first_release(postgres, "economy", FOLDERS, tmp_path) as url:
        admin = await asyncpg.connect(url)
        made = Before(url, admin)
        await made.account("cash", CASH)
        await made.account("treasury", TREASURY)
        yield made
        await admin.close()


async def test_what_a_counter_gave_back_of_its_drill_s_takings_is_left_and_named(before: Before) -> None:
    counter = await before.account("merchant")
    await before.move(CASH, counter, 100_000, drill=True)
    await before.move(CASH, counter, 30_000)
    await before.move(counter, TREASURY, 30_000)  # settled; then refunded, for which 0.1.0 took the drill's money
    await before.move(counter, CASH, 30_000)
    assert await before.upgrade() == {CASH: -30_000, TREASURY: 30_000, counter: 0}
    assert await before.left() == [("merchant", counter, "cash", CASH, 30_000, "IDR")]


async def test_a_refund_of_a_drill_that_waits_is_refused_and_all_goes_back(before: Before) -> None:
    counter = await before.account("merchant")
    await before.move(CASH, counter, 600_000, drill=True)
    await before.move(CASH, counter, 20_000)
    refund = await before.refund_asked(counter, 600_000)
    assert await before.upgrade() == {CASH: -20_000, TREASURY: 0, counter: 20_000}
    row = await before.admin.fetchrow("SELECT state, refusal, hold FROM economy.refund WHERE id = $1", refund)
    assert row is not None
    assert (row["state"], bool(row["refusal"])) == ("rejected", True)
    assert await before.admin.fetchval("SELECT state FROM economy.hold WHERE id = $1", row["hold"]) == "released"
    assert await before.left() == []


async def test_wallets_get_theirs_before_the_city_and_fees_come_back_before_all(before: Before) -> None:
    wallet, counter, fees = [await before.account(kind) for kind in ("wallet", "merchant", "fees")]
    await before.move(CASH, wallet, 50_000)
    await before.move(wallet, counter, 50_000, drill=True)
    await before.move(CASH, counter, 40_000, drill=True)
    await before.move(counter, fees, 1_000, drill=True)
    await before.move(counter, TREASURY, 30_000)
    assert await before.upgrade() == {CASH: -80_000, TREASURY: 30_000, wallet: 50_000, counter: 0, fees: 0}
    assert await before.left() == [("merchant", counter, "cash", CASH, 30_000, "IDR")]
