"""A ticket at the portal: its link, passing it on, giving it back, changing it, its paper."""

import re
from datetime import date, timedelta

import pytest

from gateway.answers import ticket_files
from services.branding.tickets import hands
from smartcity.branding.v1 import gates_pb2
from tests.branding.tickets.buying import bought, browser, ticket_in
from tests.branding.tickets.ticketing import NOBODY, SELLER, Ticketing
from tests.gateway.portal.pages import Browser, Page

__all__ = ["browser"]


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
    way = ticket_in(order)
    ticket = await browser.open(way)
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
    way = ticket_in(order)
    ticket = await browser.open(way)
    with monkeypatch.context() as before:
        before.setattr(hands, "has_passed_on", lambda *_: False)
        passed = await browser.send(ticket.forms["transfer-form"], holder="Budi")
        assert (await browser.open(way)).status == 404
    link = handed(passed)
    assert passed.status == 200
    assert link is not None
    assert "take-form" in (await browser.open(link[1])).forms


async def test_a_ticket_that_gates_let_in_says_that_it_stays_as_it_is_and_offers_nothing_else(
    browser: Browser, office: Ticketing
) -> None:
    order, _ = await bought(browser, office, price=0)
    way = ticket_in(order)
    sale = await office.served.admin.fetchval("SELECT sale::text FROM branding.ticket")
    await office.call(gates_pb2.CreateGateRequest(sale=sale, name="Utara"), SELLER)
    before = await browser.open(way)
    assert ("until-gates" in before.ids, "at-gates" in before.ids) == (True, False)
    begins = await office.served.admin.fetchval("SELECT starts_at FROM branding.ticket_sale")
    office.served.now = begins - timedelta(hours=1)
    for form in ("transfer-form", "cancel-form"):
        assert "It lets in whoever shows its QR code." in (await browser.send(before.forms[form])).words
    seen = await browser.open(way)
    assert "at-gates" in seen.ids
    assert not {"transfer-form", "change-form", "cancel-form"} & seen.forms.keys()


async def test_a_ticket_and_its_order_say_that_the_date_was_put_off_and_that_all_of_the_price_can_be_had_back(
    browser: Browser, office: Ticketing
) -> None:
    _, path = await bought(browser, office, refund_percent=0)
    await office.pay()
    order = await browser.open(path)
    way = ticket_in(order)
    was = await office.served.admin.fetchval("SELECT min(first_day) FROM branding.ticket")
    assert "put-off" not in order.ids
    office.served.now += timedelta(minutes=1)
    await office.put_off(days=1)
    for page in (await browser.open(path), await browser.open(way)):
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
    way = ticket_in(order)
    passed = await browser.send((await browser.open(way)).forms["transfer-form"])
    link = handed(passed)
    assert link is not None
    browser.client.cookies.delete("ticket", path=passed.answer.url.path)
    order = await browser.open(path)
    assert "passed on, not taken over yet" in order.words
    waiting = await browser.open(ticket_in(order))
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
    way = ticket_in(await browser.open(path))
    ticket = await browser.open(way)
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
    way = ticket_in(order)
    one, other = [await browser.open(way) for _ in range(2)]
    await browser.send(one.forms["cancel-form"])
    again = await browser.send(other.forms["cancel-form"])
    assert (again.status, "It is so already" in again.words, "somebody else" in again.words) == (200, True, False)


async def test_what_cost_nothing_can_be_given_back_and_says_that_no_money_does(
    browser: Browser, office: Ticketing
) -> None:
    sale, type_ = await office.on_sale(price=0, refund_percent=0)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    assert ("can be given back until the gates let in or it begins" in page.words, "not taken back" in page.words) == (
        True,
        False,
    )
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    way = ticket_in(order)
    ticket = await browser.open(way)
    assert ("No money goes back." in ticket.words, "goes back to who paid, the way" in ticket.words) == (True, False)


async def test_a_ticket_says_before_it_is_changed_what_goes_back(browser: Browser, office: Ticketing) -> None:
    sale, type_ = await office.on_sale()
    child = await office.sort(sale, price=15_000, name_en="Children")
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    await office.pay()
    way = ticket_in(await browser.open(order.answer.url.path))
    ticket = await browser.open(way)
    assert "Nothing more is to be paid." in ticket.words
    assert "the QR code that you have is worth nothing" in ticket.words
    assert "Children · IDR 15,000 · IDR 9,000 goes back" in ticket.words.replace("\xa0", " ")
    none = await browser.send(ticket.forms["change-form"])
    assert none.status == 422, "which one is to be chosen"
    done = await browser.send(none.forms["change-form"], type=child)
    assert "Children" in done.words


async def test_the_type_that_a_ticket_should_be_changed_for_stays_chosen_when_the_day_is_refused(
    browser: Browser, office: Ticketing
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    other = await office.sort(sale, price=0, name_en="Children")
    day = str(office.served.now.date() + timedelta(days=3))
    page = await browser.open(f"/wisata/tiket/beli/{sale}?hari={day}")
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    way = ticket_in(order)
    ticket = await browser.open(way)
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


async def test_a_ticket_says_before_its_day_is_changed_until_when_it_can_be_given_back_then(
    browser: Browser, office: Ticketing
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, name_en="Adults")
    today = office.served.now.astimezone(office.served.runtime.city.timezone).date()
    page = await browser.open(f"/wisata/tiket/beli/{sale}?hari={today + timedelta(days=20)}")
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    await office.pay()
    way = ticket_in(await browser.open(order.answer.url.path))
    ticket = await browser.open(way)
    assert "reckoned from the new day and type" in ticket.words
    assert "Adults: 90% back until 24 hours before the midnight with which its day begins" in ticket.words
    offered = [ticket.ids["day"][one] for one in ("min", "max")]
    assert offered == [str(today), str(today + timedelta(days=90))]
