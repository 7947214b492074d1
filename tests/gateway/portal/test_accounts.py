"""The account that a business' takings go to: its whole number for who needs it, and what is its owner's own."""

import re
from html import unescape
from typing import Any
from uuid import UUID

from gateway.callers.subjects import subject_of
from tests.gateway.portal.conftest import Database
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_treasury_days import BATCHES
from tests.gateway.running import Stand
from tests.gateway.till import OFFICE, OWNER, Till

WHOLE, MASKED = "008 · 1360012345678", "008 · *********5678"


async def asks_for(owner: Browser, merchant: Any, number: str) -> None:
    """The owner of a business wants it to be paid to another account."""
    page = await owner.open(f"/usaha/{merchant['id']}/tujuan-setoran")
    await owner.send(page.forms["account-form"], bank="014", number=number, number_again=number)


async def test_the_whole_number_is_shown_to_its_owner_when_they_ask_for_it(owner: Browser, till: Till) -> None:
    merchant = await till.business()
    page = await owner.open(f"/usaha/{merchant['id']}/tujuan-setoran")
    assert (WHOLE in page.words, MASKED in page.words) == (False, True)
    page = await owner.send(page.forms["whole-form"])
    assert (page.status, WHOLE in page.words, "no-reads" in page.ids) == (200, True, True)
    assert page.answer.headers["cache-control"] == "no-store"


async def test_an_owner_finds_the_way_to_another_account(owner: Browser, till: Till) -> None:
    merchant = await till.business()
    for page in ("", "/setoran"):
        opened = await owner.open(f"/usaha/{merchant['id']}{page}")
        assert f"/usaha/{merchant['id']}/tujuan-setoran" in opened.source, page


async def test_the_treasury_reads_the_whole_number_of_a_payout_and_the_owner_sees_that_it_did(
    owner: Browser, treasurer: Browser, till: Till, database: Database
) -> None:
    merchant = await till.business()
    await database.execute(BATCHES, UUID(merchant["id"]), "closed", "2026-11-01", 1)
    try:
        page = await treasurer.open("/petugas/kas/hari?state=closed")
        (form,) = [form for name, form in page.forms.items() if name and name.startswith("whole-form-")]
        page = await treasurer.send(form)
        assert (page.status, WHOLE in page.words, page.answer.url.params["state"]) == (200, True, "closed")
        assert any(name and name.startswith("payout-") for name in page.forms), "and is confirmed on the same page"
    finally:
        await database.execute("DELETE FROM economy.batch WHERE merchant = $1", UUID(merchant["id"]))
    refused = await treasurer.send(form)
    assert (refused.status, "Nothing waits" in refused.words, WHOLE in refused.words) == (409, True, False)
    page = await owner.open(f"/usaha/{merchant['id']}/tujuan-setoran")
    assert "reads" in (await owner.send(page.forms["whole-form"])).ids


async def test_the_agency_compares_whole_numbers_of_an_account_that_waits(
    stand: Stand, owner: Browser, till: Till
) -> None:
    merchant = await till.business()
    await asks_for(owner, merchant, "2460 0123 9999")
    async with stand.client() as client:
        office = Browser(client, await stand.bearer(OFFICE))
        page = await office.open("/petugas/usaha/rekening")
        form = next(form for form in page.forms.values() if form.filled().get("merchant") == merchant["id"])
        page = await office.send(form)
        assert (WHOLE in page.words, "014 · 246001239999" in page.words) == (True, True)


async def test_who_takes_an_account_back_in_two_tabs_reads_in_the_second_that_it_is_so_already(
    owner: Browser, till: Till
) -> None:
    merchant = await till.business()
    path = f"/usaha/{merchant['id']}/tujuan-setoran"
    await asks_for(owner, merchant, "2460 0123 9999")
    one, other = [await owner.open(path) for _ in range(2)]
    await owner.send(one.forms["cancel-form"])
    again = await owner.send(other.forms["cancel-form"])
    assert (again.status, "It is so already" in again.words) == (200, True)


async def test_whose_business_it_is_does_not_decide_on_it_at_the_desk_of_the_office(
    stand: Stand, till: Till, database: Database
) -> None:
    merchant = await till.business()
    async with stand.client() as client:
        office, path = Browser(client, await stand.bearer(OFFICE)), f"/petugas/usaha/{merchant['id']}"
        assert "suspend-form" in (await office.open(path)).forms
        mine = "UPDATE economy.merchant SET owner = $2, state = $3 WHERE id = $1"
        for state in ("active", "suspended"):
            await database.execute(mine, UUID(merchant["id"]), subject_of(OFFICE), state)
            page = await office.open(path)
            assert "own" in page.ids
            assert not {"activate-form", "suspend-form"} & page.forms.keys()


