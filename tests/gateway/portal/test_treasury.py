"""The treasury's desk without JavaScript: what it decides on is there, however much else lies about."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from gateway.portal.economy import treasury
from gateway.portal.kit.paging import PAGE
from tests.gateway.portal.conftest import Database
from tests.gateway.portal.pages import MACHINE_WRITTEN, Browser
from tests.gateway.running import Stand
from tests.gateway.till import CASHIER, CITIZEN, OFFICE, OWNER, TREASURER, Till

_MORE = """
INSERT INTO economy.refund
SELECT (jsonb_populate_record(r, jsonb_build_object(
           'id', gen_random_uuid(), 'requester', $2::text, 'reference', 'more-' || n,
           'created_at', r.created_at + n * interval '1 ms'))).*
  FROM economy.refund r, generate_series(1, 26) n WHERE r.id = $1
"""
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
_RELEASES = """
INSERT INTO economy.act (id, day, at, what, doer, agency, asker, about, currency, amount, to_payer)
SELECT gen_random_uuid(), '2020-01-03', '2020-01-03T03:00Z', 'release_approved', 'a', 'bpkad', 'b', about, 'IDR', 3333,
       back
  FROM (VALUES ('BACK', true), ('STRUCK', false)) AS of (about, back)
"""
BATCHES = """
INSERT INTO economy.batch
       (id, version, merchant, day, round, state, first_entry, last_entry, payments, currency, gross, fees, refunded,
        covered, net, carried, told_entry, created_at)
SELECT gen_random_uuid(), 1, $1, $3::text::date + n, 1, $2, 1, 0, 1, 'IDR', 9000, 0, 0, 0, 9000, 0, 0, now()
  FROM generate_series(0, $4::integer - 1) n
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


@asynccontextmanager
async def suspended(database: Database, payment: str = "") -> AsyncIterator[str]:
    """Money in suspense, by its id; of a payment for which it came late, where there is one."""
    reason = "late" if payment else "unlinked"
    item = await database.fetchval(_SUSPENDED, reason, UUID(payment) if payment else None)
    try:
        yield str(item)
    finally:
        await database.execute("DELETE FROM economy.suspense WHERE id = $1", item)


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


async def test_the_treasury_closes_a_day_and_finds_the_ledger_sound(treasurer: Browser, till: Till) -> None:
    await till.paid(9_000)
    page = await treasurer.open("/petugas/kas/hari")
    page = await treasurer.send(page.forms["close-form"], day="never")
    assert (page.status, page.ids["close-day"]["aria-invalid"]) == (422, "true")
    page = await treasurer.send(page.forms["close-form"], day="2020-01-01")
    assert page.ids["closed"]
    page = await treasurer.send(page.forms["reconcile-form"], day="2020-01-01")
    assert (page.status, "No bank is connected" in page.words) == (409, True)
    page = await treasurer.open("/petugas/kas/buku")
    page = await treasurer.send(page.forms["check-form"])
    assert page.ids["ledger"]["data-sound"] == "true"
    assert (await treasurer.open("/petugas/kas/selisih")).status == 200


@pytest.mark.parametrize("form", ["close-form", "reconcile-form"])
async def test_what_is_done_to_a_day_leaves_the_list_of_days_filtered(treasurer: Browser, form: str) -> None:
    page = await treasurer.open("/petugas/kas/hari?state=closed&day=2020-01-01")
    page = await treasurer.send(page.forms[form], day="2020-01-02")
    assert page.forms["filter-form"].filled() == {"state": "closed", "day": "2020-01-01"}


async def test_the_treasury_sees_who_did_what_on_a_day(till: Till, treasurer: Browser) -> None:
    paid = await till.paid(700_000)
    page = await treasurer.open("/petugas/kas/tindakan")
    assert "Cash taken" in page.words
    while later := re.search(r'class="button second" href="(/petugas/kas/tindakan[^"]+)"', page.source):
        page = await treasurer.open(unescape(later[1]))
    assert paid["code"] in page.words
    day = page.forms["day-form"].filled()["day"]
    sheet = (await treasurer.open(f"/v1/settlement/days/{day}/acts.csv")).source.splitlines()
    assert sheet[0].startswith("time,what,doer,agency,asker,about,amount")
    assert any(",cash_taken," in line and f",{paid['code']},700000,IDR," in line for line in sheet)


async def test_the_sheet_of_a_day_tells_money_that_went_back_to_its_payer_from_what_was_struck_out(
    treasurer: Browser, database: Database
) -> None:
    await database.execute(_RELEASES)
    try:
        sheet = (await treasurer.open("/v1/settlement/days/2020-01-03/acts.csv")).source.splitlines()
        assert sheet[0].endswith(",drill,merchant,to_payer")
        ends = {line.split(",")[5]: line.split(",")[6:] for line in sheet[1:]}
        assert ends == {"BACK": ["3333", "IDR", "", "", "payer"], "STRUCK": ["3333", "IDR", "", "", ""]}
    finally:
        await database.execute("DELETE FROM economy.act WHERE day = '2020-01-03'")


@pytest.mark.parametrize(("language", "said"), [("id", "Rab, 1 Jan 2020"), ("en", "Wed, 1 Jan 2020")])
async def test_what_was_done_to_a_day_names_it_as_people_write_days(
    treasurer: Browser, language: str, said: str
) -> None:
    page = await treasurer.open("/petugas/kas/hari")
    await treasurer.send(page.forms["close-form"], day="2020-01-01")
    treasurer.headers["accept-language"] = language
    page = await treasurer.open("/petugas/kas/tindakan")
    words = page.words
    while later := re.search(r'class="button second" href="(/petugas/kas/tindakan[^"]+)"', page.source):
        page = await treasurer.open(unescape(later[1]))
        words += page.words
    assert said in words
    assert not re.search(MACHINE_WRITTEN, words)


