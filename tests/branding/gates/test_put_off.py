"""What is put off when its gates were open already: who came before may come again, or has the money back."""

from datetime import timedelta

import pytest

from smartcity.branding.v1 import gates_pb2 as pb
from smartcity.branding.v1 import ticket_events_pb2, tickets_pb2
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.gates.test_gates import Entrance, entrance
from tests.branding.tickets.ticketing import PRICE, SELLER, Ticketing, stamp
from tests.governance.conftest import refused


@pytest.fixture
async def door(office: Ticketing) -> Entrance:
    """A gate half an hour before the begin, which has let somebody in."""
    made = await entrance(office, refund_percent=0)
    office.served.pass_time(minutes=-35)
    assert await made.says() == "admitted"
    office.served.pass_time(minutes=10)
    return made


async def test_who_was_let_in_before_it_was_put_off_has_all_of_the_price_back(door: Entrance) -> None:
    await door.office.put_off(days=1)
    seen = await door.office.ticket(door.ticket.code)
    assert (seen.refund.units, seen.admissions, seen.admitted_day) == (PRICE, 0, "")
    await door.office.call(tickets_pb2.CancelTicketRequest(code=seen.code, etag=seen.etag))
    assert [one.amount.units for one in await door.office.told(PaymentRefundRequested)] == [PRICE]


async def test_who_was_let_in_before_it_was_put_off_is_let_in_once_on_the_day_that_holds(door: Entrance) -> None:
    await door.office.put_off(days=1)
    door.office.served.pass_time(days=1)
    assert [await door.says() for _ in range(2)] == ["admitted", "used"]
    seen = await door.office.ticket(door.ticket.code)
    assert (seen.admissions, seen.HasField("refund")) == (1, False)
    assert await door.amiss() == []


async def test_the_list_that_a_gate_takes_along_knows_nothing_of_the_day_before(door: Entrance) -> None:
    await door.office.put_off(days=1)
    page = (await door.office.call(pb.GetGateListRequest(id=door.gate), SELLER)).page
    assert page.text.splitlines()[-1].split(" ")[3:] == ["-", "0"]


async def test_a_scan_of_the_day_before_that_is_told_late_takes_nothing_from_the_day_that_holds(
    door: Entrance,
) -> None:
    at = door.office.served.now - timedelta(minutes=1)
    await door.office.put_off(days=1)
    door.office.served.pass_time(days=1)
    await door.scan(at=stamp(at), offline=True)
    assert await door.says() == "admitted"


async def test_who_was_let_in_without_a_connection_after_it_was_put_off_is_let_in_on_the_day_that_holds(
    office: Ticketing,
) -> None:
    made = await entrance(office, refund_percent=0)
    office.served.pass_time(minutes=-35)
    await office.put_off(days=1)
    office.served.pass_time(minutes=5)
    await made.scan(at=stamp(office.served.now), offline=True)
    seen = await office.ticket(made.ticket.code)
    assert (seen.refund.units, seen.admissions, seen.changeable) == (PRICE, 0, True)
    office.served.pass_time(days=1)
    assert [await made.says() for _ in range(2)] == ["admitted", "used"]


async def test_scans_of_the_day_before_that_are_told_late_are_one_visit(door: Entrance) -> None:
    at = door.office.served.now - timedelta(minutes=5)
    await door.office.put_off(days=1)
    for minutes in range(2):
        await door.scan(at=stamp(at + timedelta(minutes=minutes)), offline=True)
    assert len(await door.office.told(ticket_events_pb2.TicketAdmitted)) == 1


@pytest.mark.parametrize("hours", [1, 3])
async def test_who_is_in_has_no_money_back_where_it_begins_later_on_the_same_day(door: Entrance, hours: int) -> None:
    await door.office.put_off(hours=hours)
    seen = await door.office.ticket(door.ticket.code)
    assert (seen.moved, seen.admissions, seen.HasField("refund")) == (True, 1, False)
    with refused("TICKET_USED"):
        await door.office.call(tickets_pb2.CancelTicketRequest(code=seen.code, etag=seen.etag))


async def test_who_was_in_has_no_money_back_where_its_end_alone_is_put_off(door: Entrance) -> None:
    sql = "UPDATE branding.occasion SET ends_at = ends_at + $1"
    await door.office.served.admin.execute(sql, timedelta(days=1))
    await door.office.put_off()
    seen = await door.office.ticket(door.ticket.code)
    assert (seen.moved, seen.admissions, seen.HasField("refund")) == (False, 1, False)


async def test_a_ticket_of_what_was_put_off_is_new_where_it_is_changed_for_another_date(door: Entrance) -> None:
    await door.office.put_off(days=1)
    other = (await door.office.sale(days=5)).id
    type_ = await door.office.sort(other, refund_percent=0)
    seen = await door.office.ticket(door.ticket.code)
    asked = tickets_pb2.ChangeTicketRequest(code=seen.code, etag=seen.etag, type=type_)
    await door.office.call(asked)
    token = (await door.office.ticket(seen.code)).token
    gate = (await door.office.call(pb.CreateGateRequest(sale=other, name="Utara"), SELLER)).gate.id
    door.office.served.pass_time(days=5)
    assert [await door.says(token, gate=gate) for _ in range(2)] == ["admitted", "used"]
