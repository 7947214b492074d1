"""By whom an event is called off that tickets are sold of: before it begins by officers, then by who sells alone."""

from datetime import UTC, timedelta

import pytest

from services.branding.cancellations import timers
from services.kit.caller import Caller
from smartcity.branding.v1 import city_events_pb2, gates_pb2, ticket_sales_pb2, tickets_pb2
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.cancellations.test_cancellations import WHY, follow
from tests.branding.city_events.stage import ORGANISER, PUBLISHER, WRITER, Stage, dates
from tests.branding.gates.test_gates import Entrance
from tests.branding.settlements.test_pages import stand
from tests.branding.tickets.ticketing import DLH, NOBODY, PRICE, SELLER, Ticketing, word
from tests.gateway.running import Stand
from tests.governance.conftest import refused
from tests.society.pages import reader, said

__all__ = ["stand"]

DAY = timedelta(days=1)


async def organised(office: Ticketing, days: int = 7, times: int = 1) -> city_events_pb2.CityEvent:
    """A published event that an organiser wrote, on so many evenings from the next on."""
    stage, first = Stage(office.served), office.served.now + DAY
    evenings = [f"{first + n * days * DAY:%Y-%m-%d}" for n in range(times)]
    told = [city_events_pb2.EventDate(start=f"{one}T18:00", end=f"{one}T22:00") for one in evenings]
    return await stage.publish(await stage.write(ORGANISER, schedule=city_events_pb2.EventSchedule(dates=told)))


async def sold(office: Ticketing, event: city_events_pb2.CityEvent, *, by: str = "dlh") -> Entrance:
    """The gate of what an agency sells of its first date, and a ticket that is paid and never taken back."""
    asked = ticket_sales_pb2.CreateTicketSaleRequest(occasion=event.occasions[0].id)
    sale = (await office.call(asked, SELLER)).ticket_sale.id
    order = await office.paid(sale, await office.sort(sale, refund_percent=0))
    gate = (await office.call(gates_pb2.CreateGateRequest(sale=sale, name="Utara"), SELLER)).gate.id
    await office.served.admin.execute("UPDATE branding.ticket_sale SET agency = $1", by)
    return Entrance(office, gate, sale, order.tickets[0])


def put_off(office: Ticketing, event: city_events_pb2.CityEvent) -> city_events_pb2.EventSchedule:
    """Its only date three days from now."""
    (told,), later = event.content.schedule.dates, f"{office.served.now + 3 * DAY:%Y-%m-%d}"
    moved = city_events_pb2.EventMove(of=told.start, start=f"{later}T18:00", end=f"{later}T22:00")
    return city_events_pb2.EventSchedule(dates=[told], moved=[moved])


def elsewhen(office: Ticketing) -> city_events_pb2.EventSchedule:
    """Another date in place of those that there are."""
    later = f"{office.served.now + 3 * DAY:%Y-%m-%d}"
    return city_events_pb2.EventSchedule(dates=[city_events_pb2.EventDate(start=later)])


def begin(office: Ticketing, event: city_events_pb2.CityEvent) -> None:
    """Its first date goes on."""
    before = event.occasions[0].starts_at.ToDatetime(UTC) - office.served.now
    office.served.pass_time(seconds=before.total_seconds() + 300)


async def state_of(office: Ticketing, sale: str) -> str:
    """Where a sale stands once it has heard of its event, and all is taken back that is to be."""
    await follow(office)
    await timers.take_back(office.served.runtime)
    found = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale
    return word(ticket_sales_pb2.TicketSaleState, found.state)


async def given_back(office: Ticketing) -> list[int]:
    """What goes back."""
    return [one.amount.units for one in await office.told(PaymentRefundRequested)]


