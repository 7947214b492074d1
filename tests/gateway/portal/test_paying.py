"""People pay and are paid at the portal, without JavaScript and against a real economy pillar without an acquirer.

What needs the bank, and the receipt that follows, is in the browser's story of the whole platform.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest

from gateway.portal.economy.payments import at_bank, said_until
from services.kit import codes
from tests.gateway.portal.pages import MACHINE_WRITTEN, Browser
from tests.gateway.portal.test_filing import code_of
from tests.gateway.running import Stand
from tests.gateway.till import OWNER, TREASURER, Till

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
    assert "Rp4.000" in page.words


@pytest.mark.parametrize("number", ["SMGT-0000000-00", "SMGP-0000000-00", "nothing", "kuitans"])
async def test_an_unknown_number_is_explained_beside_its_field(citizen: Browser, number: str) -> None:
    page = await citizen.open(f"/bayar?nomor={number}")
    assert (page.status, page.ids["nomor"]["aria-invalid"]) == (404, "true")
    assert page.forms["find-form"].filled()["nomor"] == number.upper()


@pytest.mark.parametrize(("letter", "page"), [("B", "/wisata/pesanan"), ("E", "/wisata/tiket"), ("Z", "/izin/cek")])
async def test_the_code_of_an_order_a_ticket_or_a_permit_leads_to_where_that_is_opened(
    citizen: Browser, letter: str, page: str
) -> None:
    code = codes.new(f"SMG{letter}", 9)
    answer = await citizen.client.get(f"/bayar?nomor={code.lower()}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}/{code}")


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


@pytest.mark.parametrize(("language", "said"), [("id", "1 Desember 2026"), ("en", "1 December 2026")])
async def test_what_a_bills_payment_is_for_names_its_period_as_people_write_it(
    stand: Stand, citizen: Browser, markets: Browser, language: str, said: str
) -> None:
    page = await citizen.open(f"/bayar/{await issue_bill(markets, tariff='pkl-harian', period='2026-12-01')}")
    page = await citizen.send(page.forms["pay-form"])
    code = code_of(page)
    counters = await markets.open("/usaha")
    (desk,) = set(re.findall(r'href="(/usaha/[0-9a-f-]{36})"', counters.source))
    for browser, path in ((citizen, f"/bayar/{code}"), (markets, f"{desk}/pembayaran")):
        browser.headers["accept-language"] = language
        page = await browser.open(path)
        assert said in page.words, path
        assert not MACHINE_WRITTEN.search(page.words), path


def test_the_simulated_bank_speaks_the_language_of_the_page_that_leads_there() -> None:
    assert at_bank("http://bank.example/", "00 02&1", "en") == "http://bank.example/pay?qr=00+02%261&lang=en"


def test_a_page_says_one_time_to_pay_by() -> None:
    now = datetime.now(UTC)
    held, expires = now + timedelta(minutes=15), now + timedelta(minutes=45)
    assert said_until(expires, held, now) == held
    assert said_until(expires, held, held) == expires, "later it can be paid as long as seats remain"
    assert said_until(expires, None, now) == said_until(expires, expires + timedelta(minutes=1), now) == expires


@pytest.mark.parametrize(("language", "said"), [("en", "Market levy"), ("id", "Retribusi pasar")])
async def test_what_a_payment_is_for_is_said_in_the_readers_language(
    citizen: Browser, markets: Browser, till: Till, language: str, said: str
) -> None:
    number = await issue_bill(markets)
    code = (await till.done("POST", f"/v1/bills/{number}/payment"))["code"]
    page = await citizen.open(f"/bayar/{code}/qris?lang={language}")
    assert said in page.words
    seller = await markets.open(f"/usaha?lang={language}")
    counter = re.search(r'href="(/usaha/[0-9a-f-]{36})"', seller.source)
    assert counter is not None
    row = re.search(
        rf'<tr data-code="{code}">.*?</tr>', (await markets.open(f"{counter[1]}/pembayaran?lang={language}")).source
    )
    assert row is not None
    assert said in row[0]


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


async def test_the_page_of_a_payment_whose_bill_was_cancelled_says_so_and_offers_no_other(
    citizen: Browser, markets: Browser
) -> None:
    number = await issue_bill(markets)
    page = await citizen.open(f"/bayar/{number}")
    waiting = str((await citizen.send(page.forms["pay-form"])).answer.url)
    desk = await markets.open(f"/petugas/tagihan/{number}")
    await markets.send(desk.forms["cancel-form"])
    page = await citizen.open(waiting)
    assert str(page.answer.url).endswith(f"/bayar/{number}")
    assert ("need not be paid" in page.words, page.forms.keys() & {"pay-form", "qr-form"}) == (True, set())


async def test_a_bill_that_is_there_already_is_named_at_its_object_and_led_to(markets: Browser) -> None:
    stall = f"Pasar Johar, kios P-{next(_STALLS)}"
    number = await issue_bill(markets, object=stall)
    page = await markets.open("/petugas/tagihan/baru")
    entries = {"tariff": "pasar-kios", "object": stall.upper(), "period": "2026-11", "area": "33.74.01.1007"}
    page = await markets.send(page.forms["bill-form"], **entries)
    assert (page.status, page.ids["object"]["aria-invalid"]) == (409, "true")
    assert f"There is a bill for this object and period: {number}." in page.words
    assert f'href="/petugas/tagihan/{number}"' in page.source


async def test_a_person_on_a_bill_is_refused_beside_the_field(markets: Browser) -> None:
    page = await markets.open("/petugas/tagihan/baru")
    form = page.forms["bill-form"]
    entries = {"tariff": "pasar-kios", "period": "2026-11", "area": "33.74.01.1007"}
    page = await markets.send(form, **entries, object="NIK 3374010101900001")
    assert (page.status, page.ids["object"]["aria-invalid"]) == (422, "true")
    assert "never a NIK" in page.words
    assert page.forms["bill-form"].filled()["tariff"] == "pasar-kios"


async def test_all_that_is_wrong_with_a_bill_is_told_at_once(markets: Browser) -> None:
    page = await markets.open("/petugas/tagihan/baru")
    page = await markets.send(page.forms["bill-form"], object="B", quantity="0")
    wrong = {name for name, field in page.ids.items() if field.get("aria-invalid")}
    assert (page.status, wrong >= {"tariff", "object", "quantity"}, page.ids["object"]["value"]) == (422, True, "B")
    assert "Choose the kelurahan or desa from the list" in page.words


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


async def test_a_top_up_that_waits_for_its_money_is_found_again_at_the_wallet(payer: Browser) -> None:
    page = await payer.open("/dompet")
    if "open-form" in page.forms:
        page = await payer.send(page.forms["open-form"])
    filling = await payer.send(page.forms["fill-form"], amount="12.500")
    page = await payer.open("/dompet")
    found = re.findall(r'<li><a href="(/dompet/isi/[^"]+)">[^<]*<span class="code">([^<]*)<', page.source)
    assert (filling.answer.url.path, code_of(filling)) in found


@pytest.mark.parametrize(("language", "said"), [("en", "Given back (Top-up)"), ("id", "Pengembalian (Isi saldo)")])
async def test_a_top_up_that_was_paid_out_again_is_called_one_on_the_wallets_statement(
    payer: Browser, till: Till, language: str, said: str
) -> None:
    page = await payer.open("/dompet")
    if "open-form" in page.forms:
        page = await payer.send(page.forms["open-form"])
    code = code_of(await payer.send(page.forms["fill-form"], amount="50.000"))
    paid = await till.done("POST", f"/v1/payments/{code}/cash", user=TREASURER)
    body = {"amount": {"currency": "IDR", "units": 50_000}, "reason": "Salah isi dompet"}
    await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, TREASURER)
    page = await payer.open(f"/dompet?lang={language}")
    (line,) = re.findall(r"<tr><td>[^<]*</td><td>((?:(?!</td>).)*)" + code + "(?:(?!</tr>).)*minus", page.source)
    assert line.startswith(said)


async def test_nobody_is_invited_to_pay_in_cash_or_from_a_wallet_what_cannot_be_paid_so(
    citizen: Browser, payer: Browser, till: Till
) -> None:
    business = await till.business()
    body = {"merchant": business["id"], "amount": {"currency": "IDR", "units": 9_000}}
    sold = await till.done("POST", "/v1/payments", body, OWNER)
    page = await payer.open("/dompet")
    if "open-form" in page.forms:
        page = await payer.send(page.forms["open-form"])
    filling = code_of(await payer.send(page.forms["fill-form"], amount="50.000"))
    cash = re.compile("in cash at the (?:agency|city treasury)'s counter")
    for code, offered in (
        ((await till.payment(9_000))["code"], (True, True, True)),
        (sold["code"], (False, True, True)),
        (filling, (True, False, False)),
    ):
        page, unknown = await payer.open(f"/bayar/{code}/qris"), await citizen.open(f"/bayar/{code}/qris")
        assert page.ids["payment"]["data-state"] == "created"
        found = bool(cash.search(page.words)), "wallet-form" in page.forms, "to pay from your wallet" in unknown.words
        assert found == offered, code
    assert "<h1>Top-up</h1>" in (await payer.open(f"/bayar/{filling}")).source


@pytest.mark.parametrize(("language", "said"), [
    ("en", "in cash at the city treasury's counter"), ("id", "tunai di loket kas daerah"),
])  # fmt: skip
async def test_a_top_up_tells_that_the_treasury_takes_cash_for_it(
    citizen: Browser, payer: Browser, language: str, said: str
) -> None:
    page = await payer.open("/dompet")
    if "open-form" in page.forms:
        page = await payer.send(page.forms["open-form"])
    assert said in (await payer.open(f"/dompet?lang={language}")).words
    page = await payer.open("/dompet?lang=en")
    page = await payer.send(page.forms["fill-form"], amount="50.000")
    assert "in cash at the city treasury's counter" in page.words
    assert said in (await citizen.open(f"/bayar/{code_of(page)}/qris?lang={language}")).words


async def test_who_fills_the_wallet_for_a_payment_finds_back_to_it(payer: Browser, till: Till) -> None:
    page = await payer.open("/dompet")
    if "open-form" in page.forms:
        await payer.send(page.forms["open-form"])
    owed = await till.payment(900_000, description="900 lumpia")
    page = await payer.open(f"/bayar/{owed['code']}")
    page = await payer.send(page.forms["pay-form"])
    wallet = await payer.open(str(page.ids["fill"]["href"]))
    (back,) = re.findall(r'id="onward"><a class="[^"]*" href="([^"]+)"', wallet.source)
    assert code_of(await payer.open(back)) == owed["code"]


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
