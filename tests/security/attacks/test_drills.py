"""A drill never moves real money: staff run it, no bank hears of it, and its postings have accounts of their own."""

import runpy
from uuid import UUID

import asyncpg
import pytest

from services.economy.audit import actions as audit
from services.economy.captures.model import Outcome
from services.economy.ledger.model import city_account, drill_account
from services.economy.pillar import PILLAR
from services.kit.caller import Caller
from smartcity.economy.v1 import ledger_pb2, settlement_pb2
from tests.economy.conftest import ADMIN, CITIZEN, MARKETS, OWNER, TREASURER, TREASURER_2, refused, request_id
from tests.economy.ledger.cases import move, moved, planted, post
from tests.economy.levies.cases import Office
from tests.economy.payments.cases import City, city, state

__all__ = ["city"]

DAY = "2026-11-24"


async def _real(city: City) -> dict[UUID, tuple[int, int]]:
    """What is on every account that is no drill's."""
    rows = await city.economy.runtime.pool.fetch("SELECT id, balance, entries FROM account WHERE NOT exercise")
    return {row["id"]: (row["balance"], row["entries"]) for row in rows}


async def _drilled(city: City) -> int:
    return await city.balance(drill_account(UUID(await city.counter())))


async def test_only_staff_run_drills(city: City) -> None:
    business = await city.business()
    with refused("DRILL_FOR_STAFF"):
        await city.ask(1_000, OWNER, merchant=business, exercise=True)
    both = Caller(OWNER.subject, OWNER.roles | {"officer"}, "disdag")
    assert (await city.ask(1_000, both, merchant=business, exercise=True)).exercise


async def test_no_bank_hears_of_a_drill(city: City) -> None:
    drill = await city.ask(50_000, exercise=True)
    with refused("DRILL_TAKES_NO_MONEY"):
        await city.present(drill.id)
    await city.cash(drill.id)
    await city.refund(drill.id, 10_000)
    await city.tick(days=1)
    assert city.bank.calls == []


async def test_no_wallet_pays_a_drill(city: City) -> None:
    wallet = await city.wallet(100_000)
    drill = await city.ask(50_000, exercise=True)
    with refused("DRILL_TAKES_NO_MONEY"):
        await city.pay(drill.id)
    assert await city.balance(wallet) == 100_000


async def test_a_drill_leaves_every_real_account_as_it_was(city: City) -> None:
    before = await _real(city)
    drill = await city.cash((await city.ask(900_000, exercise=True)).id)
    await city.refund(drill.id, 100_000)
    waiting = await city.refund(drill.id, 600_000)
    assert state(waiting) == "requested"
    await city.approve(await city.approve(waiting), MARKETS)  # the counter hands out what was approved
    assert await _real(city) == before
    assert (await city.takings(), await _drilled(city)) == (0, 200_000)
    assert await city.balance(city_account("cash", "IDR", exercise=True)) == -200_000
    assert await city.adds_up()
    assert not await audit.look(city.economy.runtime)
    found = await city.economy.call("LedgerService.CheckLedger", ledger_pb2.CheckLedgerRequest(), ADMIN)
    assert not found.problems


async def test_the_bank_s_real_money_for_a_drill_is_real_money_in_suspense(city: City) -> None:
    shown = await city.shown(7_000)
    notice = city.bank.pay(shown.code)
    await city.economy.served.admin.execute("UPDATE economy.payment SET exercise = true WHERE id = $1", UUID(shown.id))
    assert await city.notice(notice) is Outcome.SUSPENDED
    assert await city.balance("suspense") == 7_000
    (item,) = await city.suspense()
    await city.release(await city.propose(item, await city.counter()), TREASURER_2)
    assert await city.takings() == 7_000


async def test_drills_are_in_no_list_of_accounts_no_day_and_no_report(city: City) -> None:
    await city.cash((await city.ask(900_000, exercise=True)).id)
    await city.cash((await city.ask(20_000)).id)
    listed = await city.economy.call("LedgerService.ListAccounts", ledger_pb2.ListAccountsRequest(), TREASURER)
    assert {each.balance.units for each in listed.accounts} == {0, 20_000, -20_000}
    closing = settlement_pb2.CloseDayRequest(request_id=request_id(), day=DAY, early=True)
    closed = await city.economy.call("SettlementService.CloseDay", closing, TREASURER)
    assert (closed.batches, closed.net.units) == (1, 20_000)


async def test_drills_use_up_nothing_of_what_an_officer_may_give_back(city: City) -> None:
    for _ in range(5):
        await city.refund((await city.cash((await city.ask(500_000, exercise=True)).id)).id)
    paid = await city.cash((await city.ask(10_000)).id)
    assert state(await city.refund(paid.id)) == "done"


async def test_the_receipt_of_a_drill_says_so(city: City) -> None:
    office = Office(city)
    drill = await office.paid(exercise=True)
    receipt = await office.receipt(drill.number)
    assert receipt.exercise
    assert receipt.number.startswith("SMGX-")
    assert await city.takings() == 0


async def test_the_ledger_mixes_nothing_whoever_posts(city: City) -> None:
    wallet = await city.wallet(1_000)
    drills = city_account("treasury", "IDR", exercise=True)
    real = city_account("treasury", "IDR")
    for transfer in (
        move(wallet, real, 1, exercise=True),
        move(wallet, drills, 1),
        move(city_account("cash", "IDR", exercise=True), real, 1, exercise=True),
    ):
        assert (await post(city.economy.runtime, transfer)).refusal == "DRILL_MIXED"
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await _smuggled(city, wallet, real)


async def _smuggled(city: City, debit: UUID, credit: UUID) -> None:
    """A drill's posting between real accounts, past the application."""
    admin = city.economy.served.admin
    async with admin.transaction():
        await admin.execute("UPDATE economy.account SET entries = entries + 1 WHERE id = ANY($1)", [debit, credit])
        await planted(admin, debit, credit, 1, exercise=True, posted_at=city.economy.now)


async def test_what_drills_moved_on_real_accounts_before_goes_back(city: City) -> None:
    wallet = await city.wallet(50_000)
    real = await _real(city)
    admin, cash, treasury = city.economy.served.admin, city_account("cash", "IDR"), city_account("treasury", "IDR")
    async with admin.transaction():
        await admin.execute("SET LOCAL session_replication_role = replica")
        for debit, credit, amount in ((wallet, treasury, 700), (treasury, wallet, 200), (cash, treasury, 900)):
            await planted(admin, debit, credit, amount, exercise=True, posted_at=city.economy.now)
            await moved(admin, debit, -amount)
            await moved(admin, credit, amount)
    migration = runpy.run_path(str(PILLAR.migrations / "2026_11_27_drills.py"))
    async with admin.transaction():
        await admin.execute("SET LOCAL search_path = economy")
        await admin.execute(migration["CHECK"].format(same=""))
        for step in ("REFUNDS", "MOVED", "BACK"):
            await admin.execute(migration[step])
        await admin.execute(migration["CHECK"].format(same="AND a.exercise = added.exercise"))
    assert {id_: balance for id_, (balance, _) in (await _real(city)).items()} == {
        id_: balance for id_, (balance, _) in real.items()
    }
    assert await city.adds_up()
    assert not await audit.look(city.economy.runtime)


async def test_a_citizen_sees_a_drill_as_one(city: City) -> None:
    drill = await city.ask(1_000, MARKETS, exercise=True)
    assert (await city.get(drill.id, CITIZEN)).exercise
