"""Sales over the real server: what can be bought, and how many there are."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gateway.portal.branding import ticket_sales
from gateway.portal.kit.texts import LANGUAGES, Texts
from services.branding.city_events import access
from services.branding.sales import actions
from services.branding.sales.actions import Wanted
from services.branding.sales.model import AHEAD_DAYS
from services.kit.caller import Scope
from smartcity.branding.v1 import city_events_pb2, tickets_pb2
from smartcity.branding.v1 import ticket_sales_pb2 as pb
from tests.branding.cancellations.test_locks import begun
from tests.branding.city_events.stage import Stage
from tests.branding.tickets.ticketing import DLH, NOBODY, SELLER, Ticketing, stamp
from tests.governance.conftest import RefusedError, refused


async def test_what_can_be_bought_comes_by_when_it_is_over_whatever_was_called_off_since(office: Ticketing) -> None:
    later, sooner = await office.sale(days=40), await office.sale(days=20)
    for _ in range(2):
        gone = await office.sale(destination="lawang-sewu")
        await office.call(pb.CancelTicketSaleRequest(id=gone.id, etag="1", note="Salah harga."), SELLER)
    place = await office.sale(destination="lawang-sewu")
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


async def test_tickets_of_a_date_are_sold_anew_once_its_sale_was_called_off(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await office.sale()
    monkeypatch.setattr(access, "writes", lambda *_: False)  # the event is an organiser's, and goes on
    again = pb.CreateTicketSaleRequest(occasion=before.occasion)
    with refused("SALE_EXISTS"):
        await office.call(again, SELLER)
    await office.call(pb.CancelTicketSaleRequest(id=before.id, etag="1", note="Harga salah ditulis."), SELLER)
    again.request_id = ""
    sale = (await office.call(again, SELLER)).ticket_sale
    order = await office.paid(sale.id, await office.sort(sale.id))
    assert [one.state for one in order.tickets] == [tickets_pb2.TICKET_STATE_VALID]
    listed = await office.call(pb.ListTicketSalesRequest(occasion=before.occasion), NOBODY)
    assert [one.id for one in listed.ticket_sales] == [sale.id, before.id]
    with refused("SALE_EXISTS"):
        again.request_id = ""
        await office.call(again, SELLER)


async def test_of_officers_who_open_a_sale_of_one_date_at_once_one_does(office: Ticketing) -> None:
    weekly = await Stage(office.served).published()
    for date in weekly.occasions[:3]:
        opening = [office.call(pb.CreateTicketSaleRequest(occasion=date.id), SELLER) for _ in range(4)]
        answers = await asyncio.gather(*opening, return_exceptions=True)
        opened = [one for one in answers if isinstance(one, pb.CreateTicketSaleResponse)]
        reasons = [getattr(one, "reason", one) for one in answers if one not in opened]
        assert (len(opened), reasons) == (1, ["SALE_EXISTS"] * 3)


async def test_seats_of_a_place_are_sold_by_one_sale_however_many_officers_open_one(office: Ticketing) -> None:
    opening = [office.sale(destination="lawang-sewu") for _ in range(3)]
    answers = await asyncio.gather(*opening, return_exceptions=True)
    (first,) = [one for one in answers if isinstance(one, pb.TicketSale)]
    assert [one.reason for one in answers if isinstance(one, RefusedError)] == ["SALE_EXISTS"] * 2
    await office.call(pb.StopTicketSaleRequest(id=first.id, etag="1"), SELLER)
    second = await office.sale(destination="lawang-sewu")
    with refused("SALE_EXISTS"):
        await office.call(pb.StopTicketSaleRequest(id=first.id, etag="2", open=True), SELLER)
    await office.call(pb.StopTicketSaleRequest(id=second.id, etag="1"), SELLER)
    on = await office.call(pb.StopTicketSaleRequest(id=first.id, etag="2", open=True), SELLER)
    assert on.ticket_sale.state == pb.TICKET_SALE_STATE_OPEN


async def test_seats_of_a_place_that_a_stopped_sale_has_sold_are_not_sold_again(office: Ticketing) -> None:
    first, second = await office.sale(destination="lawang-sewu"), pb.CreateTicketSaleRequest(destination="lawang-sewu")
    saturday = (office.served.now + timedelta(days=4)).astimezone(office.served.runtime.city.timezone).date()
    adult = await office.sort(first.id, quota=2)
    await office.order(first.id, adult, 2, day=saturday.isoformat())
    stopped = (await office.call(pb.StopTicketSaleRequest(id=first.id, etag="1"), SELLER)).ticket_sale
    with refused("SALE_EXISTS") as caught:
        await office.call(second, SELLER)
    assert "named" not in caught.value.metadata
    cancelled = pb.CancelTicketSaleRequest(id=first.id, etag=stopped.etag, note="Harga salah ditulis.")
    await office.call(cancelled, SELLER)
    second.request_id = ""
    assert (await office.call(second, SELLER)).ticket_sale.state == pb.TICKET_SALE_STATE_OPEN


async def test_who_may_not_sell_a_place_anew_learns_which_other_agency_sells_it(office: Ticketing) -> None:
    await office.sale(destination="lawang-sewu")
    await office.served.admin.execute("UPDATE branding.ticket_sale SET agency = $1", DLH.agency)
    with refused("SALE_EXISTS") as caught:
        await office.sale(destination="lawang-sewu")
    assert caught.value.metadata["named"] == "DLH"


async def test_a_place_is_sold_anew_once_no_day_to_come_was_sold_by_a_sale_that_is_stopped(office: Ticketing) -> None:
    first = await office.sale(destination="lawang-sewu")
    adult = await office.sort(first.id)
    today = office.served.now.astimezone(office.served.runtime.city.timezone).date()
    await office.order(first.id, adult, day=today.isoformat())
    await office.call(pb.StopTicketSaleRequest(id=first.id, etag="1"), SELLER)
    with refused("SALE_EXISTS"):
        await office.sale(destination="lawang-sewu")
    office.served.pass_time(days=1)
    second = await office.sale(destination="lawang-sewu")
    await office.order(second.id, await office.sort(second.id), day=(today + timedelta(days=2)).isoformat())
    await office.call(pb.StopTicketSaleRequest(id=second.id, etag="1"), SELLER)
    with refused("SALE_EXISTS"):
        await office.call(pb.StopTicketSaleRequest(id=first.id, etag="2", open=True), SELLER)


@pytest.mark.parametrize("field", ["title_id", "title_en"])
async def test_what_is_sold_is_called_by_nobodys_number_since_payments_are_asked_for_by_it(
    office: Ticketing, field: str
) -> None:
    event = await office.event()
    said: dict[str, Any] = {field: "Pasar Semawis, pesan 0812-3456-7890"}
    with refused("WORDS_PERSONAL") as caught:
        await office.call(pb.CreateTicketSaleRequest(occasion=event.occasions[0].id, **said), SELLER)
    assert caught.value.metadata["field"] == field


async def test_what_is_named_after_its_event_is_sold_under_that_name_whatever_it_holds(office: Ticketing) -> None:
    """Nobody filled it in here, and everybody reads it already."""
    event = await Stage(office.served).published(name="Pasar Semawis, pesan 0812-3456-7890")
    sale = (await office.call(pb.CreateTicketSaleRequest(occasion=event.occasions[0].id), SELLER)).ticket_sale
    assert sale.title_id == "Pasar Semawis, pesan 0812-3456-7890"


async def test_a_date_that_is_held_after_all_is_sold_anew(office: Ticketing) -> None:
    stage = Stage(office.served)
    weekly = await stage.published()
    sale = pb.CreateTicketSaleRequest(occasion=weekly.occasions[0].id)
    before = (await office.call(sale, SELLER)).ticket_sale
    off = await stage.cancel_date(weekly, sale.occasion)
    async with office.served.runtime.transaction() as tx:
        await actions.follow(tx, UUID(weekly.id))
    await stage.publish(await stage.rewrite(off))
    sale.request_id = ""
    made = (await office.call(sale, SELLER)).ticket_sale
    async with office.served.runtime.transaction() as tx:
        await actions.follow(tx, UUID(weekly.id))
    states = [
        (await office.call(pb.GetTicketSaleRequest(id=one.id), NOBODY)).ticket_sale.state for one in (before, made)
    ]
    assert states == [pb.TICKET_SALE_STATE_CANCELLED, pb.TICKET_SALE_STATE_OPEN]


async def test_whoever_calls_off_a_date_waits_for_who_opens_its_sale_which_follows_then(office: Ticketing) -> None:
    event, stage = await office.event(), Stage(office.served)
    date = event.occasions[0].id
    async with office.served.runtime.transaction(SELLER, Scope.OWN_AGENCY) as tx:
        made = (await actions.create(tx, Wanted(date, "", "", "", "", None, waiting_room=False))).sale
        calling_off = await begun(office, stage.cancel_date(event, date))
    await calling_off
    async with office.served.runtime.transaction() as tx:
        await actions.follow(tx, UUID(event.id))
    told = (await office.call(pb.GetTicketSaleRequest(id=str(made.id)), NOBODY)).ticket_sale
    assert told.state == pb.TICKET_SALE_STATE_CANCELLED


async def test_who_opens_a_sale_while_its_date_is_called_off_learns_that_it_was(office: Ticketing) -> None:
    event = await office.event()
    date = event.occasions[0].id
    async with office.served.runtime.transaction() as tx:
        await tx.execute("UPDATE city_event SET version = version + 1 WHERE id = $1::uuid", event.id)
        opening = await begun(office, office.call(pb.CreateTicketSaleRequest(occasion=date), SELLER))
        await tx.execute("UPDATE occasion SET state = 'cancelled' WHERE id = $1::uuid", date)
    await asyncio.wait([opening])
    with refused("OCCASION_UNKNOWN"):
        opening.result()


async def test_what_is_sold_says_what_its_event_says_now_but_for_words_of_its_own(office: Ticketing) -> None:
    stage, event = Stage(office.served), await office.event()
    opening = pb.CreateTicketSaleRequest(occasion=event.occasions[0].id, title_en="Semawis, the tasting")
    sale = (await office.call(opening, SELLER)).ticket_sale
    ticket = (await office.order(sale.id, await office.sort(sale.id, price=0))).order.tickets[0]
    new: dict[str, Any] = {"name": "Pasar Imlek", "name_en": "New year's market", "venue": "Balai Kota"}
    await stage.publish(await stage.rewrite(event, schedule=event.content.schedule, **new))
    for _ in range(2):
        async with office.served.runtime.transaction() as tx:
            await actions.follow(tx, UUID(event.id))
    told = (await office.call(pb.GetTicketSaleRequest(id=sale.id), NOBODY)).ticket_sale
    shown = await office.ticket(ticket.code)
    for one in (told, shown):
        assert (one.title_id, one.title_en, one.venue) == ("Pasar Imlek", "Semawis, the tasting", "Balai Kota")
    assert (sale.etag, told.etag, told.moved) == ("1", "2", False), "once, and nobody is put off"


async def test_what_was_on_is_called_what_it_was_called_then(office: Ticketing) -> None:
    stage, event = Stage(office.served), await office.event()
    sale = (await office.call(pb.CreateTicketSaleRequest(occasion=event.occasions[0].id), SELLER)).ticket_sale
    office.served.pass_time(days=31)
    zone = office.served.runtime.city.timezone
    later = (office.served.now + timedelta(days=30)).astimezone(zone).strftime("%Y-%m-%d")
    again = city_events_pb2.EventSchedule(dates=[city_events_pb2.EventDate(start=later)])
    await stage.publish(await stage.rewrite(await stage.read(event.id), schedule=again, venue="Balai Kota"))
    async with office.served.runtime.transaction() as tx:
        await actions.follow(tx, UUID(event.id))
    told = (await office.call(pb.GetTicketSaleRequest(id=sale.id), NOBODY)).ticket_sale
    assert (told.venue, told.etag) == ("Gang Warung", "1")


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


async def test_tickets_are_on_sale_before_what_they_are_for_is_over(office: Ticketing) -> None:
    with refused("SALE_TIMES_INVALID"):
        await office.sale(days=30, hours=7, open_time=stamp(office.served.now + timedelta(days=30, hours=7)))
    late = office.served.now + timedelta(days=30, hours=6)
    sale = await office.sale(days=30, hours=7, open_time=stamp(late))
    with refused("SALE_TIMES_INVALID"):
        over = pb.StopTicketSaleRequest(id=sale.id, etag="1", open=True, open_time=stamp(late + timedelta(days=1)))
        await office.call(over, SELLER)
    assert (await office.call(pb.GetTicketSaleRequest(id=sale.id), NOBODY)).ticket_sale == sale


async def test_who_sells_puts_right_when_tickets_are_on_sale_and_what_is_sold_holds(office: Ticketing) -> None:
    sale = await office.sale(open_time=stamp(office.served.now + timedelta(days=20)))
    adult = await office.sort(sale.id)
    with refused("SALE_NOT_OPEN_YET"):
        await office.order(sale.id, adult)
    at_once = pb.StopTicketSaleRequest(id=sale.id, etag="1", open=True, open_time=stamp(office.served.now))
    sale = (await office.call(at_once, SELLER)).ticket_sale
    await office.paid(sale.id, adult)
    later = pb.StopTicketSaleRequest(
        id=sale.id, etag=sale.etag, open=True, open_time=stamp(office.served.now + timedelta(hours=1))
    )
    sale = (await office.call(later, SELLER)).ticket_sale
    assert (sale.state, sale.open_time, sale.types[0].left) == (pb.TICKET_SALE_STATE_OPEN, later.open_time, 9)
    with refused("SALE_NOT_OPEN_YET"):
        await office.order(sale.id, adult)
    office.served.pass_time(hours=1)
    await office.order(sale.id, adult)
    kept = await office.call(pb.StopTicketSaleRequest(id=sale.id, etag=sale.etag), SELLER)
    assert kept.ticket_sale.open_time == later.open_time, "as it was where nobody says"
