"""Buying a ticket at the portal without a login: the form, the order, the ticket, its files."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from icalendar import Calendar

from gateway.answers import ticket_files
from gateway.portal.branding import ticket_sales
from gateway.portal.economy import payments
from services.branding.cancellations import timers as cancellation_timers
from services.branding.orders.model import Order
from services.branding.tickets import hands
from services.branding.waiting import timers
from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1 import payments_views as views
from tests.branding.tickets.ticketing import NOBODY, SELLER, SITI, Ticketing, stamp
from tests.branding.waiting.test_waiting import room
from tests.fixtures.edge import edge_before, stand_before
from tests.gateway.portal.pages import Browser, Page
from tests.society.pages import reader, said


@pytest.fixture
async def browser(office: Ticketing) -> AsyncIterator[Browser]:
    """Somebody without a login at the gateway, reading English."""
    office.today()
    async with edge_before(office.served) as client:
        yield Browser(client, {"accept-language": "en"})


async def bought(browser: Browser, office: Ticketing, **fields: object) -> tuple[Page, str]:
    """The page of an order of two tickets, and its address."""
    sale, type_ = await office.on_sale(**fields)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    done = await browser.send(page.forms["order-form"], **{f"n-{type_}": "2", "holder": "Siti Rahma"})
    return done, done.answer.url.path


async def test_a_free_ticket_is_ordered_shown_and_kept_in_four_ways(browser: Browser, office: Ticketing) -> None:
    order, path = await bought(browser, office, price=0)
    assert (order.status, "Your tickets are here" in order.answer.text) == (200, True)
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    ticket = await browser.open(found[1])
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
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    sale = await office.served.admin.fetchval("SELECT id FROM branding.ticket_sale")
    why = "Jembatan menuju lokasi putus."
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=str(sale), etag="1", note=why), SELLER)
    for page in (path, found[1]):
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
    order = await browser.send(shown.forms["order-form"])
    assert "Your tickets are here" in order.answer.text
    for out, why in ((day - timedelta(days=1), "This day is over."), (day + timedelta(days=91), "not on sale yet")):
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
    late = await browser.open(f"/wisata/tiket/beli/{sale}?hari={today}")
    assert ("no money back" in late.words, "until 24 hours before" in late.words) == (True, False)
    far = await browser.open(f"/wisata/tiket/beli/{sale}?hari={today + timedelta(days=3)}")
    assert "100% back until 24 hours before" in far.words
    for page, can in ((late, False), (far, True)):
        order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
        await office.pay()
        found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', (await browser.open(order.answer.url.path)).source)
        assert found is not None
        ticket = await browser.open(found[1])
        assert ("change-form" in ticket.forms, "cancel-form" in ticket.forms) == (can, can)


async def test_a_link_opens_its_ticket_however_its_code_is_typed_and_without_it_the_page_says_where_to_go(
    browser: Browser, office: Ticketing
) -> None:
    order, _ = await bought(browser, office, price=0)
    found = re.search(r'href="/wisata/tiket/(SMGE[^"?]+)(\?k=[^"]+)"', order.source)
    assert found is not None
    code, key = found.groups()
    browser.client.cookies.clear()
    lost = await browser.open(f"/wisata/tiket/{code}")
    assert lost.status == 404
    assert str(lost.ids["action"]["href"]).startswith("/auth/login?")
    assert lost.ids["onward"]["href"] == "/wisata/tiket"
    ticket = await browser.open(f"/wisata/tiket/{code.lower()}{key}&lang=id")
    assert (ticket.answer.url.path, 'lang="id"' in ticket.source) == (f"/wisata/tiket/{code}", True)
    assert f"/wisata/tiket/{code}{key}</p>" in ticket.source, "the page says which link to keep"
    again = await browser.open(f"/wisata/tiket/{code}?lang=en")
    assert (again.status, "Keep it: without it" in again.answer.text) == (200, True)


async def test_a_ticket_that_is_passed_on_is_taken_over_by_a_press_and_says_what_counts_at_the_gate(
    browser: Browser, office: Ticketing
) -> None:
    order, _ = await bought(browser, office, price=0)
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    ticket = await browser.open(found[1])
    assert "qr-only" not in ticket.ids
    passed = await browser.send(ticket.forms["transfer-form"], holder="Budi")
    assert "the code typed by hand does not any more" in passed.answer.text
    link = handed(await browser.open(str(passed.answer.url)))
    assert link is not None, "the page that tells it can be opened again"
    offered = await browser.open(link[1])
    assert ("qr-only" in offered.ids, "keep" in offered.ids, "Take it over before you pay" in offered.words) == (
        False, False, True
    )  # fmt: skip
    taken = await browser.send(offered.forms["take-form"])
    assert ("qr-only" in taken.ids, "take-form" in taken.forms, "The ticket is yours." in taken.words) == (
        True, False, True
    )  # fmt: skip
    kept = re.search(r'id="link">[^<]*(/wisata/tiket/[^<]+)<', taken.source)
    assert kept is not None
    assert "transfer-form" in (await browser.open(kept[1])).forms
    assert (await browser.open(link[1])).status == 404, "the link that was handed over opens it no more"


async def test_the_link_of_a_ticket_is_told_also_where_its_page_is_not_shown_to_who_passed_it_on(
    browser: Browser, office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by the version before, while the pillar is upgraded."""
    order, _ = await bought(browser, office, price=0)
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    ticket = await browser.open(found[1])
    with monkeypatch.context() as before:
        before.setattr(hands, "has_passed_on", lambda *_: False)
        passed = await browser.send(ticket.forms["transfer-form"], holder="Budi")
        assert (await browser.open(found[1])).status == 404
    link = handed(passed)
    assert passed.status == 200
    assert link is not None
    assert "take-form" in (await browser.open(link[1])).forms


