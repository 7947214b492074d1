"""The made-up history of branding: once, without an event, and marked wherever it is told."""

from services.branding.demo import seed
from smartcity.branding.v1 import destinations_pb2, ticket_sales_pb2
from smartcity.branding.v1 import visits_pb2 as pb
from smartcity.branding.v1.destinations_pb2_grpc import DestinationServiceStub
from smartcity.branding.v1.visits_pb2_grpc import VisitServiceStub
from tests.branding.tickets.ticketing import NOBODY, Ticketing


async def test_made_up_visits_say_that_they_are_and_come_once_and_without_an_event(office: Ticketing) -> None:
    made = await seed(office.served.runtime)
    assert made > 0
    assert await seed(office.served.runtime) == 0
    asked = pb.GetVisitsRequest(since="2026-10-20", until="2026-11-24")
    told = await office.served.call(VisitServiceStub, "GetVisits", asked, NOBODY)
    assert (told.total, told.made_up) == (made, made)
    assert all(one.visits == one.made_up for one in told.days)
    assert max(one.day for one in told.days) == "2026-11-23", "today is counted, not made up"
    assert await office.served.outbox() == []


async def test_made_up_notices_say_so_in_both_languages_are_drills_and_end_by_themselves(office: Ticketing) -> None:
    await seed(office.served.runtime)
    answer = await office.served.call(
        DestinationServiceStub, "ListAdvisories", destinations_pb2.ListAdvisoriesRequest(), NOBODY
    )
    assert len(answer.advisories) == 2
    for one in answer.advisories:
        assert one.exercise
        assert ("Contoh" in one.text, "example" in one.text_en, one.HasField("end_time")) == (True, True, True)


async def test_the_made_up_sale_says_so_in_its_name_and_can_be_ordered(office: Ticketing) -> None:
    await seed(office.served.runtime)
    (sale,) = (await office.call(ticket_sales_pb2.ListTicketSalesRequest(), NOBODY)).ticket_sales
    assert ("contoh" in sale.title_id, "made up" in sale.title_en) == (True, True)
    order = (await office.order(sale.id, sale.types[0].id, day="2026-11-25")).order
    assert order.amount.units == sale.types[0].price.units
