"""The desk of who sells tickets, without JavaScript: sells a date that a page leads from, and reads what came of it."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from gateway.portal.branding import ticket_choices
from services.branding.city_events import access
from services.branding.destinations import timers
from services.branding.sales import actions as selling
from smartcity.branding.v1 import tickets_pb2
from tests.branding.tickets.ticketing import PRICE, SELLER, Ticketing, stamp
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.society.pages import reader, said


@pytest.fixture
async def stand(office: Ticketing) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar."""
    async with stand_before(office.served) as made:
        yield made


async def test_a_sale_that_is_called_off_has_no_form_but_those_of_its_money(office: Ticketing, stand: Stand) -> None:
    office.today()
    sale, type_ = await office.on_sale()
    officer = await reader(stand, SELLER)
    desk = await officer.page(f"/petugas/tiket/{sale}")
    gate = desk.xpath("//form[@id='gate-form']")[0]
    desk = await officer.submit(desk.xpath("//form[@id='cancel-form']")[0], why="Hujan badai.")
    assert [one.get("action") for one in desk.xpath("//main//form")] == []
    assert (desk.xpath("//*[@data-type]/@data-type"), "10 of 10" in desk.text_content()) == ([type_], False)
    refused = await officer.submit(gate, gate_name="Utara")
    assert "This sale was called off" in refused.text_content()
    assert "no-gates" in refused.xpath("//@id")
    await officer.client.aclose()


def desk_of(page: Any) -> str:
    """Where the desk of the sale is that a page shows."""
    (public,) = page.xpath("//a[starts-with(@href, '/wisata/tiket/beli/')]/@href")
    return f"/petugas/tiket/{public.rpartition('/')[2]}"


async def test_a_date_is_sold_from_its_page_and_its_money_read_at_the_desk_and_in_a_sheet(
    office: Ticketing, stand: Stand
) -> None:
    office.today()
    await timers.enter_profile(office.served.runtime)
    event = await office.event()
    officer = await reader(stand, SELLER)
    page = await officer.page(f"/petugas/acara/{event.id}")
    (link,) = page.xpath("//*[@data-sell]/@href")
    chosen = f"//select[@id='occasion']//option[@value='{event.occasions[0].id}']"
    blank = await officer.page("/petugas/tiket")
    (date,) = blank.xpath(chosen)
    assert date.text.startswith("Semawis night market · ")
    assert "Lawang Sewu" in said(blank, "destination")
    wrong = await officer.send(link.partition("#")[0], "create-form", open_time="0001-01-01T00:00")
    assert not wrong.xpath("//*[@id='done']"), "a year that there is not"
    desk = await officer.send(link.partition("#")[0], "create-form")
    assert "The sale is open." in said(desk, "done")
    assert not (await officer.page("/petugas/tiket")).xpath(chosen), "what is on sale is not offered again"
    again = await officer.page(f"/petugas/acara/{event.id}")
    assert (again.xpath("//*[@data-sale]/@href"), again.xpath("//*[@data-sell]")) == ([desk_of(desk)], [])
    old = await officer.client.get(link.partition("#")[0])
    assert old.headers["location"] == desk_of(desk), "a link from before leads there, too"
    (public,) = desk.xpath("//a[starts-with(@href, '/wisata/tiket/beli/')]/@href")
    sale = public.rpartition("/")[2]
    kind = {"name_id": "Dewasa", "name_en": "Adults", "price": "Rp 25.000", "quota": "20"}
    wrong = await officer.send(
        f"/petugas/tiket/{sale}", "type-form",
        **{**kind, "name_en": "", "price": "35rb", "quota": "", "refund_percent": "7.5"},
    )  # fmt: skip
    assert "This is no whole number." in said(wrong, "price-error")
    names = ("name_en", "price", "quota", "refund_percent")
    assert {f"{name}-error" for name in names} == set(wrong.xpath("//p[@class='error']/@id"))
    desk = await officer.send(f"/petugas/tiket/{sale}", "type-form", **kind)
    assert "The type is added." in said(desk, "done")
    (type_,) = desk.xpath("//*[@data-type]/@data-type")
    assert "Lets in once. Whoever goes out does not come in again." in desk.text_content()
    none = await officer.submit(desk.xpath("//form[@data-type]")[0], quota="0")
    assert "Say how many there are" in said(none, f"quota-{type_}-error")
    none = await officer.submit(desk.xpath("//form[@data-type]")[0], quota="banyak")
    assert "This is no whole number." in said(none, f"quota-{type_}-error")
    await office.paid(sale, type_, 2)
    for path in (f"/petugas/tiket/{sale}", "/petugas/uang-tiket"):
        page = await officer.page(path)
        assert "50,000" in page.text_content()
        assert "not reckoned" in said(page, "tax")
    sheet = await officer.client.get("/v1/ticket-settlements.csv")
    (row,) = csv.DictReader(io.StringIO(sheet.text))
    assert (row["sale"], row["tickets"], row["captured"], row["tax"]) == (sale, "2", str(2 * PRICE), "")
    event_page = await officer.page(f"/wisata/acara/{event.code}")
    assert event_page.xpath(f"//a[@href='/wisata/tiket/beli/{sale}']")
    await officer.client.aclose()


@pytest.mark.parametrize(("hours", "begins"), [(None, r"\d{4}-\d\d-\d\d"), (4, r"\d{4}-\d\d-\d\dT.*Z")])
async def test_the_sheet_gives_the_day_alone_of_a_date_without_hours(
    office: Ticketing, stand: Stand, hours: float | None, begins: str
) -> None:
    office.today()
    await office.sale(hours=hours)
    officer = await reader(stand, SELLER)
    sheet = await officer.client.get("/v1/ticket-settlements.csv")
    (row,) = csv.DictReader(io.StringIO(sheet.text))
    assert re.fullmatch(begins, row["begin"])
    await officer.client.aclose()