async def test_an_organiser_calls_off_nothing_that_an_agency_sells_tickets_of(office: Ticketing) -> None:
    stage, event = Stage(office.served), await organised(office)
    sale = (await sold(office, event)).sale
    with refused("OCCASION_ON_SALE"):
        await stage.cancel(event, ORGANISER)
    with refused("OCCASION_ON_SALE"):
        await stage.cancel_date(event, event.occasions[0].id, ORGANISER)
    assert (await state_of(office, sale), await given_back(office)) == ("open", [])


async def test_who_was_let_in_keeps_the_ticket_when_the_organiser_would_call_off_what_goes_on(
    office: Ticketing,
) -> None:
    stage, event = Stage(office.served), await organised(office)
    door = await sold(office, event, by="disbudpar")
    begin(office, event)
    assert await door.says() == "admitted"
    with refused("OCCASION_BEGUN"):
        await stage.cancel(event, ORGANISER)
    with refused("OCCASION_BEGUN"):
        await stage.cancel_date(event, event.occasions[0].id, ORGANISER)
    assert (await state_of(office, door.sale), await given_back(office)) == ("open", [])
    assert (await office.ticket(door.ticket.code)).state == tickets_pb2.TICKET_STATE_VALID


async def test_an_organiser_may_call_off_what_is_to_come_once_the_agency_has_called_off_its_sale(
    office: Ticketing,
) -> None:
    stage, event = Stage(office.served), await organised(office)
    sale = (await sold(office, event)).sale
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=sale, etag="1", note=WHY), DLH)
    done = await stage.cancel(await stage.read(event.id), ORGANISER)
    assert [state for _, state in dates(done)] == ["cancelled"]


async def test_an_organiser_calls_off_no_date_that_has_begun_but_those_to_come(office: Ticketing) -> None:
    stage, event = Stage(office.served), await organised(office, times=2)
    begin(office, event)
    with refused("OCCASION_BEGUN"):
        await stage.cancel_date(event, event.occasions[0].id, ORGANISER)
    done = await stage.cancel_date(event, event.occasions[1].id, ORGANISER)
    assert [state for _, state in dates(done)] == ["planned", "cancelled"]


async def test_an_organiser_does_not_call_off_what_is_over(office: Ticketing) -> None:
    stage, event = Stage(office.served), await organised(office)
    office.served.pass_time(days=3)
    with refused("EVENT_OVER"):
        await stage.cancel(event, ORGANISER)


async def test_the_office_calls_off_what_has_not_begun_and_all_money_goes_back(office: Ticketing) -> None:
    stage, event = Stage(office.served), await organised(office)
    sale = (await sold(office, event)).sale
    await stage.cancel(event, PUBLISHER)
    assert (await state_of(office, sale), await given_back(office)) == ("cancelled", [PRICE])


async def test_what_goes_on_is_called_off_by_the_agency_that_sells_before_the_office_can(office: Ticketing) -> None:
    stage, event = Stage(office.served), await organised(office)
    sale = (await sold(office, event)).sale
    begin(office, event)
    with refused("OCCASION_ON_SALE"):
        await stage.cancel(event, PUBLISHER)
    with refused("OCCASION_ON_SALE"):
        await stage.cancel_date(event, event.occasions[0].id, PUBLISHER)
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=sale, etag="1", note=WHY), DLH)
    await stage.cancel(await stage.read(event.id), PUBLISHER)
    assert (await state_of(office, sale), await given_back(office)) == ("cancelled", [PRICE])


async def test_the_agency_that_sells_calls_off_what_goes_on_with_all_tickets(office: Ticketing) -> None:
    stage, event = Stage(office.served), await organised(office)
    sale = (await sold(office, event, by="disbudpar")).sale
    begin(office, event)
    await stage.cancel(event, SELLER)
    assert (await state_of(office, sale), await given_back(office)) == ("cancelled", [PRICE])


