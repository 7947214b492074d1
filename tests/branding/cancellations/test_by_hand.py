"""What an officer gives back at the money desk: it counts like what is asked for, and all of it ends the tickets."""

import runpy

from services.branding.cancellations import timers
from services.branding.pillar import PILLAR
from services.branding.refunds import timers as refund_timers
from smartcity.branding.v1 import ticket_events_pb2
from smartcity.branding.v1 import tickets_pb2 as pb
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.cancellations.test_cancellations import call_off, open_refunds
from tests.branding.settlements.test_settlements import settlement, units
from tests.branding.tickets.ticketing import NOBODY, PRICE, Ticketing, left, word
from tests.governance.conftest import refused

BACK = PRICE * 90 // 100
"""What goes back of a ticket by its rules."""


async def asked(office: Ticketing) -> list[int]:
    """What economy was asked to give back."""
    return [one.amount.units for one in await office.told(PaymentRefundRequested)]


async def returned(office: Ticketing, ticket: pb.Ticket) -> None:
    """A holder gives a ticket back."""
    await office.call(pb.CancelTicketRequest(code=ticket.code, etag=ticket.etag))


async def asked_again(office: Ticketing) -> None:
    """Time passes, and the timer of what was refused comes round."""
    office.served.pass_time(hours=7)
    await refund_timers.ask_again(office.served.runtime)


async def test_all_of_an_order_that_is_given_back_by_hand_ends_its_tickets_once(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult, 2)
    for _ in range(2):
        await office.by_hand(order.id, 2 * PRICE)
    assert units(await settlement(office, sale)) == {"captured": 2 * PRICE, "refunded": 2 * PRICE}
    assert await left(office, sale) == 10
    found = await office.read(order.code)
    assert [word(pb.TicketState, one.state) for one in found.tickets] == ["cancelled"] * 2
    (refund,) = found.refunds
    assert (word(pb.TicketRefundCause, refund.cause), refund.amount.units) == ("by_hand", 2 * PRICE)
    (told,) = await office.told(ticket_events_pb2.TicketsRefunded)
    assert (told.quantity, told.amount.units, told.cause) == (2, 2 * PRICE, "by_hand")
    (row,) = await office.served.admin.fetch("SELECT cause FROM branding.ticket_refund")
    assert row["cause"] == "given_back", "the version before can read it"
    with refused("TICKET_CANCELLED"):
        await returned(office, found.tickets[0])
    await asked_again(office)
    assert await asked(office) == []


async def test_what_was_refused_is_done_once_all_is_given_back_by_hand(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult, 2)
    await returned(office, order.tickets[0])
    await office.give_back("REFUNDED_BEFORE")
    await office.by_hand(order.id, 2 * PRICE)
    assert units(await settlement(office, sale)) == {"captured": 2 * PRICE, "refunded": 2 * PRICE}
    assert await open_refunds(office, sale) == []
    await asked_again(office)
    assert await asked(office) == [BACK]


async def test_what_is_refused_while_a_refund_by_hand_waits_is_asked_for_again(office: Ticketing) -> None:
    """Economy refuses it because of one that a second person may reject yet."""
    sale, adult = await office.on_sale()
    await returned(office, (await office.paid(sale, adult)).tickets[0])
    await office.give_back("REFUNDED_BEFORE")
    await asked_again(office)
    await office.give_back()
    assert await asked(office) == [BACK, BACK]
    assert await open_refunds(office, sale) == []


async def test_what_was_given_back_unheard_is_counted_once_a_return_is_refused(office: Ticketing) -> None:
    """A process of the version before took the event of it, and dropped it."""
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult, 2)
    await returned(office, order.tickets[0])
    await office.give_back("REFUNDED_BEFORE", so_far=2 * PRICE)
    assert units(await settlement(office, sale)) == {"captured": 2 * PRICE, "refunded": 2 * PRICE}
    found = await office.read(order.code)
    assert [word(pb.TicketState, one.state) for one in found.tickets] == ["cancelled"] * 2
    await asked_again(office)
    assert await asked(office) == [BACK]


async def test_a_refusal_that_comes_before_an_older_answer_counts_nothing_twice(office: Ticketing) -> None:
    """It does not wait behind an answer that is set aside."""
    sale, adult = await office.on_sale(refund_percent=100)
    order = await office.paid(sale, adult, 3)
    for ticket in order.tickets[:2]:
        await returned(office, ticket)
    first, second = await office.told(PaymentRefundRequested)
    await office.answer(second, "PROVIDER_AWAY", so_far=PRICE)
    await office.answer(first)
    counted = units(await settlement(office, sale))
    assert (counted["refunded"], counted["open"]) == (PRICE, PRICE)
    (third,) = [one for one in (await office.read(order.code)).tickets if one.HasField("refund")]
    assert third.refund.units == PRICE
    await returned(office, third)
    await asked_again(office)
    await office.give_back()
    assert units(await settlement(office, sale)) == {"captured": 3 * PRICE, "refunded": 3 * PRICE}


async def test_what_a_refusal_tells_beyond_what_others_ask_for_was_given_by_hand(office: Ticketing) -> None:
    sale, adult = await office.on_sale(refund_percent=100)
    order = await office.paid(sale, adult, 3)
    for ticket in order.tickets[:2]:
        await returned(office, ticket)
    first, second = await office.told(PaymentRefundRequested)
    await office.answer(second, "REFUNDED_BEFORE", so_far=PRICE + 5_000)
    await office.answer(first)
    refunds = (await office.read(order.code)).refunds
    by_hand = [one.amount.units for one in refunds if word(pb.TicketRefundCause, one.cause) == "by_hand"]
    assert by_hand == [5_000]


