"""Buying a ticket at the portal without a login: the form, the order, the ticket, its files."""

import re
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from icalendar import Calendar

from gateway.callers.session import SESSION_COOKIE
from gateway.portal.branding import own_orders
from gateway.portal.economy import payments
from services.branding.cancellations import timers as cancellation_timers
from services.branding.destinations.model import Content, text_of
from services.branding.orders import timers as order_timers
from services.branding.orders.model import Order
from services.branding.waiting import timers
from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1 import payments_views as views
from tests.branding.tickets.buying import bought, browser, ticket_in
from tests.branding.tickets.ticketing import NOBODY, SELLER, SITI, Ticketing, stamp
from tests.branding.waiting.test_waiting import room
from tests.fixtures.edge import stand_before
from tests.gateway.portal.pages import Browser
from tests.society.pages import reader, said

__all__ = ["browser"]


async def test_a_free_ticket_is_ordered_shown_and_kept_in_four_ways(browser: Browser, office: Ticketing) -> None:
    order, path = await bought(browser, office, price=0)
    assert (order.status, "Your tickets are here" in order.answer.text) == (200, True)
    way = ticket_in(order)
    ticket = await browser.open(way)
    assert ticket.answer.url.query == b"", "the key leaves the address"
    assert "Siti Rahma" in ticket.answer.text
    assert ticket.answer.headers["cache-control"] == "no-store"
    base = ticket.answer.url.path
    pdf = await browser.client.get(f"{base}/tiket.pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    calendar = Calendar.from_ical((await browser.client.get(f"{base}/tiket.ics")).content)
    (entry,) = calendar.walk("VEVENT")
    assert str(entry["summary"]) in ("Pasar Semawis", "Semawis night market")
    assert BytesIO((await browser.client.get(f"{base}/tiket.png")).content).read(4) == b"\x89PNG"
    link = re.search(r'id="link">[^<]*(/wisata/pesanan/[^<]+)<', order.source)
    assert link is not None
    browser.client.cookies.clear()
    assert (await browser.open(base)).status == 404
    assert (await browser.open(path)).status == 404
    assert (await browser.client.get(f"{base}/tiket.pdf")).status_code == 404
    assert "Your tickets are here" in (await browser.open(link[1])).answer.text, "the link opens it elsewhere"


async def test_an_order_and_its_ticket_say_that_it_was_called_off_and_why(browser: Browser, office: Ticketing) -> None:
    order, path = await bought(browser, office, price=0)
    way = ticket_in(order)
    sale = await office.served.admin.fetchval("SELECT id FROM branding.ticket_sale")
    why = "Jembatan menuju lokasi putus."
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=str(sale), etag="1", note=why), SELLER)
    for page in (path, way):
        shown = (await browser.open(page)).answer.text
        assert "the tickets are taken back" in shown
        assert why in shown


@pytest.mark.parametrize("before", [False, True])
async def test_nobody_is_asked_to_pay_for_what_was_called_off(
    browser: Browser, office: Ticketing, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before:  # as by the version before, while the pillar is upgraded
        monkeypatch.setattr(Order, "payable", lambda *_: False)
    order, path = await bought(browser, office)
    code = path.rpartition("/")[2]
    await office.served.admin.execute("UPDATE branding.ticket_order SET payment = 'SMGP-7K4P2M8-92'")
    sale = await office.served.admin.fetchval("SELECT id FROM branding.ticket_sale")
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=str(sale), etag="1", note="Hujan badai."), SELLER)
    given = {**order.forms["cancel-form"].filled()}
    for ended in (False, True):
        if ended:
            await cancellation_timers.take_back(office.served.runtime)
        page = await browser.open(path)
        assert ("not-due" in page.ids, "payment" in page.ids, "cancel-form" in page.forms) == (True, False, False)
        assert ("Pay by" in page.words, 'http-equiv="refresh"' in page.source) == (False, False)
        for way in ("qris", "dompet"):
            answer = await browser.client.post(f"/wisata/pesanan/{code}/{way}", data=given, headers=browser.headers)
            assert (answer.status_code, "This sale was called off" in answer.text) == (409, True)
        assert (await browser.client.get(f"/wisata/pesanan/{code}/qris.png")).status_code == 409
    held = await office.served.admin.fetchval("SELECT sum(held) FROM branding.ticket_seats")
    assert held == 0


async def with_payment(office: Ticketing, monkeypatch: pytest.MonkeyPatch, state: Any) -> None:
    """All orders are paid by a payment that stands so in economy, which is not here."""
    code = "SMGP-7K4P2M8-92"
    await office.served.admin.execute("UPDATE branding.ticket_order SET payment = $1", code)
    until = datetime.now(UTC) + timedelta(minutes=10)
    payment = views.payment(pb.Payment(id=code, code=code, state=state, qr="000201", expire_time=stamp(until)))

    async def payment_of(*_: object) -> views.Payment:
        return payment

    monkeypatch.setattr(payments, "payment_of", payment_of)


