"""Gates without a connection, which hear of nothing that is done with a ticket: it is judged by what it was when it was
shown, and stays as it is while they let in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.branding.cancellations import timers as cancellations
from services.branding.gates import timers
from smartcity.branding.v1 import gates_pb2 as pb
from smartcity.branding.v1 import ticket_sales_pb2 as sales
from smartcity.branding.v1 import tickets_pb2
from tests.branding.exchanges.test_exchanges import taken_over
from tests.branding.gates.test_gates import Entrance, entrance
from tests.branding.tickets.ticketing import NOBODY, SELLER, Ticketing, stamp
from tests.governance.conftest import refused


async def _passed_on(door: Entrance) -> tickets_pb2.Ticket:
    """The ticket in the hands of a friend."""
    seen = await door.office.ticket(door.ticket.code)
    passed = await door.office.call(tickets_pb2.TransferTicketRequest(code=seen.code, etag=seen.etag, holder="Teman"))
    key = (await taken_over(door.office, seen.code, passed.link_key)).link_key
    return await door.office.ticket(seen.code, NOBODY, key)


async def _shown_before(office: Ticketing, **fields: Any) -> tuple[Entrance, datetime]:
    """A gate without a connection, hours before people are awaited, and when it let somebody in untold."""
    door = await entrance(office, **fields)
    office.served.pass_time(hours=-4)
    at = office.served.now
    office.served.pass_time(seconds=1)
    return door, at


def _doings(one: tickets_pb2.Ticket, type_: str) -> Sequence[Any]:
    about = {"code": one.code, "etag": one.etag}
    return (
        tickets_pb2.TransferTicketRequest(**about),
        tickets_pb2.CancelTicketRequest(**about),
        tickets_pb2.ChangeTicketRequest(**about, type=type_),
    )


async def test_of_a_ticket_that_was_passed_on_after_it_let_in_without_a_connection_the_second_entry_is_the_wrong_one(
    office: Ticketing,
) -> None:
    door, at = await _shown_before(office)
    south = (await office.call(pb.CreateGateRequest(sale=door.sale, name="Selatan"), SELLER)).gate.id
    friend = await _passed_on(door)
    assert await door.says(friend.token, gate=south) == "admitted"
    assert await door.says(at=stamp(at), offline=True) == "admitted"
    assert await door.amiss() == [("Selatan", "used")]


async def test_who_has_a_ticket_that_let_in_before_it_was_passed_on_is_not_let_in_with_it(office: Ticketing) -> None:
    door, at = await _shown_before(office)
    friend = await _passed_on(door)
    assert await door.says(at=stamp(at), offline=True) == "admitted"
    assert (await door.says(friend.token), await door.amiss()) == ("used", [])


async def test_an_old_qr_code_that_was_shown_after_its_ticket_was_passed_on_is_the_wrong_one(office: Ticketing) -> None:
    door, _ = await _shown_before(office)
    await _passed_on(door)
    office.served.pass_time(seconds=1)
    assert await door.says(at=stamp(office.served.now), offline=True) == "superseded"
    assert await door.amiss() == [("Utara", "superseded")]


async def test_a_ticket_that_was_changed_after_it_let_in_without_a_connection_lets_nobody_in_again(
    office: Ticketing,
) -> None:
    door, at = await _shown_before(office, price=0)
    other = await office.sort(door.sale, price=0)
    seen = await office.ticket(door.ticket.code)
    await office.call(tickets_pb2.ChangeTicketRequest(code=seen.code, etag=seen.etag, type=other))
    assert await door.says(at=stamp(at), offline=True) == "admitted"
    assert await door.says((await office.ticket(seen.code)).token) == "used"


async def test_who_came_in_without_a_connection_before_it_was_called_off_did_nothing_wrong(office: Ticketing) -> None:
    door, at = await _shown_before(office)
    one = (await office.call(sales.GetTicketSaleRequest(id=door.sale))).ticket_sale
    await office.call(sales.CancelTicketSaleRequest(id=one.id, etag=one.etag, note="Hujan deras."), SELLER)
    await cancellations.take_back(office.served.runtime)
    assert await door.says(at=stamp(at), offline=True) == "admitted"
    assert await door.says(at=stamp(office.served.now), offline=True) == "cancelled"
    assert await door.amiss() == [("Utara", "cancelled")]


async def test_who_came_in_with_a_ticket_that_they_gave_back_afterwards_is_listed(office: Ticketing) -> None:
    door, at = await _shown_before(office, price=0)
    seen = await office.ticket(door.ticket.code)
    await office.call(tickets_pb2.CancelTicketRequest(code=seen.code, etag=seen.etag))
    assert await door.says(at=stamp(at), offline=True) == "cancelled"
    assert await door.amiss() == [("Utara", "cancelled")]


async def test_a_ticket_stays_as_it_is_from_when_gates_let_in_until_it_is_over(office: Ticketing) -> None:
    door = await entrance(office, refund_hours=0)
    child = await office.sort(door.sale, name_id="Anak", refund_percent=0, price=0)
    for hours, bound in ((-4, False), (2, True), (2, True)):
        office.served.pass_time(hours=hours)
        seen = await office.ticket(door.ticket.code)
        (listed,) = (await office.read(seen.order)).tickets
        assert (seen.at_gates, listed.at_gates) == (bound, bound)
        assert (seen.HasField("refund"), seen.changeable) == (not bound, not bound)
    for doing in _doings(seen, child):
        with refused("TICKET_AT_GATES"):
            await office.call(doing)
    office.served.pass_time(hours=4)
    assert not (await office.ticket(seen.code)).at_gates


async def test_a_ticket_that_no_gate_lets_in_is_given_back_by_its_rules_alone(office: Ticketing) -> None:
    sale, sort = await office.on_sale(refund_hours=0)
    (ticket,) = (await office.paid(sale, sort)).tickets
    office.served.pass_time(days=30, hours=-1)
    await office.call(tickets_pb2.CancelTicketRequest(code=ticket.code, etag=ticket.etag))


async def test_what_is_put_off_is_given_back_until_it_begins_whatever_gates_let_in(office: Ticketing) -> None:
    door = await entrance(office)
    await office.put_off(hours=1)
    seen = await office.ticket(door.ticket.code)
    assert (seen.at_gates, seen.HasField("refund")) == (False, True)
    office.served.pass_time(hours=1)
    assert (await office.ticket(seen.code)).at_gates
    office.served.pass_time(hours=-1)
    await office.call(tickets_pb2.CancelTicketRequest(code=seen.code, etag=seen.etag))


async def test_what_was_passed_on_before_gates_let_in_can_still_be_taken_over(office: Ticketing) -> None:
    door = await entrance(office)
    office.served.pass_time(hours=-4)
    seen = await office.ticket(door.ticket.code)
    passed = await office.call(tickets_pb2.TransferTicketRequest(code=seen.code, etag=seen.etag))
    office.served.pass_time(hours=4)
    key = (await taken_over(office, seen.code, passed.link_key)).link_key
    assert (await office.ticket(seen.code, NOBODY, key)).at_gates


async def test_a_gate_that_has_its_list_already_lets_in_who_took_back_a_ticket_that_nobody_has_taken_over(
    office: Ticketing,
) -> None:
    door = await entrance(office)
    office.served.pass_time(hours=-4)
    seen = await office.ticket(door.ticket.code)
    await office.call(tickets_pb2.TransferTicketRequest(code=seen.code, etag=seen.etag))
    office.served.pass_time(hours=4)
    listed = (await office.call(pb.GetGateListRequest(id=door.gate), SELLER)).page.text.splitlines()[-1].split(" ")
    offered = await office.ticket(seen.code)
    await office.call(tickets_pb2.RecallTicketRequest(code=seen.code, etag=offered.etag))
    back = await office.ticket(seen.code)
    assert back.token.split(".")[1:3] == listed[:2], "the code and which of its QR codes is good"
    assert back.token != door.ticket.token
    assert await door.says(back.token) == "admitted"


async def test_a_ticket_of_a_destination_stays_as_it_is_on_its_day_alone(office: Ticketing) -> None:
    sale = (await office.sale(destination="tugu-muda")).id
    type_ = await office.sort(sale)
    await office.call(pb.CreateGateRequest(sale=sale, name="Utara"), SELLER)
    for days, bound in ((0, True), (1, False)):
        order = await office.order(sale, type_, day=str(office.served.now.date() + timedelta(days=days)))
        await office.pay()
        (ticket,) = (await office.read(order.order.code)).tickets
        assert ticket.at_gates is bound


async def test_what_a_ticket_was_is_forgotten_once_no_scan_of_then_is_taken_any_more(office: Ticketing) -> None:
    sql = "SELECT count(*) FROM branding.ticket_before"
    door, _ = await _shown_before(office)
    await _passed_on(door)
    for days, kept in ((6, 1), (2, 0)):
        office.served.pass_time(days=days)
        await timers.forget(office.served.runtime)
        assert await office.served.admin.fetchval(sql) == kept