async def test_an_officer_reads_that_the_change_they_judged_was_withdrawn_and_another_is_shown(
    stand: Stand, owner: Browser, till: Till
) -> None:
    merchant = await till.business()
    path = f"/usaha/{merchant['id']}/tujuan-setoran"
    await asks_for(owner, merchant, "246001239999")
    async with stand.client() as client:
        office = Browser(client, await stand.bearer(OFFICE))
        forms = (await office.open("/petugas/usaha/rekening")).forms
        (old,) = [
            name.removeprefix("whole-")
            for name, form in forms.items()
            if name.startswith("whole-") and form.filled()["merchant"] == merchant["id"]
        ]
        await owner.send((await owner.open(path)).forms["cancel-form"])
        await asks_for(owner, merchant, "246001230000")
        for name in ("approve", "whole"):
            page = await office.send(forms[f"{name}-{old}"])
            assert (page.status in (409, 412), "that is another request" in page.words) == (True, True), name
        page = await office.open("/petugas/usaha/rekening?state=cancelled")
        assert f"change-{old}" in page.ids, "what became of others is listed too"


async def test_a_form_that_names_no_state_of_the_list_it_comes_from_is_answered_with_those_that_wait(
    stand: Stand, owner: Browser, till: Till
) -> None:
    merchant = await till.business()
    await asks_for(owner, merchant, "246001239999")
    async with stand.client() as client:
        office = Browser(client, await stand.bearer(OFFICE))
        forms = (await office.open("/petugas/usaha/rekening")).forms
        (change,) = [
            name.removeprefix("whole-")
            for name, form in forms.items()
            if name.startswith("whole-") and form.filled()["merchant"] == merchant["id"]
        ]
        for name in ("approve", "reject", "whole"):
            form = forms[f"{name}-{change}"]
            form.action = f"{form.action.partition('?')[0]}?state=zzz"
            page = await office.send(form, etag="9", merchant=str(UUID(int=1)))
            assert (page.status < 500, f"change-{change}" in page.ids) == (True, True), name


async def test_the_agency_reads_that_a_business_was_closed_which_asked_for_another_account(
    stand: Stand, owner: Browser, till: Till
) -> None:
    merchant = await till.business()
    await asks_for(owner, merchant, "246001239999")
    seen = await till.done("GET", f"/v1/merchants/{merchant['id']}", user=OWNER)
    await till.done("POST", f"/v1/merchants/{merchant['id']}/closure", user=OWNER, etag=seen["etag"])
    async with stand.client() as client:
        office = Browser(client, await stand.bearer(OFFICE))
        page = await office.open("/petugas/usaha/rekening")
        assert "This business has been closed." in page.words


async def test_the_treasury_reads_by_name_whose_account_was_changed(
    stand: Stand, owner: Browser, treasurer: Browser, till: Till, database: Database
) -> None:
    merchant = await till.business()
    await asks_for(owner, merchant, "246001239999")
    change = (await till.done("GET", f"/v1/account-changes?merchant={merchant['id']}", user=OFFICE))["account_changes"]
    etag = change[0]["etag"]
    await till.done("POST", f"/v1/account-changes/{change[0]['id']}/approval", user=OFFICE, etag=etag)
    page = await treasurer.open("/petugas/kas/tindakan")
    while later := re.search(r'class="button second" href="(/petugas/kas/tindakan[^"]+)"', page.source):
        page = await treasurer.open(unescape(later[1]))
    assert f'href="/usaha/{merchant["id"]}">{merchant["name"]}</a>' in page.source


async def test_an_account_number_is_typed_twice_however_it_is_grouped(owner: Browser, till: Till) -> None:
    merchant = await till.business()
    form = (await owner.open(f"/usaha/{merchant['id']}/tujuan-setoran")).forms["account-form"]
    page = await owner.send(form, bank="014", number="246001239999", number_again="246001239998")
    assert (page.status, page.ids["number_again"]["aria-invalid"]) == (422, "true")
    page = await owner.send(form, bank="014", number="2460-0123-9999", number_again="2460 0123 9999")
    assert (page.status, "account-waits" in page.ids) == (200, True)
