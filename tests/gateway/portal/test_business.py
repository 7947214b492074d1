"""Businesses and counters at their own desk, and at the office that takes them on, without JavaScript."""

import re
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from stdnum import luhn

from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand
from tests.gateway.till import CASHIER, TREASURER, Till


async def _apply(owner: Browser, **changes: str) -> Page:
    page = await owner.open("/usaha/daftar")
    entries = {"name": "Lumpia Bu Sri", "sector": "food", "mcc": "5814", "size": "umi", "area": "33.74.01.1007"}
    return await owner.send(
        page.forms["apply-form"],
        **{**entries, "bank": "008", "number": "1360 0123 4567", "number_again": "136001234567", **changes},
    )


async def test_a_business_applies_and_a_mistake_keeps_what_was_entered(owner: Browser) -> None:
    page = await _apply(owner, bank="8")
    assert (page.status, page.ids["bank"]["aria-invalid"]) == (422, "true")
    assert page.forms["apply-form"].filled()["number"] == "1360 0123 4567"
    page = await _apply(owner)
    assert (page.status, page.ids["state"]["data-state"]) == (200, "applied")
    assert "charge-form" not in page.forms


async def test_all_that_is_wrong_with_an_application_is_told_at_once(owner: Browser) -> None:
    page = await _apply(owner, name="Lu", size="", bank="8", number="abc", number_again="abc")
    wrong = {name for name, field in page.ids.items() if field.get("aria-invalid")}
    assert (page.status, wrong) == (422, {"name", "size", "bank", "number"})


async def test_a_business_is_taken_on_and_its_owner_asks_for_money(owner: Browser, till: Till) -> None:
    merchant = await till.business()
    page = await owner.open(f"/usaha/{merchant['id']}")
    page = await owner.send(page.forms["charge-form"], amount="dua puluh", description="2 lumpia")
    assert (page.status, page.ids["amount"]["aria-invalid"]) == (422, "true")
    assert page.forms["charge-form"].filled()["description"] == "2 lumpia"
    page = await owner.send(page.forms["charge-form"], amount="Rp 20.000")
    assert (page.ids["payment"]["data-state"], "IDR 20,000" in page.words) == ("created", True)
    page = await owner.send(page.forms["cancel-form"])
    assert page.ids["payment"]["data-state"] == "cancelled"
    page = await owner.open(f"/usaha/{merchant['id']}/qris")
    assert 'class="qr"' in page.source
    page = await owner.send(page.forms["terminal-form"], label="t01", place="Los B 12")
    assert ("T01" in page.words, page.ids["place"]["maxlength"]) == (True, "60")
    page = await owner.send(page.forms["terminal-form"], label="t02", place="")
    assert "T02" in page.words, "where it stands need not be said"
    picture = await owner.client.get(f"/usaha/{merchant['id']}/qris.png?kasir=T01", headers=owner.headers)
    assert picture.headers["content-type"] == "image/png"


async def test_another_owners_desk_is_not_shown(payer: Browser, till: Till) -> None:
    merchant = await till.business()
    for path in ("", "/pembayaran", "/omzet", "/rekening", "/setoran", "/qris"):
        assert (await payer.open(f"/usaha/{merchant['id']}{path}")).status in (403, 404), path


