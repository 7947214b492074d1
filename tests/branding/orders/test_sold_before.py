"""What was sold before the city's profile lost ``tickets.toml``: read, paid, let in and forgotten; nothing new is."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.branding.orders import timers
from services.branding.terms.profile import FILE
from services.branding.waiting import timers as waiting
from smartcity.branding.v1 import gates_pb2, orders_pb2, ticket_sales_pb2, ticket_settlements_pb2, waiting_pb2
from tests.branding.gates.test_gates import entrance
from tests.branding.tickets.buying import bought, ticket_in
from tests.branding.tickets.ticketing import NOBODY, SELLER, SITI, Ticketing, state, word
from tests.branding.waiting.test_waiting import read, room
from tests.fixtures.edge import stand_before
from tests.gateway.portal.pages import Browser
from tests.governance.conftest import refused
from tests.society.pages import reader


@pytest.fixture
def without(office: Ticketing, tmp_path: Path) -> Ticketing:
    """The pillar; ``sells_no_more`` starts it without the file."""
    city = office.served.runtime.city
    for path in city.folder.iterdir():
        if path.name != FILE:
            (tmp_path / path.name).symlink_to(path)
    return office


def sells_no_more(office: Ticketing, tmp_path: Path) -> None:
    """The file is gone from the profile."""
    office.served.runtime.city = replace(office.served.runtime.city, folder=tmp_path)


async def test_what_is_paid_after_the_city_sells_no_more_is_a_ticket_and_can_be_read(
    without: Ticketing, tmp_path: Path
) -> None:
    sale, adult = await without.on_sale()
    code = (await without.order(sale, adult, 2)).order.code
    sells_no_more(without, tmp_path)
    assert (await without.read(code)).payable
    await without.pay()
    order = await without.read(code)
    assert (state(order), len(order.tickets)) == ("paid", 2)
    listed = await without.call(orders_pb2.ListOrdersRequest(), SITI)
    assert [one.code for one in listed.orders] == [code]
    assert (await without.ticket(order.tickets[0].code)).holder == "Siti Rahma"


async def test_order_and_ticket_have_their_pages_at_the_portal_also_when_the_city_sells_no_more(
    without: Ticketing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without.today()
    async with stand_before(without.served) as stand, httpx.AsyncClient(base_url=stand.url, trust_env=False) as client:
        browser = Browser(client, {"accept-language": "en"})
        order, path = await bought(browser, without, price=0)
        way = ticket_in(order)
        sells_no_more(without, tmp_path)
        monkeypatch.setattr(stand.gateway, "city", without.served.runtime.city)
        seen = [(await browser.open(one)).status for one in (path, way, "/wisata/tiket")]
    assert seen == [200, 200, 404]


async def test_who_bought_has_the_list_and_who_sold_the_desk_also_when_the_city_sells_no_more(
    without: Ticketing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without.today()
    sale, type_ = await without.on_sale(price=0)
    code = (await without.order(sale, type_)).order.code
    sells_no_more(without, tmp_path)
    async with stand_before(without.served) as stand:
        monkeypatch.setattr(stand.gateway, "city", without.served.runtime.city)
        siti, desk = await reader(stand, SITI), await reader(stand, SELLER)
        async with siti.client, desk.client:
            assert (await siti.page("/wisata/tiket")).xpath("//li/@data-order") == [code]
            assert (await desk.client.get(f"/petugas/tiket/{sale}")).status_code == 200


async def test_the_tax_of_what_was_sold_is_reckoned_on_by_a_file_that_lets_nobody_sell(
    without: Ticketing, tmp_path: Path
) -> None:
    sale, adult = await without.on_sale()
    await without.paid(sale, adult, 4)
    text = (without.served.runtime.city.folder / FILE).read_text(encoding="utf-8")
    nobody = re.sub(r"unknown_.*", "", text.replace('agencies = ["disbudpar"]', "agencies = []"))
    (tmp_path / FILE).write_text(nobody.replace("[tax]", "[tax]\nrate_percent = 10"), encoding="utf-8")
    sells_no_more(without, tmp_path)
    found = (await without.call(ticket_settlements_pb2.ListTicketSettlementsRequest(sale=sale), SELLER)).settlements[0]
    assert (found.kept.units, found.tax.units, found.net.units) == (100_000, 9_091, 90_909)


async def test_a_gate_lets_in_what_was_sold_before_the_city_sells_no_more(without: Ticketing, tmp_path: Path) -> None:
    door = await entrance(without)
    sells_no_more(without, tmp_path)
    assert (await without.ticket(door.ticket.code)).at_gates
    assert await door.says() == "admitted"
    found = (await without.call(gates_pb2.GetGateRequest(id=door.gate), SELLER)).gate
    assert found.admitted_today == 1


async def test_nobody_orders_or_opens_a_sale_once_the_city_sells_no_more(without: Ticketing, tmp_path: Path) -> None:
    sale, adult = await without.on_sale()
    event = await without.event(days=20)
    sells_no_more(without, tmp_path)
    with refused("TICKETS_OFF"):
        await without.order(sale, adult)
    with refused("TICKETS_OFF"):
        await without.call(ticket_sales_pb2.CreateTicketSaleRequest(occasion=event.occasions[0].id), SELLER)
    found = await without.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)
    assert found.ticket_sale.day_refused == "TICKETS_OFF"
    listed = await without.call(ticket_sales_pb2.ListTicketSalesRequest(for_sale=True), NOBODY)
    assert not listed.ticket_sales


async def test_who_waits_when_the_city_sells_no_more_is_told_after_an_hour_and_nobody_joins(
    without: Ticketing, tmp_path: Path
) -> None:
    sale, adult = await room(without)
    taken = await without.place(sale, adult)
    sells_no_more(without, tmp_path)
    seen = []
    for minutes in (2, 58, 2):
        without.served.pass_time(minutes=minutes)
        await waiting.serve(without.served.runtime)
        place = await read(without, taken)
        seen.append((word(waiting_pb2.WaitingPlaceState, place.state), place.reason))
    assert seen == [("waiting", ""), ("waiting", ""), ("refused", "TICKETS_OFF")]
    with refused("TICKETS_OFF"):
        await without.place(sale, adult)


async def test_who_waits_is_served_by_a_process_that_has_the_terms_after_one_without_them_came_first(
    without: Ticketing, tmp_path: Path
) -> None:
    selling = without.served.runtime.city
    sale, adult = await room(without)
    taken = await without.place(sale, adult)
    sells_no_more(without, tmp_path)
    without.served.pass_time(minutes=2)
    await waiting.serve(without.served.runtime)
    without.served.runtime.city = selling
    without.served.pass_time(seconds=6)
    await waiting.serve(without.served.runtime)
    assert (await read(without, taken)).order


async def test_names_on_tickets_are_forgotten_also_when_the_city_sells_no_more(
    without: Ticketing, tmp_path: Path
) -> None:
    sale, adult = await without.on_sale()
    await without.paid(sale, adult)
    sells_no_more(without, tmp_path)
    kept = []
    for days in (59, 3):
        without.served.now += timedelta(days=days)
        await timers.forget(without.served.runtime)
        sql = "SELECT count(*) FROM branding.{} WHERE sealed IS NOT NULL"
        kept.append([await without.served.admin.fetchval(sql.format(one)) for one in ("ticket_order", "ticket")])
    assert kept == [[1, 1], [0, 0]]


async def test_places_of_waiting_rooms_are_forgotten_also_when_the_city_sells_no_more(
    without: Ticketing, tmp_path: Path
) -> None:
    sale, adult = await room(without)
    await without.place(sale, adult)
    sells_no_more(without, tmp_path)
    without.served.pass_time(hours=2)
    await waiting.serve(without.served.runtime)
    without.served.pass_time(days=70)
    await waiting.forget(without.served.runtime)
    assert await without.served.admin.fetchval("SELECT count(*) FROM branding.waiting_place") == 0
