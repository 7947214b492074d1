"""People pay and are paid at the portal, without JavaScript and against a real economy pillar without an acquirer.

What needs the bank, and the receipt that follows, is in the browser's story of the whole platform.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import asyncpg
import pytest
from stdnum import luhn

from gateway.portal.economy.payments import said_until
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.portal.test_filing import code_of
from tests.gateway.running import Stand
from tests.gateway.till import Till

_STALLS = iter(range(1, 10_000))


async def issue_bill(markets: Browser, **changes: str) -> str:
    """The number of a bill that was issued at the desk."""
    page = await markets.open("/petugas/tagihan/baru")
    entries = {"tariff": "pasar-kios", "object": f"Pasar Johar, kios P-{next(_STALLS)}", "period": "2026-11"}
    page = await markets.send(
        page.forms["bill-form"], **{**entries, "quantity": "8", "area": "33.74.01.1007", **changes}
    )
    assert (page.status, "The bill was issued" in page.words) == (200, True), page.words
    return code_of(page)


async def test_a_bill_is_found_by_its_number_however_it_is_typed(citizen: Browser, markets: Browser) -> None:
    number = await issue_bill(markets)
    page = await citizen.open(f"/bayar?nomor=%20{number.lower()}%20")
    assert str(page.answer.url).endswith(f"/bayar/{number}")
    assert "IDR 4,000" in page.words
    assert "Pasar Johar, kios P-" in page.words
    assert "November 2026" in page.words
    assert page.answer.headers["cache-control"] == "no-store"


async def test_a_bill_by_m2_and_day_shows_how_it_was_reckoned_and_the_desk_says_how_to(
    citizen: Browser, markets: Browser
) -> None:
    """6 m2 for the 30 days of November: entered as 6, the bill would be a thirtieth of what is owed."""
    draft = await markets.open("/petugas/tagihan/baru")
    assert "IDR 500 / m2 a day · billed monthly" in draft.words
    assert "the area times the days: 6 m2 for 30 days make 180" in draft.words
    page = await citizen.open(f"/bayar/{await issue_bill(markets, quantity='180')}")
    assert "Quantity 180 × 500" in page.words
    assert "IDR 90,000" in page.words


async def test_amounts_are_written_as_the_reader_writes_them(citizen: Browser, markets: Browser) -> None:
    page = await citizen.open(f"/bayar/{await issue_bill(markets)}?lang=id")
    assert "Rp 4.000" in page.words


@pytest.mark.parametrize("number", ["SMGT-0000000-00", "SMGP-0000000-00", "nothing", "kuitans"])
async def test_an_unknown_number_is_explained_beside_its_field(citizen: Browser, number: str) -> None:
    page = await citizen.open(f"/bayar?nomor={number}")
    assert (page.status, page.ids["nomor"]["aria-invalid"]) == (404, "true")
    assert page.forms["find-form"].filled()["nomor"] == number.upper()


async def test_the_first_page_lists_what_can_be_paid_and_says_that_amounts_are_examples(citizen: Browser) -> None:
    page = await citizen.open("/bayar")
    assert ("m2 a day" in page.words, "per hari" in page.words) == (True, False)
    assert "Market levy: kiosk" in page.words
    assert "examples for a demonstration" in page.words


async def test_without_an_acquirer_the_page_says_so_and_how_else_to_pay(citizen: Browser, markets: Browser) -> None:
    number = await issue_bill(markets)
    page = await citizen.open(f"/bayar/{number}")
    page = await citizen.send(page.forms["pay-form"])
    assert page.status == 200
    assert page.ids["payment"]["data-state"] == "created"
    assert "no QRIS" in page.words
    assert "in cash at the agency's counter" in page.words
    assert code_of(page).startswith("SMGP-")
    again = await citizen.open(f"/bayar/{number}")
    again = await citizen.send(again.forms["pay-form"])
    assert code_of(again) == code_of(page), "paying twice makes one payment"


def test_a_page_says_one_time_to_pay_by() -> None:
    now = datetime.now(UTC)
    held, expires = now + timedelta(minutes=15), now + timedelta(minutes=45)
    assert said_until(expires, held, now) == held
    assert said_until(expires, held, held) == expires, "later it can be paid as long as seats remain"
    assert said_until(expires, None, now) == said_until(expires, expires + timedelta(minutes=1), now) == expires


async def test_a_payment_is_not_shown_as_that_of_another_bill(citizen: Browser, markets: Browser, till: Till) -> None:
    number, other = await issue_bill(markets), await till.payment()
    assert (await citizen.open(f"/bayar/{number}/qris?p={other['id']}")).status == 404
    page = await citizen.open(f"/bayar/{number}/qris")
    assert str(page.answer.url).endswith(f"/bayar/{number}"), "without a payment the bill comes first"


async def test_a_bill_is_paid_in_cash_at_the_desk_and_the_public_page_knows(citizen: Browser, markets: Browser) -> None:
    number = await issue_bill(markets)
    page = await citizen.open(f"/bayar/{number}")
    waiting = await citizen.send(page.forms["pay-form"])
    desk = await markets.open(f"/petugas/tagihan/{number}")
    desk = await markets.send(desk.forms["cash-form"])
    assert "The cash was recorded" in desk.words
    shown = await citizen.open(str(waiting.answer.url))
    assert shown.ids["payment"]["data-state"] == "captured"
    assert "<title>Payment received" in shown.source
    assert '<noscript><meta http-equiv="refresh"' in shown.source, "the receipt is waited for without JavaScript"


async def test_a_page_that_refuses_a_payment_stays_to_be_read_without_javascript(
    payer: Browser, markets: Browser
) -> None:
    """Renewed by itself it would ask for the form's address, where there is nothing to read."""
    page = await payer.open("/dompet")
    if "open-form" in page.forms:
        await payer.send(page.forms["open-form"])
    number = await issue_bill(markets)
    page = await payer.open(f"/bayar/{number}")
    waiting = await payer.send(page.forms["pay-form"])
    desk = await markets.open(f"/petugas/tagihan/{number}")
    await markets.send(desk.forms["cash-form"])
    page = await payer.send(waiting.forms["wallet-form"])
    assert (page.status >= 400, page.ids["payment"]["data-state"], 'http-equiv="refresh"' in page.source) == (
        True, "captured", False
    )  # fmt: skip


