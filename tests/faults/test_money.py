"""Kill anything while money moves: what was acknowledged happened once, and the books add up in every snapshot."""

import asyncio
import os
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from smartcity.economy.v1 import payments_pb2
from tests.faults.books import Auditor, faults
from tests.faults.killing import Killer
from tests.faults.payers import TOP_UP, Payers, spread
from tests.fixtures.house import House, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

SEED = int(os.environ.get("SMARTCITY_FAULT_SEED", "2026"))
KEYS = int(os.environ.get("SMARTCITY_FAULT_KEYS", "500"))
CALLERS = 100
WALLETS = 20
KILLS = 20
QRIS = 120
UNITS = 1000
WHIMS = ("slow", "vanish", "broken", "late", "duplicate", "reorder", "forget")
POINTS = ("action.before-commit", "action.committed", "relay.published")


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Three processes per pillar, full fsync, a bank that misbehaves when told."""
    with tempfile.TemporaryDirectory(prefix="smartcity-money-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        (home / "faults").mkdir()
        env = {
            "SMARTCITY_FAULTS": str(home / "faults"),
            "SMARTCITY_TRACE_RATIO": "0.01",
            "SMARTCITY_DEMO": "off",
        }
        made = House(home, processes=3, gateways=2, env=env)
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="module")
async def payers(house: House) -> AsyncIterator[Payers]:
    """A merchant and twenty full wallets."""
    made = Payers(house)
    await made.open(WALLETS)
    yield made
    await made.close()


@pytest.fixture
async def auditor(house: House) -> AsyncIterator[Auditor]:
    """Somebody who looks into the books all the time."""
    made = Auditor(house)
    looking = asyncio.create_task(made.run())
    yield made
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


async def test_a_hundred_callers_with_one_key_pay_once_however_often_the_process_dies(
    house: House, payers: Payers, auditor: Auditor
) -> None:
    payments = [await payers.create(UNITS) for _ in range(KEYS)]
    killer = Killer(house, house.home / "faults", random.Random(SEED), KILLS, POINTS, ())
    killing = asyncio.create_task(killer.run())
    for number, payment in enumerate(payments):
        await payers.pay(payment, spread(payers.wallets, number), CALLERS)
    while not killing.done():
        payment = await payers.create(UNITS)
        await payers.pay(payment, spread(payers.wallets, len(payers.paid)), CALLERS)
    await killing
    print(f"seed {SEED}: kills {killer.killed}, {payers.attempts} calls, {auditor.looks} looks into the books")
    assert auditor.looks > KEYS // 10
    assert auditor.found == []
    await assert_paid_once(house, payers)


async def test_qris_payments_survive_a_bank_that_misbehaves_and_processes_that_die(
    house: House, payers: Payers, auditor: Auditor
) -> None:
    async with httpx.AsyncClient(base_url=house.about["urls"]["bank"], timeout=10) as bank:
        targets = ("economy", "bank", "nats", "postgres", "gateway")
        chance = random.Random(SEED)
        killer = Killer(house, house.home / "faults", chance, KILLS // 2, POINTS, targets)
        killing = asyncio.create_task(killer.run())
        shown: list[payments_pb2.Payment] = []
        while not killing.done() or len(shown) < QRIS:
            await misbehave(bank, chance)
            payment = await payers.present(await payers.create(UNITS + len(shown)))
            await insist_at_the_bank(bank, payment.qr)
            shown.append(payment)
        await killing
        await until(partial(told, bank, "DELETE"), 60, "the bank behaves again")
    print(f"seed {SEED}: kills {killer.killed}, {len(shown)} paid by QRIS")
    await all_captured(house, shown)
    assert auditor.found == []
    admin = await house.database()
    try:
        assert await faults(admin) == []
        sql = "SELECT reference, count(*) AS times FROM economy.transfer WHERE kind = 'capture' GROUP BY 1"
        times = {row["reference"]: row["times"] for row in await admin.fetch(sql)}
        assert {payment.code: times.get(payment.code) for payment in shown} == {p.code: 1 for p in shown}
    finally:
        await admin.close()


async def assert_paid_once(house: House, payers: Payers) -> None:
    """Each acknowledged payment took its amount from its payer once, and nothing else happened."""
    admin = await house.database()
    try:
        assert await faults(admin) == []
        rows = await admin.fetch(
            "SELECT p.id::text AS id, w.subject, t.amount FROM economy.payment p"
            " JOIN economy.transfer t ON t.reference = p.code AND t.kind = 'capture'"
            " JOIN economy.wallet w ON w.account = t.debit"
        )
        assert Counter(row["id"] for row in rows) == Counter(dict.fromkeys(payers.paid, 1))
        assert {row["id"]: (row["subject"], row["amount"]) for row in rows} == payers.paid
        spent = Counter[str]()
        for subject, units in payers.paid.values():
            spent[subject] += units
        wallets = await admin.fetch(
            "SELECT w.subject, a.balance FROM economy.wallet w JOIN economy.account a ON a.id = w.account"
        )
        assert {row["subject"]: TOP_UP - row["balance"] for row in wallets if row["subject"] in spent} == dict(spent)
        captured = "smartcity.economy.v1.PaymentCaptured"
        told = await admin.fetch(
            "SELECT aggregate FROM economy.outbox WHERE type = $1 AND aggregate = ANY($2)", captured, list(payers.paid)
        )
        assert Counter(row["aggregate"] for row in told) == Counter(dict.fromkeys(payers.paid, 1))
    finally:
        await admin.close()


async def all_captured(house: House, shown: list[payments_pb2.Payment]) -> None:
    """Waits until every payment that the bank took is captured, by notification or by asking."""
    admin = await house.database()
    sql = "SELECT count(*) FROM economy.payment WHERE id = ANY($1::uuid[]) AND state <> 'captured'"

    async def done() -> bool:
        return not await admin.fetchval(sql, [payment.id for payment in shown])

    try:
        await until(done, 120, "every payment is captured")
    finally:
        await admin.close()


async def insist_at_the_bank(bank: httpx.AsyncClient, qr: str) -> None:
    """Pays a QRIS at the bank, again while the bank is away; a second time is refused there as paid."""

    async def paid() -> Any:
        try:
            answer = await bank.post("/api/pay", json={"qr": qr})
        except httpx.TransportError:
            return False
        return answer.status_code == 200 or (answer.status_code == 422 and answer.json()["reason"] == "paid")

    await until(paid, 60, "the bank takes the money")


async def misbehave(bank: httpx.AsyncClient, chance: random.Random) -> None:
    """Has the bank do one thing wrong the next time, or nothing."""
    kind = chance.choice(("", "", *WHIMS))
    if kind:
        await told(bank, "POST", {"kind": kind, "times": 1, "value": 1.0 if kind in ("slow", "late") else None})


async def told(bank: httpx.AsyncClient, method: str, whim: dict[str, Any] | None = None) -> bool:
    """Whether the bank has heard; it may just be dead."""
    try:
        return (await bank.request(method, "/api/whims", json=whim)).is_success
    except httpx.TransportError:
        return False
