"""What 0.1.0 wrote is counted by the upgrade while others go on writing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.economy.pillar import PILLAR
from services.kit.database import filling, migrate
from tests.fixtures.upgrades import first_release
from tests.kit.conftest import within

FOLDERS = [migrate.KIT_MIGRATIONS, PILLAR.migrations]
GATE = 7_103
SHUT = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted)"
ACCOUNT = """
INSERT INTO account (id, kind, currency, overdraft, balance, created_at)
VALUES (gen_random_uuid(), 'treasury', 'IDR', true, $1, now()) RETURNING id
"""
MERCHANT = """
INSERT INTO merchant (id, version, kind, state, name, mcc, sector, size, area, account, exercise, created_at,
                      updated_at)
SELECT gen_random_uuid(), 1, 'business', $1, 'Warung', '', '', 'umi', '', id, $2, now(), now() FROM account LIMIT 1
"""
SUSPENSE = """
INSERT INTO suspense (id, version, state, reason, currency, amount, provider_reference, correlation, created_at,
                      updated_at)
VALUES (gen_random_uuid(), 1, $1, $2, 'IDR', 1, gen_random_uuid()::text, '', now(), now())
"""


class Old:
    """Economy as 0.1.0 left it, and a gate at which what is there is counted."""

    def __init__(self, url: str, admin: "asyncpg.Connection[Any]") -> None:
        self._url, self.admin = url, admin

    async def mend(self, sql: str, *arguments: Any) -> None:
        """Changes an account by hand, with ordinary triggers asleep: its total is not nothing then."""
        async with self.admin.transaction():
            await self.admin.execute("SET LOCAL session_replication_role = replica")
            await self.admin.execute(sql, *arguments)

    async def upgrade(self) -> None:
        await migrate.upgrade(self._url, "economy", FOLDERS)

    async def counted(self) -> dict[str, int]:
        """What the counters say, without those at nothing."""
        return {row["name"]: row["items"] for row in await self.admin.fetch("SELECT * FROM tally WHERE items <> 0")}

    async def total(self) -> int:
        """What all accounts add up to, as it is kept."""
        return int(await self.admin.fetchval("SELECT total FROM ledger_total WHERE currency = 'IDR' AND NOT exercise"))


@pytest.fixture
async def old(postgres: str, tmp_path: Path) -> AsyncIterator[Old]:
    async with first_release(postgres, "economy", FOLDERS, tmp_path) as url:
        admin = await asyncpg.connect(url, server_settings={"search_path": "economy", "lock_timeout": "2s"})
        made = Old(url, admin)
        for balance in (500, -200):
            await made.mend(ACCOUNT, balance)
        for state, exercise in (("active", False), ("active", False), ("applied", False), ("active", True)):
            await admin.execute(MERCHANT, state, exercise)
        for state, reason in (("open", "late"), ("proposed", "late"), ("open", "amount"), ("released", "refused")):
            await admin.execute(SUSPENSE, state, reason)
        yield made
        await admin.close()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Stands before what is there is counted of a table."""
    count = filling.count

    def at(table: str) -> None:
        def waiting(of: str, counting: str, there: str) -> None:
            held = f"SELECT pg_advisory_xact_lock({GATE}); " if of == table else ""
            count(of, counting, f"{held}{there}")

        monkeypatch.setattr(filling, "count", waiting)

    return at


async def test_what_was_there_is_counted(old: Old) -> None:
    await old.upgrade()
    assert await old.counted() == {"merchants": 2, "suspense late": 2, "suspense amount": 1}
    assert await old.total() == 300


async def test_what_merchants_and_suspense_become_meanwhile_is_counted_once(
    old: Old, gate: Callable[[str], None]
) -> None:
    gate("merchant, suspense")
    await old.admin.execute(f"SELECT pg_advisory_lock({GATE})")
    going = asyncio.create_task(old.upgrade())
    await within(lambda: old.admin.fetchval(SHUT, GATE))
    await old.admin.execute("UPDATE merchant SET state = 'active' WHERE state = 'applied'")
    await old.admin.execute("UPDATE suspense SET state = 'released' WHERE reason = 'amount'")
    await old.admin.execute(SUSPENSE, "open", "unlinked")
    await old.admin.execute(f"SELECT pg_advisory_unlock({GATE})")
    await going
    assert await old.counted() == {"merchants": 3, "suspense late": 2, "suspense unlinked": 1}
    await old.admin.execute(MERCHANT, "active", False)
    assert (await old.counted())["merchants"] == 4


async def test_what_accounts_become_meanwhile_is_added_once(old: Old, gate: Callable[[str], None]) -> None:
    gate("account")
    await old.admin.execute(f"SELECT pg_advisory_lock({GATE})")
    going = asyncio.create_task(old.upgrade())
    await within(lambda: old.admin.fetchval(SHUT, GATE))
    await old.mend("UPDATE account SET balance = balance + 7 WHERE balance > 0")
    await old.mend(ACCOUNT, 40)
    await old.admin.execute(f"SELECT pg_advisory_unlock({GATE})")
    await going
    assert await old.total() == 347
    await old.mend("UPDATE account SET balance = balance - 47 WHERE balance > 100")
    assert await old.total() == 300


@pytest.mark.parametrize("table", ["merchant, suspense", "account"])
async def test_where_a_job_dies_what_is_there_is_counted_anew(
    old: Old, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    count = filling.count

    def dies(of: str, counting: str, there: str) -> None:
        count(of, counting, f"{there} SELECT 1 / 0" if of == table else there)

    with monkeypatch.context() as patch:
        patch.setattr(filling, "count", dies)
        with pytest.raises(Exception, match="division by zero"):
            await old.upgrade()
    await old.admin.execute(MERCHANT, "active", False)
    await old.mend(ACCOUNT, 40)
    await old.upgrade()
    assert await old.counted() == {"merchants": 3, "suspense late": 2, "suspense amount": 1}
    assert await old.total() == 340
