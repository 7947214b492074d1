"""The treasury's desk without JavaScript: what it decides on is there, however much else lies about."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from tests.gateway.portal.conftest import Database
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand
from tests.gateway.till import CASHIER, CITIZEN, OFFICE, TREASURER, Till

_MORE = """
INSERT INTO economy.refund
SELECT (jsonb_populate_record(r, jsonb_build_object(
           'id', gen_random_uuid(), 'requester', $2::text, 'reference', 'more-' || n,
           'created_at', r.created_at + n * interval '1 ms'))).*
  FROM economy.refund r, generate_series(1, 26) n WHERE r.id = $1
"""


async def asked(till: Till, by: str = "admin") -> dict[str, Any]:
    """A refund in cash that waits for a second person."""
    paid = await till.paid(700_000)
    body = {"amount": {"currency": "IDR", "units": 700_000}, "reason": "Tagihan salah objek"}
    refund = await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, by)
    return {**refund, "merchant": paid["merchant"]}


@asynccontextmanager
async def newer(database: Database, refund: str, requester: str) -> AsyncIterator[None]:
    """More than a page of newer ones; ``requester`` is the pillar that asked for them, empty where a person did."""
    await database.execute(_MORE, UUID(refund), requester)
    try:
        yield
    finally:
        await database.execute("DELETE FROM economy.refund WHERE reference LIKE 'more-%'")


async def test_cash_that_lies_ready_at_counters_does_not_hide_what_the_treasury_decides_on(
    till: Till, treasurer: Browser, database: Database
) -> None:
    waiting = await asked(till)
    async with newer(database, waiting["id"], "branding"):
        page = await treasurer.open("/petugas/kas")
    assert (f"approve-{waiting['id']}" in page.forms, "older-refunds" in page.ids) == (True, False)
    assert "Cash that lies ready" not in page.words


async def test_what_the_treasury_decides_on_does_not_hide_cash_that_lies_ready_at_a_counter(
    stand: Stand, till: Till, database: Database
) -> None:
    ready = await asked(till)
    async with newer(database, ready["id"], ""), stand.client() as client:
        by_pillar = "UPDATE economy.refund SET requester = 'branding', reference = 'ready' WHERE id = $1"
        await database.execute(by_pillar, UUID(ready["id"]))
        cashier = Browser(client, await stand.bearer(CASHIER))
        page = await cashier.open(f"/usaha/{ready['merchant']}/pembayaran")
        assert "There is more" not in page.words
        page = await cashier.send(page.forms[f"hand-out-{ready['id']}"])
        assert "at-counter" not in page.ids, "what others decide on is not listed there"


async def test_a_refund_with_many_newer_ones_is_reached_and_decided_on(
    till: Till, treasurer: Browser, database: Database
) -> None:
    waiting = await asked(till)
    async with newer(database, waiting["id"], ""):
        page = await treasurer.open("/petugas/kas")
        assert f"approve-{waiting['id']}" not in page.forms
        page = await treasurer.open(page.ids["older-refunds"]["href"] or "")
        page = await treasurer.send(page.forms[f"approve-{waiting['id']}"])
        assert (page.status, f"refund-{waiting['id']}" in page.ids) == (200, False)


async def test_who_rejects_what_another_has_approved_reads_that_and_what_they_had_written(
    till: Till, treasurer: Browser
) -> None:
    refund = await asked(till, CASHIER)
    form = (await treasurer.open("/petugas/kas")).forms[f"reject-{refund['id']}"]
    await till.done("POST", f"/v1/refunds/{refund['id']}/approval", user="admin", etag=refund["etag"])
    page = await treasurer.send(form, reason="Bukti tidak lengkap")
    assert (page.status, f"refund-{refund['id']}" in page.ids) == (412, False)
    assert "Meanwhile somebody else has decided on it" in page.words
    assert "if you still need it: Reason Bukti tidak lengkap" in page.words


async def test_what_the_bank_refused_and_was_asked_for_again_is_at_the_bank_no_more(
    till: Till, treasurer: Browser, database: Database
) -> None:
    paid = await till.paid(20_000)
    body = {"amount": {"currency": "IDR", "units": 1_000}, "reason": "Tagihan salah objek"}
    refund = await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, CASHIER)
    await database.execute("UPDATE economy.refund SET state = 'failed' WHERE id = $1", UUID(refund["id"]))
    assert f"sent-{refund['id']}" in (await treasurer.open("/petugas/kas")).ids
    again = await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, CASHIER)
    try:
        assert f"sent-{refund['id']}" not in (await treasurer.open("/petugas/kas")).ids
    finally:
        await database.execute("UPDATE economy.refund SET state = 'done' WHERE id = $1", UUID(refund["id"]))
        sql = "UPDATE economy.payment SET refunded = 2000 WHERE id = $1"
        await database.execute(sql, UUID(again["payment"]))


async def test_whatever_the_bank_refused_is_found_however_many_it_refused_or_has_not_told_of_since(
    till: Till, treasurer: Browser, database: Database
) -> None:
    paid = await till.paid(20_000)
    body = {"amount": {"currency": "IDR", "units": 1_000}, "reason": "Tagihan salah objek"}
    oldest = await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, CASHIER)
    await database.execute("UPDATE economy.refund SET state = 'failed' WHERE id = $1", UUID(oldest["id"]))
    made = """
        UPDATE economy.refund SET state = $1, amount = 7
         WHERE reference LIKE 'more-%' AND right(reference, 1) = ANY($2::text[])
    """
    try:
        assert "more-failed" not in (await treasurer.open("/petugas/kas")).ids
        async with newer(database, oldest["id"], ""):
            await database.execute(made, "processing", list("56789"))
            page = await treasurer.open("/petugas/kas")
            assert (f"sent-{oldest['id']}" in page.ids, "There are more" in page.words) == (False, True)
            page = await treasurer.open(page.ids["more-failed"]["href"] or "")
            assert (f"sent-{oldest['id']}" in page.ids, len(re.findall('id="sent-', page.source))) == (True, 15)
            page = await treasurer.open("/petugas/kas/di-bank?state=processing")
            assert (f"sent-{oldest['id']}" in page.ids, len(re.findall('id="sent-', page.source))) == (False, 12)
            assert (await treasurer.open("/petugas/kas/di-bank?state=done")).forms["filter-form"].filled() == {
                "state": "failed"
            }
        page = await treasurer.open("/petugas/kas/di-bank?state=processing")
        assert page.ids["none-at-the-bank"] is not None
    finally:
        await database.execute("UPDATE economy.refund SET state = 'done' WHERE id = $1", UUID(oldest["id"]))
        await database.execute("UPDATE economy.payment SET refunded = 1000 WHERE id = $1", UUID(paid["id"]))


async def test_the_treasury_finds_any_payment_by_its_code(till: Till, treasurer: Browser) -> None:
    payment = await till.payment(8_000)
    page = await treasurer.open(f"/petugas/kas?kode={payment['code'].lower()}")
    assert (page.status, str(page.answer.url.path)) == (200, f"/usaha/{payment['merchant']}/bayar/{payment['id']}")
    page = await treasurer.open("/petugas/kas?kode=SMGP-0000000-00")
    assert (page.status, page.ids["kode"]["aria-invalid"]) == (404, "true")


async def test_a_wallet_is_filled_with_cash_at_the_treasurys_desk_and_the_top_up_given_back_there(
    stand: Stand, till: Till, treasurer: Browser
) -> None:
    opened = await till.send("POST", "/v1/wallets", user=CITIZEN)
    assert opened.status_code in (200, 201, 409), opened.text
    asked = await till.done("POST", "/v1/wallets/me/top-ups", {"amount": {"currency": "IDR", "units": 30_000}}, CITIZEN)
    counter = await till.counter(TREASURER)
    page = await treasurer.open(f"/petugas/kas?kode={asked['code']}")
    assert (page.status, str(page.answer.url.path)) == (200, f"/usaha/{counter}/bayar/{asked['id']}")
    page = await treasurer.send(page.forms["cash-form"])
    assert (page.ids["payment"]["data-state"], "The cash was recorded" in page.words) == ("captured", True)
    assert f'href="/usaha/{counter}/kembalikan/{asked["id"]}"' in page.source
    page = await treasurer.open(f"/usaha/{counter}/kembalikan/{asked['id']}?amount=10000")
    assert "Top-up" in page.words
    page = await treasurer.send(page.forms["refund-form"], reason="Salah isi dompet")
    assert (page.status, "done" in page.ids) == (200, True)
    page = await treasurer.open(f"/usaha/{counter}/bayar/{asked['id']}")
    assert ("refunds" in page.ids, page.ids["payment"]["data-state"]) == (True, "partly_refunded")
    assert (await till.done("GET", f"/v1/payments/{asked['id']}", user=TREASURER))["refunded"]["units"] == 10_000
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer(CASHIER))
        assert (await cashier.open(f"/usaha/{await till.counter()}/bayar/{asked['id']}")).status == 404


async def test_a_counter_that_was_suspended_is_taken_back_at_the_treasurys_desk(
    stand: Stand, till: Till, treasurer: Browser
) -> None:
    counter = await till.done("GET", f"/v1/merchants/{await till.counter()}", user=TREASURER)
    path, why = f"/v1/merchants/{counter['id']}", {"reason": "Loket ditutup selama renovasi."}
    await till.done("POST", f"{path}/suspension", why, TREASURER, counter["etag"])
    async with stand.client() as client:
        office = Browser(client, await stand.bearer(OFFICE))
        page = await office.open(f"/petugas/usaha/{counter['id']}")
    assert (why["reason"] in page.words, "activate-form" in page.forms, "counter" in page.ids) == (True, False, True)
    page = await treasurer.open("/petugas/kas")
    assert why["reason"] in page.words
    page = await treasurer.send(page.forms[f"resume-{counter['id']}"])
    assert ("The counter is active" in page.words, "still" in page.ids) == (True, False)
    assert (await till.done("GET", path, user=TREASURER))["state"] == "active"