async def test_no_change_of_an_organiser_calls_off_or_moves_what_goes_on_and_another_agency_sells(
    office: Ticketing,
) -> None:
    stage, event = Stage(office.served), await organised(office)
    sale = (await sold(office, event)).sale
    begin(office, event)
    for schedule in (elsewhen(office), put_off(office, event)):
        written = await stage.rewrite(await stage.read(event.id, ORGANISER), ORGANISER, schedule=schedule)
        with refused("OCCASION_ON_SALE"):
            await stage.publish(written)
    assert (await state_of(office, sale), await given_back(office)) == ("open", [])


async def test_no_change_of_an_organiser_puts_off_what_took_place_and_another_agency_sold(office: Ticketing) -> None:
    stage, event = Stage(office.served), await organised(office)
    await sold(office, event)
    office.served.pass_time(days=3)
    with refused("OCCASION_ON_SALE"):
        await stage.publish(await stage.rewrite(await stage.read(event.id), ORGANISER, schedule=put_off(office, event)))


async def test_other_words_of_what_goes_on_are_published(office: Ticketing) -> None:
    stage, event = Stage(office.served), await organised(office)
    await sold(office, event)
    begin(office, event)
    said_now = await stage.rewrite(event, ORGANISER, schedule=event.content.schedule, venue="Taman Indonesia Kaya")
    assert (await stage.publish(said_now)).content.venue == "Taman Indonesia Kaya"


async def test_what_its_own_agency_sells_may_still_be_put_off_while_it_goes_on(office: Ticketing) -> None:
    stage = Stage(office.served)
    first = f"{office.served.now + DAY:%Y-%m-%d}"
    told = city_events_pb2.EventDate(start=f"{first}T18:00", end=f"{first}T22:00")
    event = await stage.published(schedule=city_events_pb2.EventSchedule(dates=[told]))
    await sold(office, event, by="disbudpar")
    begin(office, event)
    done = await stage.publish(await stage.rewrite(event, schedule=put_off(office, event)))
    assert [(one.moved, one.state) for one in done.occasions] == [(True, city_events_pb2.OCCASION_STATE_PLANNED)]


async def of_an_agency(office: Ticketing) -> city_events_pb2.CityEvent:
    """An event of an agency that sells its tickets, and that goes on."""
    event = await organised(office)
    await sold(office, event)
    await office.served.admin.execute("UPDATE branding.city_event SET agency = 'dlh', by = $1", DLH.subject)
    begin(office, event)
    return await Stage(office.served).read(event.id, DLH)


async def test_two_officers_of_the_office_call_off_nothing_that_goes_on_of_an_agency_that_sells_it(
    office: Ticketing,
) -> None:
    stage, event = Stage(office.served), await of_an_agency(office)
    for schedule in (elsewhen(office), put_off(office, event)):
        written = await stage.rewrite(await stage.read(event.id, WRITER), WRITER, schedule=schedule)
        with refused("OCCASION_ON_SALE"):
            await stage.publish(written)


async def test_what_an_agency_wrote_itself_of_what_it_sells_is_published(office: Ticketing) -> None:
    stage, event = Stage(office.served), await of_an_agency(office)
    done = await stage.publish(await stage.rewrite(event, DLH, schedule=put_off(office, event)))
    assert [(one.moved, one.state) for one in done.occasions] == [(True, city_events_pb2.OCCASION_STATE_PLANNED)]


@pytest.mark.parametrize(("by", "published"), [(WRITER, 0), (DLH, 1)])
async def test_the_desk_publishes_what_calls_off_what_goes_on_of_an_agency_where_that_wrote_it(
    office: Ticketing, stand: Stand, by: Caller, published: int
) -> None:
    office.today()
    stage, event = Stage(office.served), await of_an_agency(office)
    await stage.rewrite(event, by, schedule=elsewhen(office))
    desk = await reader(stand, PUBLISHER)
    page = await desk.page(f"/petugas/acara/{event.id}")
    assert len(page.xpath("//*[@id='calls-off']//li")) == 1
    assert len(page.xpath("//form[@id='publish-form']//button")) == published
    await desk.client.aclose()