async def test_the_office_takes_a_business_on_and_suspends_it_with_a_reason(stand: Stand, owner: Browser) -> None:
    applied = await _apply(owner)
    merchant = str(applied.answer.url).split("/usaha/")[1].split("?")[0]
    async with stand.client() as client:
        office = Browser(client, await stand.bearer("petugas-dinkop-um"))
        page = await office.open(f"/petugas/usaha/{merchant}")
        page = await office.send(page.forms["activate-form"], nmid="ID12", pan="93")
        assert (page.status, page.ids["nmid"]["aria-invalid"]) == (422, "true")
        number = secrets.randbelow(10**12)
        pan = f"936000{number:012}"
        page = await office.send(
            page.forms["activate-form"], nmid=f"ID1{number:012}", pan=pan + luhn.calc_check_digit(pan)
        )
        assert page.ids["state"]["data-state"] == "active"
        page = await office.send(page.forms["suspend-form"], reason="short")
        assert (page.status, page.forms["suspend-form"].filled()["reason"]) == (422, "short")
        page = await office.send(page.forms["suspend-form"], reason="Alamat usaha tidak ditemukan di tempat.")
        assert page.ids["state"]["data-state"] == "suspended"
        assert "Why: Alamat usaha tidak ditemukan di tempat." in page.words, "whoever takes it back reads why"
        assert merchant in (await office.open("/petugas/usaha?state=suspended")).source
    page = await owner.open(f"/usaha/{merchant}")
    assert "is suspended and cannot be paid" in page.words


async def test_the_page_of_a_payment_of_a_stopped_business_asks_for_no_money(
    citizen: Browser, owner: Browser, till: Till
) -> None:
    merchant = await till.business()
    page = await owner.open(f"/usaha/{merchant['id']}")
    page = await owner.send(page.forms["charge-form"], amount="20000", description="2 lumpia")
    code = re.search(r'id="code">([^<]+)<', page.source)
    assert code is not None
    assert ("qr-form" in page.forms, page.ids["payment"]["data-stopped"]) == (True, "false")
    why = {"reason": "Alamat usaha tidak sesuai."}
    merchant = await till.done("GET", f"/v1/merchants/{merchant['id']}", user="petugas-dinkop-um")
    await till.done("POST", f"/v1/merchants/{merchant['id']}/suspension", why, "petugas-dinkop-um", merchant["etag"])
    page = await owner.open(str(page.answer.url.path))
    assert ("stopped" in page.ids, "qr-form" in page.forms, "cancel-form" in page.forms) == (True, False, True)
    for path in (f"/bayar/{code[1]}", f"/bayar/{code[1]}/qris"):
        page = await citizen.open(path)
        assert ("stopped" in page.ids, set(page.forms) & {"pay-form", "qr-form", "wallet-form"}) == (True, set()), path
    page = await owner.open(f"/usaha/{merchant['id']}")
    assert "Ask the agency for micro business." in page.words


async def test_an_owner_asks_for_another_account_and_reads_what_the_office_said(
    stand: Stand, owner: Browser, till: Till
) -> None:
    merchant = await till.business()
    desk = f"/usaha/{merchant['id']}"
    for path in ("", "/setoran"):
        page = await owner.open(desk + path)
        assert "008 · *********5678" in page.words, path
    page = await owner.open(f"{desk}/tujuan-setoran")
    page = await owner.send(page.forms["account-form"], bank="14", number="abc", number_again="abc")
    wrong = {name for name, field in page.ids.items() if field.get("aria-invalid")}
    assert (page.status, wrong) == (422, {"bank", "number"})
    page = await owner.send(
        page.forms["account-form"], bank="008", number="1360 0123 4567 8", number_again="1360 0123 4567 8"
    )
    assert (page.status, page.ids["number"]["aria-invalid"]) == (422, "true"), "it is that already"
    page = await owner.send(
        page.forms["account-form"], bank="014", number="2460 0123 9999", number_again="2460 0123 9999"
    )
    assert ("account-waits" in page.ids, "account-form" in page.forms) == (True, False)
    page = await owner.send(page.forms["cancel-form"])
    await owner.send(page.forms["account-form"], bank="014", number="2460 0123 9999", number_again="2460 0123 9999")
    async with stand.client() as client:
        office = Browser(client, await stand.bearer("petugas-dinkop-um"))
        page = await office.open("/petugas/usaha")
        assert "accounts-wait" in page.ids
        page = await office.open("/petugas/usaha/rekening")
        reject = next(name for name in page.forms if name.startswith("reject-"))
        page = await office.send(page.forms[reject], reason="kurang")
        assert (page.status, page.forms[reject].filled()["reason"]) == (422, "kurang")
        await office.send(page.forms[reject], reason="Bukan rekening pemilik usaha.")
        page = await owner.open(desk)
        assert "Bukan rekening pemilik usaha." in page.words
        page = await owner.open(f"{desk}/tujuan-setoran")
        page = await owner.send(
            page.forms["account-form"], bank="014", number="2460 0123 9999", number_again="2460 0123 9999"
        )
        assert "008 · *********5678" in page.words, "still"
        page = await office.open("/petugas/usaha/rekening")
        approve = next(name for name in page.forms if name.startswith("approve-"))
        page = await office.send(page.forms[approve])
        assert "The new account holds." in page.words
    page = await owner.open(f"{desk}/setoran")
    assert "014 · ********9999" in page.words


