"""What does not take place: tickets are taken back in batches, all money goes back, what is open is seen."""

import pytest

from observability import semconv
from services.branding.cancellations import store, timers
from services.branding.city_events import access
from services.branding.orders import timers as order_timers
from services.branding.refunds import gauges
from services.branding.refunds import timers as refund_timers
from services.branding.sales import reactions
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.branding.v1 import city_events_pb2, events_pb2, ticket_events_pb2, ticket_sales_pb2
from smartcity.branding.v1 import tickets_pb2 as pb
from smartcity.branding.v1.orders_pb2 import CancelOrderRequest
from smartcity.types.v1.payments_pb2 import PaymentRequested, PaymentRequestWithdrawn
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.city_events.stage import WHY as SAID
from tests.branding.city_events.stage import Stage, dates
from tests.branding.tickets.ticketing import BUDI, DLH, NOBODY, PRICE, SELLER, SITI, Ticketing, left, state, word
from tests.governance.conftest import refused

WHY = "Jembatan menuju lokasi putus."


async def call_off(office: Ticketing, sale: str) -> None:
    """The agency calls it off."""
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=sale, etag="1", note=WHY), SELLER)


async def open_refunds(office: Ticketing, sale: str) -> list[tuple[str, int, str]]:
    """What the agency sees of what is open."""
    found = await office.call(pb.ListTicketRefundsRequest(sale=sale), SELLER)
    return [(word(pb.TicketRefundState, one.state), one.amount.units, one.reason) for one in found.refunds]


async def test_all_get_their_money_back_in_batches_and_what_is_open_is_listed_until_it_is_done(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "AT_ONCE", 2)
    sale, adult = await office.on_sale()
    paid = [await office.paid(sale, adult, count, who) for count, who in ((2, SITI), (1, BUDI), (3, SITI))]
    held = (await office.order(sale, adult)).order
    await call_off(office, sale)
    assert (await office.call(pb.ListTicketRefundsRequest(sale=sale), SELLER)).under_way
    await timers.take_back(office.served.runtime)
    await timers.take_back(office.served.runtime)
    asked = await office.told(PaymentRefundRequested)
    assert sum(one.amount.units for one in asked) == 6 * PRICE
    assert {one.request: one.buyer for one in asked} == {
        paid[0].id: SITI.subject,
        paid[1].id: BUDI.subject,
        paid[2].id: SITI.subject,
    }
    assert sum(one.quantity for one in await office.told(ticket_events_pb2.TicketsRefunded)) == 6
    assert await left(office, sale) == 10
    assert state(await office.read(held.code)) == "cancelled"
    await office.give_back("INSUFFICIENT_FUNDS")
    listed = await open_refunds(office, sale)
    assert sum(units for _, units, _ in listed) == 6 * PRICE
    assert {(kind, reason) for kind, _, reason in listed} == {("refused", "INSUFFICIENT_FUNDS")}
    office.served.pass_time(hours=7)
    await refund_timers.ask_again(office.served.runtime)
    await office.give_back(twice=True)
    assert await open_refunds(office, sale) == []
    await office.pay()
    assert state(await office.read(held.code)) == "returned", "money that comes now goes back, too"
    told = await office.read(paid[0].code)
    assert {word(pb.TicketState, one.state) for one in told.tickets} == {"cancelled"}
    said = {(told.sale_state, told.sale_note), *((one.sale_state, one.sale_note) for one in told.tickets)}
    assert [(word(ticket_sales_pb2.TicketSaleState, each), why) for each, why in said] == [("cancelled", WHY)]
    with refused("SALE_CANCELLED"):
        await office.order(sale, adult)