async def test_a_cancelled_bill_need_not_be_paid(citizen: Browser, markets: Browser) -> None:
    number = await issue_bill(markets)
    page = await markets.open(f"/petugas/tagihan/{number}")
    page = await markets.send(page.forms["cancel-form"])
    assert page.ids["state"]["data-state"] == "cancelled"
    page = await citizen.open(f"/bayar/{number}")
    assert "need not be paid" in page.words
    assert "pay-form" not in page.forms


async def test_a_person_on_a_bill_is_refused_beside_the_field(markets: Browser) -> None:
    page = await markets.open("/petugas/tagihan/baru")
    form = page.forms["bill-form"]
    entries = {"tariff": "pasar-kios", "period": "2026-11", "area": "33.74.01.1007"}
    page = await markets.send(form, **entries, object="NIK 3374010101900001")
    assert (page.status, page.ids["object"]["aria-invalid"]) == (422, "true")
    assert "never a NIK" in page.words
    assert page.forms["bill-form"].filled()["tariff"] == "pasar-kios"


async def test_a_receipt_that_the_city_never_issued_is_not_genuine(citizen: Browser) -> None:
    page = await citizen.open("/bayar/kuitansi")
    filled = page.forms["proof-form"].filled(
        nomor="SMG-2026-0000999-K", jumlah="IDR 4,000", segel="7K4P-2M8Q-1RTB-93ZC"
    )
    page = await citizen.open("/bayar/kuitansi?" + "&".join(f"{name}={value}" for name, value in filled.items()))
    assert (page.status, page.ids["verdict"]["data-genuine"]) == (200, "false")
    assert "never issued" in page.words


@pytest.mark.parametrize(("entries", "wrong"), [("nomor=SMG-1", "segel"), ("nomor=a&jumlah=x&segel=b", "jumlah")])
async def test_a_receipt_is_checked_only_when_all_is_entered(citizen: Browser, entries: str, wrong: str) -> None:
    page = await citizen.open(f"/bayar/kuitansi?{entries}")
    assert (page.status, page.ids[wrong]["aria-invalid"]) == (422, "true")
    assert "verdict" not in page.ids