async def test_what_was_given_by_hand_and_hidden_by_an_older_answer_is_counted_with_the_next_refusal(
    office: Ticketing,
) -> None:
    sale, adult = await office.on_sale(refund_percent=100)
    order = await office.paid(sale, adult, 2)
    for ticket in order.tickets:
        await returned(office, ticket)
    first, second = await office.told(PaymentRefundRequested)
    await office.answer(second, "REFUNDED_BEFORE", so_far=PRICE)
    await office.answer(first)
    await asked_again(office)
    await office.give_back("REFUNDED_BEFORE", so_far=2 * PRICE)
    assert units(await settlement(office, sale)) == {"captured": 2 * PRICE, "refunded": 2 * PRICE}
    assert await open_refunds(office, sale) == []


async def test_what_was_refused_is_what_a_refund_by_hand_stands_for_and_not_what_is_asked_for_after_it(
    office: Ticketing,
) -> None:
    sale, adult = await office.on_sale(refund_percent=100)
    order = await office.paid(sale, adult, 2)
    for ticket in order.tickets:
        await returned(office, ticket)
        office.served.pass_time(minutes=1)
    first, second = await office.told(PaymentRefundRequested)
    await office.answer(first, "REFUNDED_BEFORE", so_far=2 * PRICE)
    assert len(await open_refunds(office, sale)) == 1
    await office.answer(second)
    assert await open_refunds(office, sale) == []
    await asked_again(office)
    assert await asked(office) == [PRICE, PRICE]


async def test_no_more_is_asked_for_than_a_refund_by_hand_has_left(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult)
    await office.by_hand(order.id, 5_000)
    found = await office.read(order.code)
    assert word(pb.TicketState, found.tickets[0].state) == "valid", "it is a part of the price"
    await returned(office, found.tickets[0])
    rest = PRICE - 5_000
    assert await asked(office) == [rest]
    assert units(await settlement(office, sale)) == {"captured": PRICE, "refunded": 5_000, "open": rest}
    (told,) = await office.told(ticket_events_pb2.TicketsRefunded)
    assert told.amount.units == rest


async def test_a_ticket_says_what_goes_back_of_it_where_a_refund_by_hand_has_left_less(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult, 2)
    await office.by_hand(order.id, 2 * PRICE - 5_000)
    read = await office.read(order.code)
    one, two = [await office.ticket(each.code) for each in read.tickets]
    assert [each.refund.units for each in (*read.tickets, one, two)] == [5_000] * 4
    passed = await office.call(pb.TransferTicketRequest(code=one.code, etag=one.etag, holder="Budi"))
    await returned(office, two)
    assert await asked(office) == [5_000]
    taking = pb.TakeTicketOverRequest(code=one.code, etag=passed.ticket.etag, link_key=passed.link_key)
    taken = await office.call(taking, NOBODY)
    for each in (taken.ticket, await office.ticket(one.code, NOBODY, taken.link_key)):
        assert (each.HasField("refund"), each.refund.units) == (True, 0)


async def test_what_was_given_back_by_hand_before_there_was_a_column_for_it_has_left_less(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult, 2)
    await office.by_hand(order.id, 2 * PRICE - 5_000)
    await office.served.admin.execute("UPDATE branding.ticket_refund SET cause = 'by_hand', by_hand = false")
    made = runpy.run_path(str(PILLAR.migrations / "2026_11_30_given_by_hand.py"))
    await office.served.runtime.pool.execute(made["KNOWN"])
    (refund,) = (await office.read(order.code)).refunds
    assert word(pb.TicketRefundCause, refund.cause) == "by_hand"
    await returned(office, order.tickets[0])
    assert await asked(office) == [5_000]


async def test_what_is_asked_for_shrinks_to_what_a_refund_by_hand_has_left(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult)
    await returned(office, order.tickets[0])
    await office.by_hand(order.id, 5_000)
    rest = PRICE - 5_000
    assert units(await settlement(office, sale)) == {"captured": PRICE, "refunded": 5_000, "open": rest}
    await office.give_back("REFUND_TOO_LARGE")
    await asked_again(office)
    assert await asked(office) == [BACK, rest]
    await office.give_back()
    assert units(await settlement(office, sale)) == {"captured": PRICE, "refunded": PRICE}


async def test_what_is_called_off_gives_back_what_a_refund_by_hand_has_left(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult, 2)
    await office.by_hand(order.id, 10_000)
    await call_off(office, sale)
    await timers.take_back(office.served.runtime)
    assert await asked(office) == [2 * PRICE - 10_000]
    await office.give_back()
    assert units(await settlement(office, sale)) == {"captured": 2 * PRICE, "refunded": 2 * PRICE}


async def test_a_free_ticket_stays_while_what_was_paid_beside_it_goes_back_by_its_rules(office: Ticketing) -> None:
    """Only what is given back by hand is the whole order's."""
    sale, adult = await office.on_sale(refund_percent=100)
    order = await office.paid(sale, adult, 2)
    await returned(office, order.tickets[0])
    await office.give_back()
    found = await office.read(order.code)
    assert [word(pb.TicketState, one.state) for one in found.tickets] == ["cancelled", "valid"]


async def test_money_of_other_pillars_and_of_no_order_changes_nothing(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    held = (await office.order(sale, adult)).order
    for name in ("", "SMGK-7", "0193e9a0-0000-7000-8000-000000000000", held.id):
        await office.by_hand(name, PRICE)
    assert units(await settlement(office, sale)) == {}