async def test_what_is_not_paid_of_what_is_called_off_ends_at_once_in_batches_and_need_not_be_paid(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "AT_ONCE", 2)
    sale, adult = await office.on_sale()
    other, other_adult = await office.on_sale()
    late = (await office.order(sale, adult)).order
    office.served.pass_time(minutes=16)
    await order_timers.expire(office.served.runtime)
    held = [(await office.order(sale, adult, caller=who)).order for who in (SITI, BUDI, NOBODY, SITI)]
    goes_on = (await office.order(other, other_adult)).order
    await call_off(office, sale)
    await timers.take_back(office.served.runtime)
    await timers.take_back(office.served.runtime)
    told = {one.request: one.reason for one in await office.told(PaymentRequestWithdrawn)}
    assert told == {one.id: "SALE_CANCELLED" for one in (late, *held)}
    seen = await office.read(late.code)
    assert (state(seen), seen.reason) == ("cancelled", "SALE_CANCELLED")
    assert (await left(office, sale), state(await office.read(goes_on.code))) == (10, "held")
    for asked in await office.told(PaymentRequested):
        if asked.request in told:
            await office.cancelled(asked, "SALE_CANCELLED")
    assert (state(await office.read(late.code)), await left(office, sale)) == ("cancelled", 10)


async def test_an_order_that_is_held_still_ends_however_long_ago_it_was_made(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    held = (await office.order(sale, adult)).order
    office.served.pass_time(hours=30)  # and nothing looked after holds meanwhile
    await call_off(office, sale)
    await timers.take_back(office.served.runtime)
    assert (state(await office.read(held.code)), await left(office, sale)) == ("cancelled", 10)


async def test_an_order_that_is_given_up_need_not_be_paid(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult)).order
    await office.call(CancelOrderRequest(code=order.code, etag=order.etag))
    (told,) = await office.told(PaymentRequestWithdrawn)
    assert (told.request, told.reason) == (order.id, "GIVEN_UP")