async def test_a_wallet_is_opened_filled_and_pays(payer: Browser, till: Till) -> None:
    assert 'id="onward"' not in (await payer.open("/dompet?next=https://evil.example/")).source
    onward = 'id="onward"><a class="button second slim" href="/transit/bus/ts-1/naik">Back to the bus</a>'
    page = await payer.open("/dompet?next=/transit/bus/ts-1/naik")
    if "open-form" in page.forms:
        page = await payer.send(page.forms["open-form"])
    assert (bool(page.ids["balance"]), onward in page.source) == (True, True)
    page = await payer.send(page.forms["fill-form"], amount="lots")
    assert (page.status, page.ids["amount"]["aria-invalid"]) == (422, "true")
    page = await payer.send(page.forms["fill-form"], amount="50.000")
    assert ("IDR 50,000" in page.words, onward in page.source) == (True, True)
    await till.done("POST", f"/v1/payments/{code_of(page)}/cash", user="petugas-bpkad")
    page = await payer.open("/dompet")
    assert "Top-up" in page.words
    owed = await till.payment(12_000, description="2 lumpia")
    page = await payer.open(f"/bayar/{owed['code']}")
    page = await payer.send(page.forms["pay-form"])
    page = await payer.send(page.forms["wallet-form"])
    assert page.ids["payment"]["data-state"] == "captured"
    assert "Citizen's wallet" in page.words
    page = await payer.open("/dompet")
    (line,) = re.findall(r"<tr><td>[^<]*</td><td>((?:(?!</td>).)*)" + owed["code"], page.source)
    assert line.startswith("Purchase: 2 lumpia "), "what it was for, in its words"


async def test_pages_of_money_ask_for_a_login(citizen: Browser) -> None:
    for path in ("/dompet", "/usaha", "/petugas/kas", "/petugas/usaha", "/petugas/tagihan"):
        page = await citizen.open(path)
        assert page.status == 401, path
        assert f'href="/auth/login?next={path.replace("/", "%2F")}"' in page.source


async def test_desks_are_for_those_who_work_there_and_the_menu_shows_only_those(
    markets: Browser, treasurer: Browser
) -> None:
    assert (await markets.open("/petugas/kas")).status == 403
    assert (await markets.open("/petugas/usaha")).status == 403
    assert (await treasurer.open("/petugas/kas")).status == 200
    menu = (await markets.open("/petugas/tagihan")).source
    assert 'href="/petugas/tagihan"' in menu
    assert 'href="/usaha"' in menu
    assert 'href="/petugas/kas"' not in menu


async def _apply(owner: Browser, **changes: str) -> Page:
    page = await owner.open("/usaha/daftar")
    entries = {"name": "Lumpia Bu Sri", "sector": "food", "mcc": "5814", "size": "umi", "area": "33.74.01.1007"}
    return await owner.send(
        page.forms["apply-form"], **{**entries, "bank": "008", "number": "1360 0123 4567", **changes}
    )


async def test_a_business_applies_and_a_mistake_keeps_what_was_entered(owner: Browser) -> None:
    page = await _apply(owner, bank="8")
    assert (page.status, page.ids["bank"]["aria-invalid"]) == (422, "true")
    assert page.forms["apply-form"].filled()["number"] == "1360 0123 4567"
    page = await _apply(owner)
    assert (page.status, page.ids["state"]["data-state"]) == (200, "applied")
    assert "charge-form" not in page.forms


async def test_all_that_is_wrong_with_an_application_and_with_a_bill_is_told_at_once(
    owner: Browser, markets: Browser
) -> None:
    page = await _apply(owner, name="Lu", size="", bank="8", number="abc")
    wrong = {name for name, field in page.ids.items() if field.get("aria-invalid")}
    assert (page.status, wrong) == (422, {"name", "size", "bank", "number"})
    page = await markets.open("/petugas/tagihan/baru")
    page = await markets.send(page.forms["bill-form"], object="B", quantity="0")
    wrong = {name for name, field in page.ids.items() if field.get("aria-invalid")}
    assert (page.status, wrong >= {"tariff", "object", "quantity"}, page.ids["object"]["value"]) == (422, True, "B")
    assert "We do not know that area" in page.words


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


