"""Sales over the real server: what can be bought, and how many there are."""

from gateway.portal.branding import ticket_sales
from gateway.portal.kit.texts import LANGUAGES, Texts
from services.branding.sales.model import AHEAD_DAYS
from smartcity.branding.v1 import ticket_sales_pb2 as pb
from tests.branding.tickets.ticketing import NOBODY, SELLER, Ticketing
from tests.governance.conftest import refused


async def test_what_can_be_bought_comes_by_when_it_is_over_whatever_was_called_off_since(office: Ticketing) -> None:
    later, sooner = await office.sale(days=40), await office.sale(days=20)
    place, *gone = [await office.sale(destination="lawang-sewu") for _ in range(3)]
    for one in gone:
        await office.call(pb.CancelTicketSaleRequest(id=one.id, etag="1", note="Dibuka dua kali."), SELLER)
    stopped = await office.sale(days=10)
    await office.call(pb.StopTicketSaleRequest(id=stopped.id, etag="1"), SELLER)
    asked = pb.ListTicketSalesRequest(for_sale=True, page_size=2)
    first = await office.call(asked, NOBODY)
    asked.page_token = first.next_page_token
    rest = await office.call(asked, NOBODY)
    assert [one.id for one in (*first.ticket_sales, *rest.ticket_sales)] == [sooner.id, later.id, place.id]
    here = pb.ListTicketSalesRequest(for_sale=True, destination="lawang-sewu", page_size=1)
    assert [one.id for one in (await office.call(here, NOBODY)).ticket_sales] == [place.id]
    office.served.pass_time(days=30)
    asked.page_token = ""
    assert [one.id for one in (await office.call(asked, NOBODY)).ticket_sales] == [later.id, place.id]


async def test_there_are_never_none_of_a_type_and_as_many_as_before_when_nobody_says(office: Ticketing) -> None:
    sale, adult = await office.on_sale(quota=10)
    with refused("QUOTA_INVALID"):
        await office.call(pb.ChangeTicketTypeRequest(id=adult, etag="1", quota=0, open=True), SELLER)
    kept = await office.call(pb.ChangeTicketTypeRequest(id=adult, etag="1", open=False), SELLER)
    assert [(one.quota, one.open) for one in kept.ticket_sale.types] == [(10, False)]
    assert kept.ticket_sale.id == sale


def test_the_page_and_its_words_tell_the_days_that_are_sold_ahead() -> None:
    assert ticket_sales.AHEAD.days == AHEAD_DAYS
    assert all(f" {AHEAD_DAYS} " in Texts(one)("reason.SALE_DAY_TOO_FAR") for one in LANGUAGES)