async def test_a_ticket_and_its_order_say_that_the_date_was_put_off_and_that_all_of_the_price_can_be_had_back(
    browser: Browser, office: Ticketing
) -> None:
    _, path = await bought(browser, office, refund_percent=0)
    await office.pay()
    order = await browser.open(path)
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    was = await office.served.admin.fetchval("SELECT min(first_day) FROM branding.ticket")
    assert "put-off" not in order.ids
    office.served.now += timedelta(minutes=1)
    await office.put_off(days=1)
    for page in (await browser.open(path), await browser.open(found[1])):
        assert f"it was to be on {was:%a, %-d %b %Y}" in page.words
        assert "all of its price goes back" in page.words
        assert page.words.count(f"{was:%-d %b %Y}") == 1, "no other place names the day before"


def handed(page: Page) -> re.Match[str] | None:
    """The link that a page says."""
    return re.search(r'id="link">[^<]*(/wisata/tiket/[^<]+)<', page.source)


async def test_an_order_leads_to_a_ticket_that_waits_to_be_taken_over_and_there_it_is_taken_back(
    browser: Browser, office: Ticketing
) -> None:
    order, path = await bought(browser, office, price=0)
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    passed = await browser.send((await browser.open(found[1])).forms["transfer-form"])
    link = handed(passed)
    assert link is not None
    browser.client.cookies.delete("ticket", path=passed.answer.url.path)
    order = await browser.open(path)
    assert "passed on, not taken over yet" in order.words
    waiting = await browser.open(re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)[1])  # type: ignore[index]
    assert (handed(waiting) or [""])[1] == link[1]
    back = await browser.send(waiting.forms["recall-form"])
    assert ("The ticket is yours again." in back.words, "transfer-form" in back.forms) == (True, True)
    assert "Siti Rahma" in back.words
    new = handed(await browser.send(back.forms["transfer-form"]))
    assert new is not None
    dead = await browser.open(link[1])
    assert (dead.status, "took it back before you took it over" in dead.words) == (404, True)
    taken = await browser.send((await browser.open(new[1])).forms["take-form"])
    order = await browser.open(path)
    assert ("passed on" in order.words, taken.answer.url.path in order.source) == (True, False), "it would be refused"


async def test_a_ticket_that_was_given_back_says_how_much_goes_back_and_leads_to_its_order(
    browser: Browser, office: Ticketing
) -> None:
    _, path = await bought(browser, office)
    await office.pay()
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', (await browser.open(path)).source)
    assert found is not None
    ticket = await browser.open(found[1])
    back = await browser.send(ticket.forms["cancel-form"])
    assert "IDR 22,500 goes back" in back.words.replace("\xa0", " ")
    assert f'href="{path}"' in back.source