async def test_the_organisers_page_says_who_calls_off_what_is_sold_and_offers_what_is_left(
    office: Ticketing, stand: Stand
) -> None:
    office.today()
    event = await organised(office, times=2)
    await sold(office, event)
    organiser = await reader(stand, ORGANISER)
    page = await organiser.page(f"/wisata/usul/{event.id}")
    note = said(page, "not-called-off")
    assert "Tickets of this are sold by Environment Office." in note
    assert "an officer decides" in note
    assert page.xpath("//select[@id='occasion']/option/@value") == [event.occasions[1].id]
    alone = await organised(office)
    await sold(office, alone)
    page = await organiser.page(f"/wisata/usul/{alone.id}")
    assert (page.xpath("//form[@id='cancel-form']"), len(page.xpath("//form[@id='update-form']"))) == ([], 1)
    await organiser.client.aclose()


async def test_the_organisers_page_offers_to_call_off_what_nobody_sells(office: Ticketing, stand: Stand) -> None:
    office.today()
    event = await organised(office)
    organiser = await reader(stand, ORGANISER)
    page = await organiser.page(f"/wisata/usul/{event.id}")
    assert page.xpath("//select[@id='occasion']/option/@value") == ["", event.occasions[0].id]
    assert not page.xpath("//*[@id='not-called-off']")
    await organiser.client.aclose()


async def test_a_page_from_before_the_sale_says_in_the_readers_language_who_calls_it_off(
    office: Ticketing, stand: Stand
) -> None:
    office.today()
    event = await organised(office)
    organiser = await reader(stand, ORGANISER, "id")
    (form,) = (await organiser.page(f"/wisata/usul/{event.id}")).xpath("//form[@id='cancel-form']")
    await sold(office, event)
    page = await organiser.submit(form, reason="Panitia membubarkan diri.")
    assert "Tiketnya dijual oleh DLH." in said(page, "problem")
    await organiser.client.aclose()


async def test_the_desk_warns_that_tickets_are_taken_back_with_what_is_called_off(
    office: Ticketing, stand: Stand
) -> None:
    office.today()
    event = await organised(office)
    await sold(office, event, by="disbudpar")
    desk = await reader(stand, SELLER)
    page = await desk.page(f"/petugas/acara/{event.id}")
    assert "also those that let somebody in" in said(page, "takes-back")
    await desk.client.aclose()


async def test_the_desk_publishes_no_change_that_calls_off_what_goes_on_and_another_agency_sells(
    office: Ticketing, stand: Stand
) -> None:
    office.today()
    stage, event = Stage(office.served), await organised(office)
    await sold(office, event)
    begin(office, event)
    await stage.rewrite(event, ORGANISER, schedule=elsewhen(office))
    desk = await reader(stand, PUBLISHER)
    page = await desk.page(f"/petugas/acara/{event.id}")
    assert "once they have called off their sale" in said(page, "publish-form")
    assert not page.xpath("//form[@id='publish-form']//button")
    assert not page.xpath("//form[@id='cancel-form']")
    await desk.client.aclose()


@pytest.mark.parametrize(("by", "published"), [("disbudpar", 1), ("dlh", 0)])
async def test_who_publishes_a_change_is_told_that_it_puts_off_what_took_place_and_tickets_were_sold_of(
    office: Ticketing, stand: Stand, by: str, published: int
) -> None:
    office.today()
    stage, event = Stage(office.served), await organised(office)
    await sold(office, event, by=by)
    office.served.pass_time(days=3)
    await stage.rewrite(await stage.read(event.id), ORGANISER, schedule=put_off(office, event))
    desk = await reader(stand, PUBLISHER)
    page = await desk.page(f"/petugas/acara/{event.id}")
    assert "whoever was let in may come again" in said(page, "puts-off")
    assert len(page.xpath("//*[@id='puts-off']//li")) == 1
    assert len(page.xpath("//form[@id='publish-form']//button")) == published
    await desk.client.aclose()
