"""The audit finds what was planted behind the ledger's back, says so once, and sees when it is mended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from observability import metrics, semconv
from services.economy.audit import actions, timers
from services.economy.ledger.model import city_account
from services.economy.resources import resources
from services.kit.ids import uuid7
from smartcity.economy.v1 import events_pb2, ledger_pb2
from tests.economy.conftest import ADMIN, Economy
from tests.economy.ledger.cases import CASH, TREASURY, move, moved, opened, planted, post, reserved
from tests.economy.payments.cases import Bank, City
from tests.economy.suspense.test_suspense import put_aside


@asynccontextmanager
async def behind_its_back(economy: Economy) -> AsyncIterator[Any]:
    """The administrator's connection with every trigger asleep, as a restore or a repair by hand has it."""
    admin = economy.served.admin
    async with admin.transaction():
        await admin.execute("SET LOCAL session_replication_role = replica")
        yield admin


async def looked(economy: Economy) -> list[events_pb2.LedgerFaulted]:
    """Lets the audit look; the alarms that it raised."""
    before = len(await economy.outbox())
    await timers.look(economy.runtime)
    rows = (await economy.outbox())[before:]
    return [events_pb2.LedgerFaulted.FromString(row["payload"]) for row in rows]


def found(alarms: list[events_pb2.LedgerFaulted]) -> set[tuple[str, str]]:
    return {(alarm.reason, alarm.where) for alarm in alarms}


