"""The sales of an event that is held on many dates, at the portal and at the desk."""

from datetime import timedelta

import pytest

from gateway.portal.branding import ticket_sales
from smartcity.branding.v1 import city_events_pb2, ticket_sales_pb2
from tests.branding.city_events.stage import JAKARTA, Stage
from tests.branding.tickets.buying import browser
from tests.branding.tickets.ticketing import SELLER, Ticketing
from tests.fixtures.edge import stand_before
from tests.gateway.portal.pages import Browser
from tests.society.pages import reader

__all__ = ["browser"]


async def weekly(office: Ticketing) -> tuple[city_events_pb2.CityEvent, list[str]]:
    """An event whose first three dates are on sale, opened in their order; and the ids of those sales."""
    day = office.served.now.astimezone(JAKARTA).date() + timedelta(days=4)
    rule = city_events_pb2.EventSchedule(rule="FREQ=WEEKLY", start=f"{day}T19:00", end=f"{day}T22:00")
    event = await Stage(office.served).published(schedule=rule)
    asked = [ticket_sales_pb2.CreateTicketSaleRequest(occasion=one.id) for one in event.occasions[:3]]
    return event, [(await office.call(one, SELLER)).ticket_sale.id for one in asked]


async def test_the_nearest_dates_of_an_event_lead_to_their_tickets_however_many_are_on_sale(
    browser: Browser, office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_sales, "MOST_DATES", 2)
    event, sales = await weekly(office)
    page = (await browser.open(f"/wisata/acara/{event.code}")).source
    assert [f"/wisata/tiket/beli/{one}" in page for one in sales] == [True, True, False]


async def test_the_desk_says_of_a_day_that_cannot_be_read_that_it_is_none(office: Ticketing) -> None:
    office.today()
    sale = (await office.sale(destination="lawang-sewu")).id
    await office.sort(sale)
    async with stand_before(office.served) as stand:
        desk = await reader(stand, SELLER)
        async with desk.client:
            answer = await desk.client.get(f"/petugas/tiket/{sale}?hari=05-12-2026")
    told = ['value="05-12-2026"', 'id="hari-error"', "data-type="]
    assert (answer.status_code, *(one in answer.text for one in told)) == (422, True, True, False)


async def test_officers_come_from_each_date_to_its_sale_however_many_there_are(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_sales, "MOST_DATES", 2)
    office.today()
    event, sales = await weekly(office)
    async with stand_before(office.served) as stand:
        desk = await reader(stand, SELLER)
        async with desk.client:
            page = await desk.page(f"/petugas/acara/{event.id}")
    assert page.xpath("//*[@data-sale]/@href") == [f"/petugas/tiket/{one}" for one in sales]
