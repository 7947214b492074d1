"""What the treasury does to days: closing and comparing them, paying out, and who did what on one."""

import re
from html import unescape
from uuid import UUID

import pytest

from tests.gateway.portal.conftest import Database
from tests.gateway.portal.pages import MACHINE_WRITTEN, Browser
from tests.gateway.till import OFFICE, OWNER, Till

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