async def test_who_has_no_login_saves_the_qris_where_the_page_says(
    browser: Browser, office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = await bought(browser, office)
    await with_payment(office, monkeypatch, pb.PAYMENT_STATE_PENDING)
    page = await browser.open(path)
    saved = await browser.client.get(str(page.ids["save-qr"]["href"]))
    assert (saved.status_code, saved.content[:4]) == (200, b"\x89PNG")


async def test_what_was_paid_a_moment_ago_is_not_asked_for_again(
    browser: Browser, office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = await bought(browser, office)
    await with_payment(office, monkeypatch, pb.PAYMENT_STATE_CAPTURED)
    page = await browser.open(path)
    assert "Your tickets come in a moment" in page.words
    assert [word in page.words for word in ("To pay:", "Pay by", "Give up this order")] == [False] * 3


@pytest.mark.parametrize("ends", [pb.PAYMENT_STATE_PENDING, pb.PAYMENT_STATE_EXPIRED])
async def test_an_order_whose_seats_are_free_again_can_be_paid_as_long_as_its_payment_waits(
    browser: Browser, office: Ticketing, monkeypatch: pytest.MonkeyPatch, ends: Any
) -> None:
    _, path = await bought(browser, office)
    await with_payment(office, monkeypatch, ends)
    office.served.pass_time(minutes=16)
    await order_timers.expire(office.served.runtime)
    page = await browser.open(path)
    can = ends == pb.PAYMENT_STATE_PENDING
    assert ("expired" in page.ids, "To pay:" in page.words, "unpaid" in page.ids) == (can, can, not can)
    assert ("Valid until" in page.words, "Pay by" in page.words) == (can, False), (
        "its QR code, as its seats are not held"
    )
    sale = await office.served.admin.fetchval("SELECT id FROM branding.ticket_sale")
    assert (f'href="/wisata/tiket/beli/{sale}"' in page.source) == (not can)


async def test_what_is_to_be_paid_says_until_when_and_can_be_given_up(browser: Browser, office: Ticketing) -> None:
    order, _ = await bought(browser, office)
    assert "Pay by" in order.answer.text
    assert "IDR 50,000" in order.answer.text.replace("\xa0", " ")
    assert "2 tiket" not in order.words, "what is paid for stands above in the reader's language"
    assert 'http-equiv="refresh"' in order.source
    page = await browser.send(order.forms["cancel-form"], etag="7")
    assert (page.status, 'http-equiv="refresh"' in page.source) == (412, False), "a refusal stays to be read"
    page = await browser.send(page.forms["cancel-form"])
    assert "Its seats are free again" in page.answer.text
    assert "Tickets, when it is paid" in order.words
    assert "Tickets, when it is paid" not in page.words, "there will be none"


async def test_an_order_of_nothing_is_asked_again_and_the_form_keeps_what_was_typed(
    browser: Browser, office: Ticketing
) -> None:
    sale, _ = await office.on_sale()
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    again = await browser.send(page.forms["order-form"], holder="Budi")
    assert (again.status, "Choose how many tickets you want." in again.answer.text) == (422, True)
    assert 'value="Budi"' in again.answer.text


async def test_who_has_ordered_nothing_reads_so_where_their_orders_would_be(office: Ticketing) -> None:
    async with stand_before(office.served) as stand:
        siti = await reader(stand, SITI)
        async with siti.client:
            assert "ordered nothing" in said(await siti.page("/wisata/tiket"), "no-orders")


async def test_who_has_not_logged_in_reads_how_to_find_their_orders(browser: Browser) -> None:
    assert "log-in" in (await browser.open("/wisata/tiket")).ids


async def test_codes_lead_to_tickets_and_orders_and_what_is_mistyped_is_said(
    browser: Browser, office: Ticketing
) -> None:
    await office.on_sale()
    page = await browser.open("/wisata/tiket")
    assert "Semawis night market" in page.answer.text
    wrong = await browser.open("/wisata/tiket?kode=smge-7k4p2m8q-93")
    assert wrong.status == 422
    assert "a character is wrong or missing" in wrong.answer.text
    assert 'value="SMGE-7K4P2M8Q-93"' in wrong.answer.text, "it can be mended where it was typed"


async def test_who_waits_sees_the_number_and_then_the_order(browser: Browser, office: Ticketing) -> None:
    sale, type_ = await room(office, opens=-1, price=0)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    waiting = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    assert "You are next." in waiting.answer.text
    await timers.serve(office.served.runtime)
    order = await browser.open(waiting.answer.url.path)
    assert order.answer.url.path.startswith("/wisata/pesanan/SMGB")
    assert "Your tickets are here" in order.answer.text


async def test_another_day_of_a_destination_is_shown_with_what_was_entered(browser: Browser, office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    day = office.served.now.astimezone(office.served.runtime.city.timezone).date()
    other = str(day + timedelta(days=3))
    entered = {f"n-{type_}": "2", "holder": "Budi"}
    for pressed in ({"go": "day"}, {}):  # its own button, or the one that orders: nothing is ordered for a day unseen
        shown = await browser.send(page.forms["order-form"], hari=other, **entered, **pressed)
        assert shown.status == 200
        assert shown.forms["order-form"].filled().items() >= {**entered, "hari": other, "day": other}.items()
        assert ("unordered" in shown.ids) == (not pressed), "who wanted to order is told that nothing is"
    nameless = await browser.send(page.forms["order-form"], hari=other, **{f"n-{type_}": "2"})
    assert nameless.answer.url.params["hari"] == other, "Back from the order finds an address, not a form"
    assert nameless.forms["order-form"].filled()[f"n-{type_}"] == "2"
    order = await browser.send(shown.forms["order-form"])
    assert "Your tickets are here" in order.answer.text
    for out, why in ((day - timedelta(days=1), "This day is over,"), (day + timedelta(days=91), "not on sale yet")):
        gone = await browser.send(page.forms["order-form"], hari=str(out), **entered)
        assert (why in gone.answer.text, 'id="wishes"' in gone.source) == (True, False)
        assert gone.forms["order-form"].filled().items() >= entered.items()


async def test_a_place_that_is_closed_for_today_sells_its_next_day_and_says_what_comes_back(
    browser: Browser, office: Ticketing
) -> None:
    opened = stamp(office.served.now - timedelta(days=1))  # before half past eleven at night also where it is later now
    sale = (await office.sale(destination="lawang-sewu", open_time=opened)).id
    type_ = await office.sort(sale, price=20_000, refund_percent=100, refund_hours=24)
    zone = office.served.runtime.city.timezone
    today = office.served.now.astimezone(zone).date()
    office.served.now = datetime.combine(today, time(23, 30), zone).astimezone(UTC)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    assert page.forms["order-form"].filled()["day"] == str(today + timedelta(days=1))
    await office.served.admin.execute(
        "UPDATE branding.destination SET content = $1 WHERE code = 'lawang-sewu'", text_of(Content(hours="24/7"))
    )
    late = await browser.open(f"/wisata/tiket/beli/{sale}?hari={today}")
    assert ("no money back" in late.words, "100% back until" in late.words) == (True, False)
    far = await browser.open(f"/wisata/tiket/beli/{sale}?hari={today + timedelta(days=3)}")
    assert f"100% back until {plain(today + timedelta(days=2))}, 00:00 WIB" in far.words, "midnight of the day before"
    assert '"/wisata/tempat/lawang-sewu"' in far.source
    for page, can in ((late, False), (far, True)):
        order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
        assert (f"Can be given back until {plain(today + timedelta(days=2))}, 00:00 WIB." in order.words) == can
        await office.pay()
        way = ticket_in(await browser.open(order.answer.url.path))
        ticket = await browser.open(way)
        assert ("change-form" in ticket.forms, "cancel-form" in ticket.forms) == (can, can)
        said = "Can be given back until" if can else "It could be given back until"
        assert said in ticket.words
        assert '"/wisata/tempat/lawang-sewu"' in ticket.source


async def test_an_order_that_is_not_paid_says_that_its_date_was_put_off(browser: Browser, office: Ticketing) -> None:
    page, path = await bought(browser, office, refund_percent=0)
    assert "put-off" not in page.ids
    office.served.now += timedelta(minutes=1)
    await office.put_off(days=1)
    assert "Its time was changed after you ordered" in (await browser.open(path)).words


async def test_a_date_whose_hours_are_not_known_is_told_by_its_day_wherever_it_is_sold(
    browser: Browser, office: Ticketing
) -> None:
    sale = await office.sale(hours=None)
    order = await office.order(sale.id, await office.sort(sale.id, price=0), caller=NOBODY)
    (ticket,) = order.order.tickets
    assert (sale.all_day, order.order.all_day, ticket.all_day) == (True, True, True)
    day = date.fromisoformat(ticket.first_day)
    paths = ("/wisata/tiket", f"/wisata/tiket/beli/{sale.id}", f"/wisata/pesanan/{order.order.code}?k={order.link_key}")
    for path in (*paths, f"/wisata/tiket/{ticket.code}?k={ticket.link_key}"):
        words = (await browser.open(path)).words
        assert (f"{day:%-d %B %Y}" in words or f"{day:%-d %b %Y}" in words, "00:00" in words) == (True, False), path
    file = await browser.client.get(f"/wisata/tiket/{ticket.code}/tiket.ics")
    (entry,) = Calendar.from_ical(file.content).walk("VEVENT")
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (day, day + timedelta(days=1))


async def test_an_order_tells_of_each_ticket_the_type_and_the_day_that_it_was_changed_for(
    browser: Browser, office: Ticketing
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    adults = await office.sort(sale, price=0)
    child = await office.sort(sale, price=0, name_en="Children")
    first, then = (office.served.now.date() + timedelta(days=days) for days in (20, 21))
    order = await office.order(sale, adults, 2, caller=NOBODY, day=f"{first}")
    ticket = order.order.tickets[0]
    path = f"/wisata/pesanan/{order.order.code}?k={order.link_key}"
    assert "changed" not in (await browser.open(path)).ids
    page = await browser.open(f"/wisata/tiket/{ticket.code}?k={ticket.link_key}")
    await browser.send(page.forms["change-form"], type=child, day=f"{then}")
    page = await browser.open(path)
    assert "changed" in page.ids
    assert f"{first:%a, %-d %b %Y} 2 free" in page.words, "as it was on sale"
    assert f"Children {ticket.code} {then:%a, %-d %b %Y} · free" in page.words
    assert f"{order.order.tickets[1].code} {first:%a, %-d %b %Y} · free" in page.words


async def test_an_order_says_with_which_code_its_cash_is_fetched_at_the_counter_until_it_was(
    browser: Browser, office: Ticketing
) -> None:
    sale, adult = await office.on_sale()
    order = await office.order(sale, adult, caller=NOBODY)
    await office.pay()
    code = "SMGP-7K4P2M8-92"
    await office.served.admin.execute("UPDATE branding.ticket_order SET payment = $1", code)
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=sale, etag="1", note="Hujan badai."), SELLER)
    await cancellation_timers.take_back(office.served.runtime)
    path = f"/wisata/pesanan/{order.order.code}?k={order.link_key}"
    assert "cash-ready" not in (await browser.open(path)).ids
    await office.ready()
    page = await browser.open(path)
    assert ("cash-ready" in page.ids, code in page.words, "do anything" in page.words) == (True, True, False)
    await office.give_back()
    assert "cash-ready" not in (await browser.open(path)).ids


async def test_all_of_ones_orders_are_found_page_after_page(office: Ticketing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_orders, "PAGE", 1)
    office.today()
    sale, type_ = await office.on_sale(price=0)
    codes = [(await office.order(sale, type_)).order.code for _ in range(2)]
    async with stand_before(office.served) as stand:
        siti = await reader(stand, SITI)
        async with siti.client:
            page, found = await siti.page("/wisata/tiket"), list[str]()
            while older := page.xpath("//a[@id='older']/@href"):
                found += page.xpath("//li/@data-order")
                page = await siti.page(older[0])
            assert [*found, *page.xpath("//li/@data-order")] == codes[::-1]


async def test_the_calendar_entry_of_a_ticket_says_where_its_place_is(browser: Browser, office: Ticketing) -> None:
    opened = stamp(office.served.now - timedelta(days=1))
    sale = (await office.sale(destination="lawang-sewu", open_time=opened)).id
    type_ = await office.sort(sale, price=0)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    way = ticket_in(order)
    ticket = await browser.open(way)
    entry = (await browser.client.get(f"{ticket.answer.url.path}/tiket.ics")).text
    assert "LOCATION:Lawang Sewu" in entry
    assert "GEO:-6.983925;110.410633" in entry


def plain(day: date) -> str:
    """A day as pages in English write it. Example: 4 December 2026"""
    return f"{day.day} {day:%B %Y}"


async def test_who_logs_out_leaves_no_order_open(office: Ticketing) -> None:
    office.today()
    sale, type_ = await office.on_sale(price=0)
    async with stand_before(office.served) as stand:
        siti = await reader(stand, SITI)
        async with siti.client:
            page = await siti.send(f"/wisata/tiket/beli/{sale}", "order-form", **{f"n-{type_}": "2", "holder": "Siti"})
            link = said(page, "link")
            siti.client.cookies.delete(stand.gateway.settings.cookie(SESSION_COOKIE))
            left = await siti.client.get(link.partition("?")[0])
            again = await siti.client.get(link, follow_redirects=True)
    assert (left.status_code, again.status_code) == (404, 200), "the link still opens it"