@pytest.mark.parametrize("query", ["day=2026-13-40", "page=of-another-list"])
async def test_acts_that_cannot_be_listed_are_not_told_as_none(treasurer: Browser, query: str) -> None:
    page = await treasurer.open(f"/petugas/kas/tindakan?{query}")
    assert (page.status, "problem" in page.ids, "no-acts" in page.ids) == (422, True, False)


async def test_the_treasury_finds_the_payouts_that_wait_however_many_were_paid_since(
    till: Till, treasurer: Browser, database: Database
) -> None:
    business = await till.business()
    await database.execute(BATCHES, UUID(business["id"]), "closed", "2026-11-01", 1)
    await database.execute(BATCHES, UUID(business["id"]), "paid", "2026-11-02", 26)
    try:
        page = await treasurer.open("/petugas/kas/hari")
        assert ("settlement waits to be paid out" in page.words, "payout-" in page.source) == (True, False)
        page = await treasurer.open("/petugas/kas/hari?state=closed")
        (form,) = [each for name, each in page.forms.items() if name and name.startswith("payout-")]
        assert form.action.endswith("?state=closed"), "and the way back is to what waits"
        assert "008 · *********5678" in page.words
        leads = re.search(rf'href="(/usaha/{business["id"]}/setoran/[^"]+)"', page.source)
        assert leads is not None
        assert "008 · *********5678" in (await treasurer.open(leads[1])).words
        assert "no-batches" in (await treasurer.open("/petugas/kas/hari?state=closed&day=2026-11-02")).ids
        assert "2 Nov 2026" in (await treasurer.open("/petugas/kas/hari?day=2026-11-02")).words
        page = await treasurer.open("/petugas/kas/hari?day=2026-13-40")
        assert (page.status, page.ids["filter-day"]["aria-invalid"]) == (422, "true")
        assert page.forms["filter-form"].filled()["day"] == "2026-13-40", "as it was entered, in a field that shows it"
        acts = await treasurer.open("/petugas/kas/tindakan?day=2026-13-40")
        assert page.ids["filter-day"]["type"] == acts.ids["acts-day"]["type"] == "text"
        assert "no-batches" not in page.ids, "what is there is shown all the same"
    finally:
        await database.execute("DELETE FROM economy.batch WHERE merchant = $1", UUID(business["id"]))


async def test_a_list_of_days_that_cannot_be_read_is_not_told_as_an_empty_one(treasurer: Browser) -> None:
    page = await treasurer.open("/petugas/kas/hari?page=of-another-list")
    assert (page.status, "no-batches" in page.ids) == (422, False)


async def test_a_page_of_a_list_that_is_gone_leads_to_its_first(treasurer: Browser) -> None:
    page = await treasurer.open("/petugas?state=assigned&page=rusak")
    assert (page.status, page.ids["action"]["href"]) == (422, "/petugas?state=assigned")
    assert (await treasurer.open("/petugas?state=assigned")).status == 200


async def test_the_treasury_says_that_the_bank_paid_to_the_account_before_another_held(
    treasurer: Browser, till: Till, database: Database
) -> None:
    business = await till.business()
    await database.execute(BATCHES, UUID(business["id"]), "closed", "2026-11-01", 1)
    try:
        page = await treasurer.open("/petugas/kas/hari?state=closed")
        (form,) = [each for name, each in page.forms.items() if name and name.startswith("payout-")]
        page = await treasurer.send(form, to_former_account="true")
        assert (page.status, "No other account was approved" in page.words) == (409, True)
        assert not [name for name in page.forms if name and name.startswith("former-")]
        body = {"settlement_account": {"bank": "014", "number": "246001239999"}}
        asked = await till.done("POST", f"/v1/merchants/{business['id']}/account-changes", body, OWNER)
        await till.done("POST", f"/v1/account-changes/{asked['id']}/approval", None, OFFICE, asked["etag"])
        page = await treasurer.open("/petugas/kas/hari?state=closed")
        assert ("014 · ********9999" in page.words, "pay it to 008 · *********5678" in page.words) == (True, True)
        (form,) = [each for name, each in page.forms.items() if name and name.startswith("former-")]
        assert form.filled()["to_former_account"] == "true"
    finally:
        await database.execute("DELETE FROM economy.batch WHERE merchant = $1", UUID(business["id"]))


@pytest.mark.parametrize("day", ["x", "2026-02-31", "1999-12-31"])
async def test_what_a_payout_is_refused_for_is_told_whatever_its_list_was_filtered_by(
    treasurer: Browser, till: Till, database: Database, day: str
) -> None:
    business = await till.business()
    await database.execute(BATCHES, UUID(business["id"]), "closed", "2026-11-01", 1)
    try:
        page = await treasurer.open("/petugas/kas/hari?state=closed")
        (form,) = [each for name, each in page.forms.items() if name and name.startswith("payout-")]
        form.action += f"&day={day}"
        page = await treasurer.send(form, etag="77")
        assert (page.status, page.ids["filter-day"].get("aria-invalid")) == (412, None)
        assert "changed" in page.words
    finally:
        await database.execute("DELETE FROM economy.batch WHERE merchant = $1", UUID(business["id"]))
