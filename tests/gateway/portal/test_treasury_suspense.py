"""Money in suspense at the treasury's desk without JavaScript: reached, decided on, and told to whom it concerns."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from gateway.portal.economy import treasury
from gateway.portal.kit.paging import PAGE
from tests.gateway.portal.conftest import Database
from tests.gateway.portal.pages import Browser
from tests.gateway.till import Till

_SUSPENDED = """
INSERT INTO economy.suspense
       (id, version, state, reason, currency, amount, provider_reference, payment, correlation, created_at, updated_at)
VALUES (gen_random_uuid(), 1, 'open', $1, 'IDR', 12000, gen_random_uuid()::text, $2, 'test', now(), now())
RETURNING id
"""
_NEWER = """
INSERT INTO economy.suspense
SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'provider_reference', 'newer-' || n,
           'created_at', s.created_at + n * interval '1 ms'))).*
  FROM economy.suspense s, generate_series(1, $2) n WHERE s.id = $1
"""


@asynccontextmanager
async def suspended(database: Database, payment: str = "") -> AsyncIterator[str]:
    """Money in suspense, by its id; of a payment for which it came late, where there is one."""
    reason = "late" if payment else "unlinked"
    item = await database.fetchval(_SUSPENDED, reason, UUID(payment) if payment else None)
    try:
        yield str(item)
    finally:
        await database.execute("DELETE FROM economy.suspense WHERE id = $1", item)


async def test_money_in_suspense_with_much_that_is_newer_is_reached_and_decided_on(
    till: Till, treasurer: Browser, database: Database
) -> None:
    async with suspended(database) as item:
        await database.execute(_NEWER, UUID(item), PAGE)
        try:
            page = await treasurer.open("/petugas/kas")
            assert f"propose-{item}" not in page.forms
            page = await treasurer.open(page.ids["older-suspense"]["href"] or "")
            form = page.forms[f"propose-{item}"]
            wrong = await treasurer.send(form, target="", note="Kata bank milik pasar")
            assert (wrong.status, f"propose-{item}" in wrong.forms) == (422, True)
            page = await treasurer.send(form, target=await till.counter(), note="Kata bank milik pasar")
            assert ("Your proposal was recorded" in page.words, f"own-{item}" in page.ids) == (True, True)
            await database.execute("UPDATE economy.suspense SET state = 'released' WHERE id = $1", UUID(item))
            page = await treasurer.open(str(page.answer.url))
            assert ("No money is in suspense" in page.words, "To the first page" in page.words) == (False, True)
        finally:
            await database.execute("DELETE FROM economy.suspense WHERE provider_reference LIKE 'newer-%'")


async def test_money_in_suspense_leads_to_the_payment_for_which_it_came_late(
    till: Till, treasurer: Browser, database: Database
) -> None:
    paid = await till.paid(12_000)
    async with suspended(database, paid["id"]):
        page = await treasurer.open("/petugas/kas")
        leads = f'href="/bayar/{paid["code"]}"' in page.source
    assert (leads, (await treasurer.open(f"/bayar/{paid['code']}")).status) == (True, 200)


async def test_nobody_is_asked_to_pay_again_while_the_treasury_looks_at_money_of_another_amount(
    till: Till, treasurer: Browser, citizen: Browser, database: Database
) -> None:
    payment = await till.payment(11_000)
    address = f"/bayar/{payment['code']}/qris"
    assert "qr-form" in (await citizen.open(address)).forms
    async with suspended(database, payment["id"]) as item:
        await database.execute("UPDATE economy.suspense SET reason = 'amount' WHERE id = $1", UUID(item))
        page = await citizen.open(address)
        assert "IDR 12,000 came for this payment instead of IDR 11,000" in page.words
        assert ("Do not pay again." in page.words, "Scan to pay" in page.words, "qr-form" in page.forms) == (
            True,
            False,
            False,
        )
        await database.execute("UPDATE economy.suspense SET state = 'released', back = true WHERE id = $1", UUID(item))
        page = await citizen.open(address)
        assert ("was sent back to the payer" in page.words, "qr-form" in page.forms) == (True, True)


async def test_money_in_suspense_is_proposed_for_a_business_that_no_list_is_long_enough_for(
    till: Till, treasurer: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await till.business()
    business = await till.business()
    monkeypatch.setattr(treasury, "LISTED", 1)
    async with suspended(database) as item:
        page = await treasurer.open("/petugas/kas")
        form = page.forms[f"propose-{item}"]
        assert (business["id"] in page.source, "PEMKOT RETRIBUSI PASAR" in page.words) == (False, True)
        wrong = await treasurer.send(form, target="nmid", note="Kata bank milik warung")
        assert (wrong.status, wrong.ids[f"nmid-{item}"]["aria-invalid"]) == (422, "true")
        wrong = await treasurer.send(form, target="", note="Kata bank milik warung")
        assert (wrong.status, wrong.ids[f"target-{item}"]["aria-invalid"]) == (422, "true")
        page = await treasurer.send(form, target="nmid", nmid=business["nmid"].lower(), note="Kata bank milik warung")
        assert "Your proposal was recorded" in page.words
        assert f"Proposed for: {business['name']}" in page.words
        assert (f"own-{item}" in page.ids, f"release-{item}" in page.forms) == (True, False), "another approves it"