async def test_a_refund_that_was_refused_is_asked_for_again_by_a_press(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    await office.paid(sale, adult)
    await call_off(office, sale)
    await timers.take_back(office.served.runtime)
    (one,) = (await office.call(pb.ListTicketRefundsRequest(sale=sale), SELLER)).refunds
    await office.call(pb.RetryTicketRefundRequest(id=one.id), SELLER)
    assert len(await office.told(PaymentRefundRequested)) == 1, "what is asked for already is not asked for twice"
    await office.give_back("PROVIDER_DIFFERS")
    with refused("TICKET_REFUND_NOT_FOUND"):
        await office.call(pb.RetryTicketRefundRequest(id=one.id), DLH)
    await office.call(pb.RetryTicketRefundRequest(id=one.id), SELLER)
    (again,) = [each for each in await office.told(PaymentRefundRequested) if each.refund.endswith(".2")]
    assert again.amount.units == PRICE


async def test_cash_that_lies_ready_is_shown_and_nobody_is_called_for_it(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    paid = await office.paid(sale, adult)
    await call_off(office, sale)
    await timers.take_back(office.served.runtime)
    office.served.pass_time(hours=7)
    assert await gauges.GAUGES.read(office.served.runtime) == {semconv.TICKET_REFUND_AGE: [(7 * 3600.0, {})]}
    await office.ready(twice=True)
    assert await open_refunds(office, sale) == [("asked", PRICE, "AT_COUNTER")]
    assert await gauges.GAUGES.read(office.served.runtime) == {semconv.TICKET_REFUND_AGE: [(0.0, {})]}
    (told,) = (await office.read(paid.code)).refunds
    assert (word(pb.TicketRefundState, told.state), told.reason) == ("asked", "AT_COUNTER")
    await office.give_back()
    await office.ready()
    assert await open_refunds(office, sale) == []


async def follow(office: Ticketing) -> None:
    """The pillar's own events arrive."""
    for kind, react in (
        (events_pb2.EventRescheduled, reactions.on_event_rescheduled),
        (events_pb2.EventCancelled, reactions.on_event_cancelled),
    ):
        for message in await office.told(kind):
            event = Event(
                id=uuid7(), type=kind.DESCRIPTOR.full_name, source="/smartcity/semarang/branding",
                time=office.served.now, aggregate=message.id, version=1, correlation=message.id, causation=None,
                exercise=False, traceparent=None, message=message,
            )  # fmt: skip
            async with office.served.runtime.transaction() as tx:
                await react(tx, event)


async def test_an_event_that_is_called_off_takes_its_sales_with_it_once(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    await office.paid(sale, adult)
    stage = Stage(office.served)
    event = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale.event
    await stage.cancel(await stage.read(event))
    await follow(office)
    await follow(office)
    await timers.take_back(office.served.runtime)
    assert [one.amount.units for one in await office.told(PaymentRefundRequested)] == [PRICE]
    found = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale
    assert (word(ticket_sales_pb2.TicketSaleState, found.state), found.note) == ("cancelled", SAID)


async def test_a_sale_says_why_its_date_alone_was_called_off(office: Ticketing) -> None:
    stage = Stage(office.served)
    weekly = await stage.published()
    first = weekly.occasions[0].id
    sale = (await office.call(ticket_sales_pb2.CreateTicketSaleRequest(occasion=first), SELLER)).ticket_sale.id
    await stage.cancel_date(weekly, first)
    await follow(office)
    found = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale
    assert (word(ticket_sales_pb2.TicketSaleState, found.state), found.note) == ("cancelled", SAID)


async def test_a_sale_that_is_called_off_takes_the_only_date_of_its_agencys_event_along(office: Ticketing) -> None:
    sale, _ = await office.on_sale()
    name = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale.event
    await call_off(office, sale)
    event = await Stage(office.served).read(name)
    assert (word(city_events_pb2.CityEventState, event.state), event.reason) == ("cancelled", WHY)
    (told,) = await office.told(events_pb2.EventCancelled)
    assert (told.id, len(told.occasions)) == (event.id, 1)
    await follow(office)
    assert [one.id for one in await office.told(events_pb2.EventCancelled)] == [event.id], "the sale tells it once"


async def test_other_dates_of_the_event_of_a_sale_that_is_called_off_hold(office: Ticketing) -> None:
    stage = Stage(office.served)
    weekly = await stage.published()
    first, second = (one.id for one in weekly.occasions[:2])
    asked = ticket_sales_pb2.CreateTicketSaleRequest(occasion=first)
    await call_off(office, (await office.call(asked, SELLER)).ticket_sale.id)
    event = await stage.read(weekly.id)
    assert [state for _, state in dates(event)[:3]] == ["cancelled", "planned", "planned"]
    assert (event.next.id, event.reason, event.occasions[0].reason) == (second, "", WHY)


async def test_an_event_of_an_organiser_goes_on_when_an_agency_that_may_not_call_it_off_ends_its_sale(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale, _ = await office.on_sale()
    name = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale.event
    monkeypatch.setattr(access, "writes", lambda *_: False)
    await call_off(office, sale)
    event = await Stage(office.served).read(name)
    assert [state for _, state in dates(event)] == ["planned"]
    assert await office.told(events_pb2.EventCancelled) == []


async def test_who_ordered_before_a_date_moved_and_paid_after_it_has_all_of_the_price_back_too(
    office: Ticketing,
) -> None:
    sale, adult = await office.on_sale(refund_percent=0)
    code = (await office.order(sale, adult)).order.code
    assert not (await office.read(code)).moved
    office.served.pass_time(minutes=1)
    await office.put_off(days=1)
    waiting = await office.read(code)
    assert (state(waiting), waiting.moved) == ("held", True), "it is told before it is paid"
    office.served.pass_time(minutes=1)
    await office.pay()
    (ticket,) = (await office.read(code)).tickets
    found = await office.ticket(ticket.code)
    assert (ticket.moved, found.refund.units) == (True, PRICE)


async def test_a_date_that_moves_takes_its_tickets_along_and_all_of_the_price_can_be_had_back(
    office: Ticketing,
) -> None:
    sale, adult = await office.on_sale(refund_percent=0)
    order = await office.paid(sale, adult)
    office.served.pass_time(minutes=1)
    await office.put_off(days=1)
    found = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale
    assert found.moved
    assert found.types[0].left == 9, "seats stay where they are"
    ticket = await office.ticket(order.tickets[0].code)
    assert ticket.refund.units == PRICE
    assert (ticket.moved, ticket.day_before) == (True, order.tickets[0].first_day)
    office.served.pass_time(minutes=1)
    after = await office.paid(sale, adult)
    (later,) = after.tickets
    assert (later.moved, later.day_before) == (False, "")
    days = {after.lines[0].day, (await office.read(order.code)).lines[0].day}
    assert days == {ticket.first_day}, "an order names one day, also one from before"
    assert not later.HasField("refund"), "who ordered since knew the new time"