async def test_an_honest_ledger_raises_no_alarm(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    await post(economy.runtime, move(wallet, TREASURY, 100))
    await reserved(economy.runtime, wallet, 100)
    assert not await looked(economy)
    economy.pass_time(seconds=10)
    assert not await looked(economy)
    assert not await audit_of_all(economy)


async def test_a_posting_whose_accounts_were_not_moved_is_found(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    assert not await looked(economy)
    async with behind_its_back(economy) as admin:
        await planted(admin, wallet, TREASURY, 100, posted_at=economy.now)
    expected = {
        (reason, str(account)) for reason in ("BALANCE_DIFFERS", "ENTRIES_DIFFER") for account in (wallet, TREASURY)
    }
    assert found(await looked(economy)) == expected
    assert await audit_of_all(economy) == expected


async def test_a_posting_out_of_its_chain_is_found_though_the_accounts_agree_with_it(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    async with behind_its_back(economy) as admin:
        made = await planted(admin, wallet, TREASURY, 100, credit_balance=100_000, posted_at=economy.now)
        await moved(admin, wallet, -100)
        await moved(admin, TREASURY, 100_000)
        await moved(admin, CASH, -99_900, 0)
    expected = {("CHAIN_BROKEN", str(made)), ("BALANCE_DIFFERS", str(CASH))}
    assert found(await looked(economy)) == expected
    assert await audit_of_all(economy) == expected


async def test_a_posting_of_an_entry_s_number_on_its_other_side_is_found(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    await post(economy.runtime, move(wallet, TREASURY, 100))
    economy.pass_time(days=1)
    await looked(economy)
    async with behind_its_back(economy) as admin:
        fields = {"debit_number": 1, "debit_balance": -100, "credit_number": 2, "credit_balance": 200}
        made = await planted(admin, wallet, TREASURY, 100, posted_at=economy.now, **fields)
    assert ("CHAIN_BROKEN", str(made)) in found(await looked(economy))


async def test_a_posting_to_an_account_that_is_not_there_is_found(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    async with behind_its_back(economy) as admin:
        nowhere = {"credit": uuid7(), "credit_number": 1, "credit_balance": 100}
        made = await planted(admin, wallet, TREASURY, 100, posted_at=economy.now, **nowhere)
        await moved(admin, wallet, -100)
    assert {("ACCOUNT_MISSING", str(made)), ("NOT_ZERO_SUM", "IDR")} <= found(await looked(economy))


async def test_a_balance_changed_without_a_posting_is_found(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    economy.pass_time(days=1)
    await looked(economy)
    async with behind_its_back(economy) as admin:
        await moved(admin, wallet, 5, 0)
    assert found(await looked(economy)) == {("NOT_ZERO_SUM", "IDR"), ("BALANCE_DIFFERS", str(wallet))}


async def test_a_hold_that_the_account_does_not_know_of_is_found(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    async with behind_its_back(economy) as admin:
        await admin.execute(
            "INSERT INTO economy.hold (id, account, amount, state, created_at, updated_at)"
            " VALUES (gen_random_uuid(), $1, 1, 'reserved', now(), now())",
            wallet,
        )
    assert found(await looked(economy)) == {("HELD_DIFFERS", str(wallet))}


async def test_money_in_suspense_that_the_account_does_not_hold_is_found(economy: Economy) -> None:
    city = City(economy, Bank())
    await put_aside(city)
    assert not await looked(economy)
    add = "INSERT INTO economy.suspense SELECT (jsonb_populate_record(suspense, $1)).* FROM economy.suspense"
    await economy.served.admin.execute(add, f'{{"id": "{uuid7()}", "provider_reference": "NEVER-POSTED"}}')
    expected = {("SUSPENSE_DIFFERS", str(city_account("suspense", "IDR")))}
    assert found(await looked(economy)) == expected
    assert await audit_of_all(economy) == expected


async def test_refunds_that_the_ledger_knows_nothing_of_are_found(economy: Economy) -> None:
    bank = Bank()
    city = City(economy, bank)
    resources(economy.runtime).provider = bank
    done, asked = await city.paid(), await city.paid()
    await city.refund(done.id, 10_000)
    bank.away = {"refund"}
    waiting = await city.refund(asked.id)
    assert not await looked(economy)
    assert not await audit_of_all(economy)
    await economy.served.admin.execute("UPDATE economy.refund SET amount = 20000 WHERE payment = $1", UUID(done.id))
    await economy.served.admin.execute("UPDATE economy.refund SET hold = NULL WHERE payment = $1", UUID(asked.id))
    unheld = ("REFUND_UNHELD", waiting.id)
    assert found(await looked(economy)) == {unheld}
    assert await audit_of_all(economy) == {unheld, ("REFUND_DIFFERS", done.code)}
    resources(economy.runtime).provider = None


async def test_a_fault_is_told_once_until_it_is_mended_and_comes_again(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000, owner="citizen-1")

    async def tampered(change: int) -> list[events_pb2.LedgerFaulted]:
        async with behind_its_back(economy) as admin:
            await moved(admin, wallet, change, 0)
            await moved(admin, CASH, -change, 0)
        return await looked(economy)

    with capture_logs() as logs:
        expected = {("BALANCE_DIFFERS", str(wallet)), ("BALANCE_DIFFERS", str(CASH))}
        assert found(await tampered(5)) == expected
        assert gauge() == {"BALANCE_DIFFERS": 2}
        for _ in range(3):
            economy.pass_time(minutes=10)
            assert not await looked(economy)
        assert not await tampered(-5)
        assert gauge() == {"": 0}
        assert found(await tampered(7)) == expected
    assert [line["log_level"] for line in logs] == ["error"] * 4
    assert "citizen-1" not in repr(logs)
    rows = await economy.outbox()
    assert [row["version"] for row in rows if row["aggregate"].endswith(str(wallet))] == [1, 2]


async def test_after_a_long_pause_the_audit_looks_at_all_that_was_posted_meanwhile(economy: Economy) -> None:
    wallet = await opened(economy.runtime, 1_000)
    await looked(economy)
    economy.pass_time(minutes=30)
    async with behind_its_back(economy) as admin:
        made = await planted(admin, wallet, TREASURY, 100, debit_balance=901, posted_at=economy.now)
        await moved(admin, wallet, -99)
        await moved(admin, TREASURY, 100)
        await moved(admin, CASH, -1, 0)
    economy.pass_time(hours=5)
    assert ("CHAIN_BROKEN", str(made)) in found(await looked(economy))
    kept = await economy.runtime.pool.fetchval("SELECT audited_until FROM ledger_audit")
    assert economy.now - kept < timedelta(hours=1)


async def audit_of_all(economy: Economy) -> set[tuple[str, str]]:
    """What CheckLedger says."""
    answer = await economy.call("LedgerService.CheckLedger", ledger_pb2.CheckLedgerRequest(), ADMIN)
    assert answer.accounts == await economy.runtime.pool.fetchval("SELECT count(*) FROM account")
    assert answer.transfers == await economy.runtime.pool.fetchval("SELECT count(*) FROM transfer")
    return {(one.reason, one.where) for one in answer.problems}


async def test_the_whole_ledger_is_looked_at_piece_by_piece(economy: Economy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "CHUNK", 3)
    wallets = [await opened(economy.runtime, 1_000) for _ in range(7)]
    async with behind_its_back(economy) as admin:
        await moved(admin, wallets[-1], 5, 0)
        made = await planted(admin, wallets[0], TREASURY, 100, credit_balance=1, posted_at=economy.now)
    assert {("BALANCE_DIFFERS", str(wallets[-1])), ("CHAIN_BROKEN", str(made))} <= await audit_of_all(economy)


def gauge() -> dict[str, float]:
    """What the metric of faults says now."""
    (read,) = [read for name, _, _, read in metrics._watched if name == semconv.LEDGER_FAULTS.name]
    return {str(attributes.get(semconv.REASON, "")): value for value, attributes in read()}