async def test_money_that_went_back_is_told_once_and_who_gave_tickets_back_is_not_told_that_they_were_taken(
    browser: Browser, office: Ticketing
) -> None:
    _, path = await bought(browser, office)
    await office.pay()
    for link in re.findall(r'href="(/wisata/tiket/SMGE[^"]+)"', (await browser.open(path)).source):
        await browser.send((await browser.open(link)).forms["cancel-form"])
    await office.give_back()
    words = (await browser.open(path)).words
    assert ("ticket given back has gone back" in words, "Your tickets were given back" in words) == (True, True)
    assert "taken back" not in words


async def test_who_gives_a_ticket_back_in_two_tabs_reads_in_the_second_that_it_is_so_already(
    browser: Browser, office: Ticketing
) -> None:
    order, _ = await bought(browser, office, price=0)
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    one, other = [await browser.open(found[1]) for _ in range(2)]
    await browser.send(one.forms["cancel-form"])
    again = await browser.send(other.forms["cancel-form"])
    assert (again.status, "It is so already" in again.words, "somebody else" in again.words) == (200, True, False)


async def test_what_cost_nothing_can_be_given_back_and_says_that_no_money_does(
    browser: Browser, office: Ticketing
) -> None:
    sale, type_ = await office.on_sale(price=0, refund_percent=0)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    assert ("can be given back until it begins" in page.words, "not taken back" in page.words) == (True, False)
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    ticket = await browser.open(found[1])
    assert ("No money goes back." in ticket.words, "goes back to who paid, the way" in ticket.words) == (True, False)


async def test_a_ticket_says_before_it_is_changed_what_goes_back(browser: Browser, office: Ticketing) -> None:
    sale, type_ = await office.on_sale()
    child = await office.sort(sale, price=15_000, name_en="Children")
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    await office.pay()
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', (await browser.open(order.answer.url.path)).source)
    assert found is not None
    ticket = await browser.open(found[1])
    assert "Nothing more is to be paid." in ticket.words
    assert "the QR code that you have is worth nothing" in ticket.words
    assert "Children · IDR 15,000 · IDR 9,000 goes back" in ticket.words.replace("\xa0", " ")
    none = await browser.send(ticket.forms["change-form"])
    assert none.status == 422, "which one is to be chosen"
    done = await browser.send(none.forms["change-form"], type=child)
    assert "Children" in done.words


async def test_an_order_that_is_not_paid_says_that_its_date_was_put_off(browser: Browser, office: Ticketing) -> None:
    page, path = await bought(browser, office, refund_percent=0)
    assert "put-off" not in page.ids
    office.served.now += timedelta(minutes=1)
    await office.put_off(days=1)
    assert "Its time was changed after you ordered" in (await browser.open(path)).words


async def test_the_type_that_a_ticket_should_be_changed_for_stays_chosen_when_the_day_is_refused(
    browser: Browser, office: Ticketing
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    other = await office.sort(sale, price=0, name_en="Children")
    day = str(office.served.now.date() + timedelta(days=3))
    page = await browser.open(f"/wisata/tiket/beli/{sale}?hari={day}")
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', order.source)
    assert found is not None
    ticket = await browser.open(found[1])
    assert ticket.forms["change-form"].filled()["type"] == type_
    refused = await browser.send(ticket.forms["change-form"], type=other, day="2020-01-01")
    assert refused.status == 422
    assert refused.forms["change-form"].filled().items() >= {"type": other, "day": "2020-01-01"}.items()


async def test_a_ticket_of_several_days_says_its_last_one_on_paper_too(
    browser: Browser, office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []

    def pdf(_title: str, lines: list[str], *_: str, **__: str) -> bytes:
        printed.extend(lines)
        return b""

    monkeypatch.setattr(ticket_files, "pdf", pdf)
    sale = (await office.sale(hours=30)).id
    order = await office.order(sale, await office.sort(sale, price=0), caller=NOBODY)
    (ticket,) = order.order.tickets
    page = await browser.open(f"/wisata/tiket/{ticket.code}?k={ticket.link_key}")
    await browser.client.get(f"/wisata/tiket/{ticket.code}/tiket.pdf", headers=browser.headers)
    assert f"{date.fromisoformat(ticket.last_day):%-d %b %Y}" in printed[1]
    assert printed[1] in page.words


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
    assert f"Children {ticket.code} {then:%a, %-d %b %Y} · free" in page.words
    assert f"{order.order.tickets[1].code} {first:%a, %-d %b %Y} · free" in page.words


async def test_all_of_ones_orders_are_found_page_after_page(office: Ticketing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticket_sales, "PAGE", 1)
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