async def test_the_desk_and_everybody_see_when_tickets_are_on_sale_and_the_desk_puts_it_right(
    office: Ticketing, stand: Stand
) -> None:
    office.today()
    sale = await office.sale(open_time=stamp(office.served.now + timedelta(days=20)))
    desk, officer = f"/petugas/tiket/{sale.id}", await reader(stand, SELLER)
    for path in ("/petugas/tiket", desk):
        page = await officer.page(path)
        assert ("not on sale yet" in page.text_content(), len(page.xpath("//*[@data-opens]"))) == (True, 1), path
    public = await officer.page("/wisata/tiket")
    assert (said(public, "soon").count("On sale from"), public.xpath("//*[@id='sales']")) == (1, [])
    zone = office.served.runtime.city.timezone
    over, now = (f"{(office.served.now + timedelta(days=days)).astimezone(zone):%Y-%m-%dT%H:%M}" for days in (31, -1))
    assert "It is over by then." in said(await officer.send(desk, "begin-form", open_time=over), "open_time-error")
    assert said(await officer.send(desk, "begin-form", open_time="besok"), "open_time-error")
    done = await officer.send(desk, "begin-form", open_time=now)
    assert ("when tickets are on sale" in said(done, "done"), said(done, "state")) == (True, "on sale")
    public = await officer.page("/wisata/tiket")
    assert (len(public.xpath("//*[@id='sales']/li")), public.xpath("//*[@id='soon']")) == (1, [])
    await officer.client.aclose()


async def test_the_desk_says_no_begin_that_the_version_before_did_not_keep(
    office: Ticketing, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the pillar is upgraded: it takes the time for one that is not there."""
    office.today()
    sale = await office.sale(open_time=stamp(office.served.now + timedelta(days=20)))
    desk, officer = f"/petugas/tiket/{sale.id}", await reader(stand, SELLER)
    zone = office.served.runtime.city.timezone
    now = f"{(office.served.now - timedelta(days=1)).astimezone(zone):%Y-%m-%dT%H:%M}"
    with monkeypatch.context() as before:
        stop = partial(selling.stop)
        before.setattr(selling, "stop", lambda *given, open_, opens_at: stop(*given, open_=open_))
        page = await officer.send(desk, "begin-form", open_time=now)
    assert "being upgraded" in said(page, "open_time-error")
    (form,) = page.xpath("//form[@id='begin-form']")
    assert "when tickets are on sale" in said(await officer.submit(form), "done")
    await officer.client.aclose()


async def test_dates_of_more_than_one_page_of_the_list_are_offered(
    office: Ticketing, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_choices, "PAGE", 1)
    office.today()
    events = [await office.event() for _ in range(2)]
    officer = await reader(stand, SELLER)
    offered = set((await officer.page("/petugas/tiket")).xpath("//select[@id='occasion']//option/@value"))
    assert {one.id for event in events for one in event.occasions} <= offered
    await officer.client.aclose()


async def test_the_desk_calls_a_date_off_with_its_sale_and_says_what_was_called_off(
    office: Ticketing, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.today()
    officer = await reader(stand, SELLER)
    why = {"why": "Jembatan menuju lokasi putus."}
    sale = await office.sale()
    desk = f"/petugas/tiket/{sale.id}"
    form = (await officer.page(desk)).get_element_by_id("cancel-form")
    assert "Call off the date and its sale" in form.text_content()
    off = await officer.send(desk, "cancel-form", **why)
    assert "Its date of the event is called off, too." in said(off, "its-event")
    assert "This event was called off." in (await officer.page(f"/wisata/acara/{sale.event}")).text_content()
    other = await office.sale()
    monkeypatch.setattr(access, "writes", lambda *_: False)
    form = (await officer.page(f"/petugas/tiket/{other.id}")).get_element_by_id("cancel-form")
    assert "Call off the date" not in form.text_content()
    off = await officer.send(f"/petugas/tiket/{other.id}", "cancel-form", **why)
    assert "goes on being announced" in said(off, "its-event")
    page = await officer.page(f"/wisata/acara/{other.event}")
    assert not page.xpath("//a[starts-with(@href, '/wisata/tiket/beli/')]"), "nothing is sold for it any more"
    place = await office.sale(destination="lawang-sewu")
    off = await officer.send(f"/petugas/tiket/{place.id}", "cancel-form", **why)
    assert "The sale is called off." in said(off, "done")
    assert not off.xpath("//*[@id='its-event']"), "a destination has no event"
    await officer.client.aclose()


async def test_the_desk_says_of_money_that_did_not_go_back_why_and_of_types_on_which_terms_they_are_given_back(
    office: Ticketing, stand: Stand
) -> None:
    sale, type_ = await office.on_sale()
    await office.sort(sale, refund_percent=0, name_en="Late")
    (ticket,) = (await office.paid(sale, type_)).tickets
    await office.call(tickets_pb2.CancelTicketRequest(code=ticket.code, etag=ticket.etag))
    await office.give_back("BANK_REFUSED")
    officer = await reader(stand, SELLER)
    desk = await officer.page(f"/petugas/tiket/{sale}")
    assert "The bank did not pay it back." in said(desk, "refunds")
    assert [one.text_content() for one in desk.xpath("//*[@data-terms]")] == [
        "90% back until 24 hours before it begins", "not taken back"
    ]  # fmt: skip
    await officer.client.aclose()
