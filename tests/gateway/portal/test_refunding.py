"""Money is given back at the portal: by a second person above a limit, in cash at the counter that took it."""

import re
from uuid import UUID

import asyncpg

from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand
from tests.gateway.till import TREASURER, Till


async def test_a_refund_is_explained_beforehand_and_above_the_limit_needs_a_second_person(
    stand: Stand, till: Till, treasurer: Browser
) -> None:
    paid = await till.paid(700_000)
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        desk = f"/usaha/{paid['merchant']}"
        page = await cashier.open(f"{desk}/kembalikan/{paid['id']}?amount=800000")
        assert page.ids["check"]["data-possible"] == "false"
        assert "IDR 800,000 cannot be given back now; IDR 700,000 at most." in page.words
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
    assert "The cash lies ready at its counter" in page.words
    assert f"approve-{card[1]}" not in page.forms
    assert (await till.done("GET", f"/v1/payments/{paid['id']}"))["state"] == "captured", "nobody has handed it out"
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        page = await cashier.open(f"{desk}/bayar/{paid['id']}")
        page = await cashier.send(page.forms[f"hand-out-{card[1]}"])
        assert "The cash was handed out." in page.words
    assert (await till.done("GET", f"/v1/payments/{paid['id']}"))["state"] == "refunded"


async def test_a_business_sees_what_became_of_the_refund_that_it_asked_for(
    stand: Stand, till: Till, treasurer: Browser
) -> None:
    paid = await till.paid(700_000)
    body = {"amount": {"currency": "IDR", "units": 700_000}, "reason": "Pesta batal"}
    asked = await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, "petugas-dlh")
    desk = f"/usaha/{paid['merchant']}"
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        page = await cashier.open(f"{desk}/bayar/{paid['id']}")
        assert page.ids[f"refund-{asked['id']}"]["data-state"] == "requested"
        assert "Waits for a second person Pesta batal" in page.words
        assert f"asked-{paid['id']}" in (await cashier.open(f"{desk}/pembayaran")).ids
        page = await treasurer.open("/petugas/kas")
        assert re.search(rf'id="refund-{asked["id"]}".*?PEMKOT', page.source, re.DOTALL), "whose it is stands there"
        await treasurer.send(page.forms[f"reject-{asked['id']}"], reason="Lampirkan bukti")
        page = await cashier.open(f"{desk}/bayar/{paid['id']}")
        assert page.ids[f"refund-{asked['id']}"]["data-state"] == "rejected"
        assert "Why it was rejected: Lampirkan bukti" in page.words
        assert re.search(r"Refund of .{5,20}: Rejected", (await cashier.open(f"{desk}/pembayaran")).words)


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
        assert f"hand-out-{asked['id']}" not in page.forms
    assert (await till.done("GET", f"/v1/payments/{paid['id']}"))["state"] == "refunded"


async def test_who_gives_money_back_is_led_to_the_list_as_it_was_filtered(stand: Stand, till: Till) -> None:
    paid = await till.paid(20_000)
    desk = f"/usaha/{paid['merchant']}"
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        page = await cashier.open(f"{desk}/pembayaran?state=captured")
        assert f'href="{desk}/kembalikan/{paid["id"]}?state=captured"' in page.source
        assert f'href="{desk}/bayar/{paid["id"]}?state=captured"' in page.source
        page = await cashier.open(f"{desk}/bayar/{paid['id']}?state=captured")
        assert f'href="{desk}/kembalikan/{paid["id"]}?state=captured"' in page.source, "also by way of the payment"
        page = await cashier.open(f"{desk}/kembalikan/{paid['id']}?state=captured")
        assert f'href="{desk}/pembayaran?state=captured"' in page.source
        assert page.forms["amount-form"].filled()["state"] == "captured"
        page = await cashier.send(page.forms["refund-form"], reason="no")
        page = await cashier.send(page.forms["refund-form"], reason="Tagihan salah objek")
        assert (page.answer.url.path, page.answer.url.params.get("state")) == (f"{desk}/pembayaran", "captured")
        assert "done" in page.ids


async def test_a_payment_is_not_given_back_twice_from_two_open_pages(till: Till, stand: Stand) -> None:
    paid = await till.paid(20_000)
    async with stand.client() as client:
        cashier = Browser(client, await stand.bearer("petugas-dlh"))
        address = f"/usaha/{paid['merchant']}/kembalikan/{paid['id']}?amount=5000"
        first, second = await cashier.open(address), await cashier.open(address)
        assert (await cashier.send(first.forms["refund-form"], reason="Satu lumpia habis")).status == 200
        page = await cashier.send(second.forms["refund-form"], reason="Satu lumpia habis")
        assert (page.status, "Since this page was opened, money was given back" in page.words) == (409, True)
        page = await cashier.send(page.forms["refund-form"])
        assert page.status == 200, "whoever has seen it may send it all the same"
    assert (await till.done("GET", f"/v1/payments/{paid['id']}"))["refunded"]["units"] == 10_000


async def test_whoever_asked_for_a_refund_is_not_offered_to_approve_it(till: Till, stand: Stand) -> None:
    paid = await till.paid(700_000)
    body = {"amount": {"currency": "IDR", "units": 700_000}, "reason": "Tagihan salah objek"}
    asked = await till.done("POST", f"/v1/payments/{paid['id']}/refunds", body, "admin")
    async with stand.client() as client:
        admin, other = Browser(client, await stand.bearer("admin")), Browser(client, await stand.bearer(TREASURER))
        page = await admin.open("/petugas/kas")
        assert (f"own-{asked['id']}" in page.ids, f"approve-{asked['id']}" in page.forms) == (True, False)
        assert "waits for somebody else" in page.words
        form = (await other.open("/petugas/kas")).forms[f"approve-{asked['id']}"]
        page = await admin.send(form)
        assert (page.status, "Another person must decide" in page.words) == (403, True)
        assert ("Somebody else has to do this" in page.words, "You may not do this" in page.words) == (True, False)
