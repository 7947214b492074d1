"""What somebody at a counter names by its code is found there, however long the list is."""

from services.kit import codes
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_paying import issue_bill
from tests.gateway.running import Stand
from tests.gateway.till import CASHIER, Till


async def test_a_bill_is_found_at_the_desk_by_its_number_however_it_is_typed(markets: Browser) -> None:
    number = await issue_bill(markets)
    page = await markets.open("/petugas/tagihan?state=paid")
    assert number not in page.words
    page = await markets.open(f"/petugas/tagihan?state=paid&kode=%20{number.lower().replace('-', '%20')}")
    assert str(page.answer.url).endswith(f"/petugas/tagihan/{number}")
    assert "cash-form" in page.forms


async def test_a_bill_is_found_at_the_desk_by_its_stall_in_whatever_state(markets: Browser) -> None:
    number = await issue_bill(markets, object="Pasar Johar, kios Q-1801")
    desk = await markets.open(f"/petugas/tagihan/{number}")
    await markets.send(desk.forms["cancel-form"])
    page = await markets.open("/petugas/tagihan")
    assert number not in page.words
    page = await markets.open("/petugas/tagihan?object=kios+q-1801")
    assert (number in page.words, page.forms["object-form"].filled()["object"]) == (True, "kios q-1801")
    assert number not in (await markets.open("/petugas/tagihan?object=kios+q-1801&state=paid")).words
    page = await markets.open("/petugas/tagihan?object=ki")
    assert (page.status, page.ids["object"]["aria-invalid"], page.ids["object"]["value"]) == (422, "true", "ki")


async def test_a_payment_is_found_at_its_counter_by_its_code_to_be_given_back(stand: Stand, till: Till) -> None:
    paid = await till.paid(9_000)
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer(CASHIER))
        page = await cashier.open(f"/usaha/{paid['merchant']}/pembayaran?kode={paid['code']}")
        assert str(page.answer.url).endswith(f"/usaha/{paid['merchant']}/bayar/{paid['code']}")
        assert f"/usaha/{paid['merchant']}/kembalikan/{paid['id']}" in page.source


async def test_a_code_that_is_mistyped_is_told_at_its_field_above_the_list(markets: Browser) -> None:
    number = await issue_bill(markets)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    page = await markets.open(f"/petugas/tagihan?state=issued&kode={wrong}")
    assert (page.status, page.ids["kode"]["aria-invalid"], page.ids["kode"]["value"]) == (422, "true", wrong)
    assert ("mistyped" in page.words, "bills" in page.ids) == (True, True)
    assert page.forms["seek-form"].filled()["state"] == "issued", "the list stays as it was filtered"


async def test_a_number_that_nothing_has_leaves_the_desk_as_it_was_filtered(
    stand: Stand, till: Till, markets: Browser
) -> None:
    paid = await till.paid(9_000)
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer(CASHIER))
        for browser, path, name, value, letter in (
            (markets, "/petugas/tagihan", "state", "issued", "T"),
            (markets, "/petugas/izin", "bagian", "over", "Z"),
            (cashier, f"/usaha/{paid['merchant']}/pembayaran", "state", "captured", "P"),
        ):
            code = codes.new(f"SMG{letter}", 7)
            page = await browser.open(f"{path}?{name}={value}&kode={code.lower()}")
            assert (page.status, page.ids["kode"]["aria-invalid"], page.ids["kode"]["value"]) == (404, "true", code)
            assert "There is nothing here with this number." in page.words
            assert page.forms["seek-form"].filled()[name] == value
