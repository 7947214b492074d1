"""Days on which a place is closed: what is known for certain is not sold, what its week says is told."""

from datetime import timedelta

from services.branding.destinations.model import Content, Exceptional, text_of
from services.kit.city.opening_hours import DAYS
from smartcity.branding.v1 import tickets_pb2
from tests.branding.tickets.buying import browser
from tests.branding.tickets.ticketing import Ticketing
from tests.gateway.portal.pages import Browser
from tests.governance.conftest import refused

__all__ = ["browser"]


async def test_days_on_which_a_place_is_closed_are_not_sold_and_those_of_its_week_are_told(
    browser: Browser, office: Ticketing
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    ticket = (await office.order(sale, type_, day=str(office.served.now.date() + timedelta(days=3)))).order.tickets[0]
    off, weekly = [office.served.now.date() + timedelta(days=ahead) for ahead in (8, 9)]
    week = f"Mo-Su 08:00-20:00; {DAYS[weekly.weekday()]},PH off"
    await say(office, Content(hours=week, exceptions=(Exceptional(str(off)),)))
    page = await browser.open(f"/wisata/tiket/beli/{sale}?hari={off}")
    assert ("no-day" in page.ids, "closed" in page.ids, "wishes" in page.ids) == (True, False, False)
    for asked in (
        office.order(sale, type_, day=str(off)),
        office.call(tickets_pb2.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=type_, day=str(off))),
    ):
        with refused("SALE_DAY_CLOSED"):
            await asked
    page = await browser.open(f"/wisata/tiket/beli/{sale}?hari={weekly}")
    assert ("no-day" in page.ids, "closed" in page.ids, "wishes" in page.ids) == (False, True, True)
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    assert "Your tickets are here" in order.words, "its week may be otherwise then, and who sells knows"


async def test_nothing_is_sold_of_a_place_that_is_closed_for_good(browser: Browser, office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu", waiting_room=True)).id
    type_ = await office.sort(sale, price=0)
    await say(office, Content(closed=True))
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    assert ("no-day" in page.ids, "wishes" in page.ids) == (True, False)
    with refused("SALE_DAY_CLOSED"):
        await office.place(sale, type_, day=str(office.served.now.date() + timedelta(days=1)))


async def say(office: Ticketing, content: Content) -> None:
    """So much is known of Lawang Sewu."""
    sql = "UPDATE branding.destination SET content = $1, closed = $2 WHERE code = 'lawang-sewu'"
    await office.served.admin.execute(sql, text_of(content), content.closed)