async def test_a_counter_takes_cash_for_what_it_asks(stand: Stand, till: Till) -> None:
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        counter = await till.counter()
        assert counter in (await cashier.open("/usaha")).source
        page = await cashier.open(f"/usaha/{counter}")
        page = await cashier.send(page.forms["charge-form"], amount="15000", description="Retribusi kebersihan")
        page = await cashier.send(page.forms["cash-form"])
        assert page.ids["payment"]["data-state"] == "captured"
        today = datetime.now(ZoneInfo("Asia/Jakarta")).date().isoformat()
        await till.done("POST", f"/v1/settlement/days/{today}/closing", {"early": True}, TREASURER)
        leads = f'Settlement <a href="/usaha/{counter}/setoran/'
        assert leads in (await cashier.open(f"/usaha/{counter}/rekening")).source, "by its day, not by an identifier"
        for path in ("pembayaran", "omzet", "rekening", "setoran"):
            page = await cashier.open(f"/usaha/{counter}/{path}")
            assert page.status == 200, path
        sheet = re.search(
            r'href="(/v1/[^"]+statement\.csv)"', (await cashier.open(f"/usaha/{counter}/rekening")).source
        )
        assert sheet is not None
        assert (await cashier.client.get(sheet[1], headers=cashier.headers)).status_code == 200


async def test_drills_are_marked_in_the_lists_of_a_counters_payments(stand: Stand, till: Till) -> None:
    drill, real = await till.payment(exercise=True), await till.payment()
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer(CASHIER))
        page = await cashier.open(f"/usaha/{drill['merchant']}/pembayaran")
        rows = dict(re.findall(r'<tr data-code="([^"]+)">(.*?)</tr>', page.source))
        assert [("data-drill" in rows[each["code"]]) for each in (drill, real)] == [True, False]
        latest = (await cashier.open(f"/usaha/{drill['merchant']}")).source
        lines = dict(re.findall(r'/bayar/([0-9a-f-]{36})"(.*?)</li>', latest))
        assert [("data-drill" in lines[each["id"]]) for each in (drill, real)] == [True, False]


async def test_a_till_is_called_otherwise(owner: Browser, till: Till) -> None:
    merchant = await till.business()
    page = await owner.open(f"/usaha/{merchant['id']}/qris")
    assert "rename-form" not in page.forms
    page = await owner.send(page.forms["terminal-form"], label="t01", place="Los B 12")
    await owner.send(page.forms["terminal-form"], label="t02", place="")
    page = await owner.open(f"/usaha/{merchant['id']}/qris?kasir=T01")
    wrong = await owner.send(page.forms["rename-form"], label="T02")
    assert (wrong.status, wrong.ids["new-label"]["aria-invalid"]) == (409, "true")
    page = await owner.send(wrong.forms["rename-form"], label="kasir1", place="Los B 14")
    assert ("The till was changed." in page.words, page.answer.url.params["kasir"]) == (True, "KASIR1")
    assert ("Los B 14" in page.words, "kasir=T01" in page.source) == (True, False)