async def test_a_refund_is_explained_beforehand_and_above_the_limit_needs_a_second_person(
    stand: Stand, till: Till, treasurer: Browser
) -> None:
    paid = await till.paid(700_000)
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        desk = f"/usaha/{paid['merchant']}"
        page = await cashier.open(f"{desk}/kembalikan/{paid['id']}?amount=800000")
        assert page.ids["check"]["data-possible"] == "false"
        assert "more than what is left" in page.words
        page = await cashier.open(f"{desk}/kembalikan/{paid['id']}")
        assert page.ids["check"]["data-possible"] == "true"
        assert "second person" in page.words
        assert "In cash at the counter" in page.words
        page = await cashier.send(page.forms["refund-form"], reason="no")
        assert (page.status, page.ids["reason"]["aria-invalid"]) == (422, "true")
        assert f"{desk}/kembalikan/{paid['id']}" in (await cashier.open(f"{desk}/pembayaran")).source
        page = await cashier.send(page.forms["refund-form"], reason="Tagihan salah objek")
        assert "waits for a second person" in page.words
        for address in (f"{desk}/pembayaran", f"{desk}/bayar/{paid['id']}"):
            assert f"{desk}/kembalikan/{paid['id']}" not in (await cashier.open(address)).source, "all is asked for"
    page = await treasurer.open("/petugas/kas")
    card = re.search(rf'id="refund-([\w-]+)" aria-label="{paid["code"]}"', page.source)
    assert card is not None
    page = await treasurer.send(page.forms[f"approve-{card[1]}"])
    assert "The money was given back." in page.words
    assert (await till.done("GET", f"/v1/payments/{paid['id']}"))["state"] == "refunded"


async def test_cash_that_a_pillar_gives_back_is_handed_out_at_the_counter(
    stand: Stand, till: Till, treasurer: Browser, edge_database: str
) -> None:
    paid = await till.paid(700_000)
    body = {"amount": {"currency": "IDR", "units": 700_000}, "reason": "Penjualan tiket dibatalkan"}
    asked = await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, "admin")
    assert "at_counter" not in asked
    connection = await asyncpg.connect(edge_database)
    by_pillar = "UPDATE economy.refund SET requester = 'branding', reference = id || '.1' WHERE id = $1"
    await connection.execute(by_pillar, UUID(asked["id"]))
    await connection.close()
    page = await treasurer.open("/petugas/kas")
    assert f"approve-{asked['id']}" not in page.forms
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        page = await cashier.open(f"/usaha/{paid['merchant']}/pembayaran")
        assert "Penjualan tiket dibatalkan" in page.words
        page = await cashier.open(f"/usaha/{paid['merchant']}/pembayaran?kode={paid['code']}")
        assert "Cash that lies ready at the counter" in page.words, "however many lie ready, its code leads to it"
        page = await cashier.open(f"/usaha/{paid['merchant']}/pembayaran?state=refunded")
        page = await cashier.send(page.forms[f"hand-out-{asked['id']}"])
        assert "The cash was handed out." in page.words
        assert page.answer.url.params["state"] == "refunded", "the list is filtered as before"
        assert "at-counter" not in page.ids
    assert (await till.done("GET", f"/v1/payments/{paid['id']}"))["state"] == "refunded"


async def test_whoever_asked_for_a_refund_is_told_that_another_person_is_needed(till: Till, stand: Stand) -> None:
    paid = await till.paid(700_000)
    body = {"amount": {"currency": "IDR", "units": 700_000}, "reason": "Tagihan salah objek"}
    await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, "admin")
    async with stand.client() as client:
        admin = Browser(client, await stand.bearer("admin"))
        page = await admin.open("/petugas/kas")
        card = re.search(rf'id="refund-([\w-]+)" aria-label="{paid["code"]}"', page.source)
        assert card is not None
        page = await admin.send(page.forms[f"approve-{card[1]}"])
        assert (page.status, "Another person must decide" in page.words) == (403, True)


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


async def test_a_counter_takes_cash_for_what_it_asks(stand: Stand, till: Till) -> None:
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        counter = await till.counter()
        assert counter in (await cashier.open("/usaha")).source
        page = await cashier.open(f"/usaha/{counter}")
        page = await cashier.send(page.forms["charge-form"], amount="15000", description="Retribusi kebersihan")
        page = await cashier.send(page.forms["cash-form"])
        assert page.ids["payment"]["data-state"] == "captured"
        for path in ("pembayaran", "omzet", "rekening", "setoran"):
            page = await cashier.open(f"/usaha/{counter}/{path}")
            assert page.status == 200, path
        sheet = re.search(
            r'href="(/v1/[^"]+statement\.csv)"', (await cashier.open(f"/usaha/{counter}/rekening")).source
        )
        assert sheet is not None
        assert (await cashier.client.get(sheet[1], headers=cashier.headers)).status_code == 200


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
    page = await treasurer.open("/petugas/kas/tindakan?day=2026-13-40")
    assert (page.status, "acts" in page.ids) == (422, False)
