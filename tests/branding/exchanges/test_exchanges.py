"""Tickets that are passed on, changed and given back over the real server: seats, money and keys go along."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.branding.cancellations import timers as cancellations
from services.kit.caller import Caller
from smartcity.branding.v1 import gates_pb2, ticket_sales_pb2
from smartcity.branding.v1 import tickets_pb2 as pb
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.city_events.stage import Stage
from tests.branding.tickets.ticketing import BUDI, NOBODY, PRICE, SELLER, SITI, Ticketing, left, word
from tests.governance.conftest import refused, request_id


async def bought(office: Ticketing, **fields: Any) -> tuple[str, str, pb.Ticket]:
    """A sale, its type, and a paid ticket of Siti's."""
    sale, adult = await office.on_sale(**fields)
    order = await office.paid(sale, adult)
    return sale, adult, order.tickets[0]


async def taken_over(office: Ticketing, code: str, key: str) -> pb.TakeTicketOverResponse:
    """A ticket that was passed on, in the hands of who has the link, without a login."""
    etag = (await office.ticket(code, NOBODY, key)).etag
    request = pb.TakeTicketOverRequest(code=code, etag=etag, link_key=key)
    answer: pb.TakeTicketOverResponse = await office.call(request, NOBODY)
    return answer


async def back(office: Ticketing) -> list[int]:
    """What economy was asked to give back."""
    return [one.amount.units for one in await office.told(PaymentRefundRequested)]


async def test_who_gets_a_ticket_has_it_alone_and_the_old_code_and_key_are_dead(office: Ticketing) -> None:
    sale, _, ticket = await bought(office)
    request = pb.TransferTicketRequest(code=ticket.code, etag=ticket.etag, holder="Budi")
    done = await office.call(request)
    assert (done.ticket.own, done.ticket.token) == (False, "")
    key = (await taken_over(office, ticket.code, done.link_key)).link_key
    new = await office.ticket(ticket.code, NOBODY, key)
    assert (new.own, new.holder) == (True, "Budi")
    assert new.token != ticket.token
    for caller, old in ((SITI, ""), (NOBODY, ticket.link_key), (NOBODY, done.link_key)):
        with refused("TICKET_NOT_FOUND"):
            await office.ticket(ticket.code, caller, old)
    assert (await office.call(request)).link_key == "", "asked again, there is nothing left to hand over"
    gate = (await office.call(gates_pb2.CreateGateRequest(sale=sale, name="A"), SELLER)).gate.id
    office.served.pass_time(days=30, minutes=5)
    shown = (ticket.token, ticket.code, new.token)
    scans = [gates_pb2.Scan(scan=f"scan-000{n}", shown=one) for n, one in enumerate(shown)]
    results = (await office.call(gates_pb2.UploadScansRequest(id=gate, scans=scans), SELLER)).results
    assert [word(gates_pb2.ScanVerdict, one.verdict) for one in results] == ["superseded", "superseded", "admitted"]
    with refused("TICKET_USED"):
        now = await office.ticket(ticket.code, NOBODY, key)
        await office.call(pb.CancelTicketRequest(code=ticket.code, etag=now.etag, link_key=key), NOBODY)


async def test_nobody_gives_back_for_less_what_was_called_off_before_its_sale_has_heard(office: Ticketing) -> None:
    sale, _, ticket = await bought(office, refund_percent=50)
    other = await office.sort(sale)
    stage, of = Stage(office.served), (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale))).ticket_sale
    await stage.cancel_date(await stage.read(of.event), of.occasion)
    for asked in (
        pb.CancelTicketRequest(code=ticket.code, etag=ticket.etag),
        pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=other),
    ):
        with refused("SALE_CANCELLED"):
            await office.call(asked)
    await office.put_off(days=0)  # now it has
    await cancellations.take_back(office.served.runtime)
    assert await back(office) == [PRICE]


async def test_all_goes_back_of_what_was_put_off_before_its_sale_has_heard(office: Ticketing) -> None:
    _, _, ticket = await bought(office, refund_percent=50)
    office.served.pass_time(minutes=1)
    sql = "UPDATE branding.occasion SET starts_at = starts_at + $1, ends_at = ends_at + $1"
    await office.served.admin.execute(sql, timedelta(days=1))
    await office.call(pb.CancelTicketRequest(code=ticket.code, etag=ticket.etag))
    assert await back(office) == [PRICE]


async def test_what_the_giver_is_shown_takes_a_ticket_over_once_and_does_nothing_else(office: Ticketing) -> None:
    sale, adult, ticket = await bought(office)
    key = (await office.call(pb.TransferTicketRequest(code=ticket.code, etag=ticket.etag))).link_key
    seen = await office.ticket(ticket.code, NOBODY, key)
    assert (seen.offered, seen.own, seen.token, seen.link_key, seen.HasField("refund")) == (True, False, "", "", False)
    about = {"code": ticket.code, "etag": seen.etag, "link_key": key}
    child = await office.sort(sale, price=15_000)
    for asked in (
        pb.CancelTicketRequest(**about), pb.ChangeTicketRequest(**about, type=child), pb.TransferTicketRequest(**about)
    ):  # fmt: skip
        with refused("TICKET_NOT_TAKEN_OVER"):
            await office.call(asked, NOBODY)
    request = pb.TakeTicketOverRequest(**about, request_id=request_id())
    done = await office.call(request, NOBODY)
    assert (await office.call(request, NOBODY)).link_key == done.link_key, "asked again, it is answered again"
    for again in (pb.TakeTicketOverRequest(**about), pb.CancelTicketRequest(**about)):
        with refused("TICKET_NOT_FOUND"):
            await office.call(again, NOBODY)
    own = await office.ticket(ticket.code, NOBODY, done.link_key)
    assert (own.offered, own.own, own.hands, own.type, await back(office)) == (False, True, 2, adult, [])


async def test_who_passed_a_ticket_on_reads_its_key_again_and_takes_it_back_while_nobody_has_it(
    office: Ticketing,
) -> None:
    _, _, ticket = await bought(office)
    passing = pb.TransferTicketRequest(code=ticket.code, etag=ticket.etag, holder="Budi")
    passed = await office.call(passing)
    for caller, key in ((SITI, ""), (NOBODY, ticket.link_key)):
        seen = await office.ticket(ticket.code, caller, key)
        assert (seen.offer_key, seen.own, seen.offered, seen.token, seen.holder) == (
            passed.link_key, False, True, "", ""
        )  # fmt: skip
    order = seen.order
    (listed,) = (await office.read(order)).tickets
    assert (listed.offer_key, listed.link_key) == (passed.link_key, ticket.link_key)
    with refused("TICKET_PASSED_ON"):
        await office.call(pb.CancelTicketRequest(code=ticket.code, etag=seen.etag))
    recalling = pb.RecallTicketRequest(code=ticket.code, etag=seen.etag, link_key=passed.link_key)
    with refused("TICKET_NOT_FOUND"):  # of whom it was handed to
        await office.call(recalling, NOBODY)
    recalling.link_key = ticket.link_key
    back = (await office.call(recalling, NOBODY)).ticket
    assert (back.own, back.offered, back.hands, back.token, back.offer_key) == (True, False, 1, "", "")
    own = await office.ticket(ticket.code)
    assert (own.holder, own.order, own.link_key) == ("Siti Rahma", order, ticket.link_key)
    assert own.token not in ("", ticket.token)
    with refused("TICKET_RECALLED"):
        await office.ticket(ticket.code, NOBODY, passed.link_key)
    with refused("TICKET_NOT_FOUND"):  # who has had no link of it learns nothing
        await office.ticket(ticket.code, NOBODY, "A" * 26)
    with refused("TICKET_NOT_PASSED_ON"):
        await office.call(pb.RecallTicketRequest(code=ticket.code, etag=own.etag))
    again = await office.call(pb.TransferTicketRequest(code=ticket.code, etag=own.etag))
    assert again.link_key != passed.link_key
    with refused("TICKET_RECALLED"):  # what was called in never holds again
        await office.ticket(ticket.code, NOBODY, passed.link_key)
    await taken_over(office, ticket.code, again.link_key)
    late = pb.RecallTicketRequest(code=ticket.code, etag=again.ticket.etag, link_key=ticket.link_key)
    for caller in (NOBODY, SITI):
        with refused("TICKET_NOT_FOUND"):
            await office.call(late, caller)


async def test_a_repeat_of_a_passing_on_is_answered_with_its_key_until_it_was_called_in(office: Ticketing) -> None:
    _, _, ticket = await bought(office)
    passing = pb.TransferTicketRequest(request_id=request_id(), code=ticket.code, etag=ticket.etag, holder="Budi")
    passed = await office.call(passing)
    assert (await office.call(passing)).link_key == passed.link_key != ""
    back = (await office.call(pb.RecallTicketRequest(code=ticket.code, etag=passed.ticket.etag))).ticket
    assert (await office.call(passing)).link_key == ""
    again = await office.call(pb.TransferTicketRequest(code=ticket.code, etag=back.etag))
    assert (await office.call(passing)).link_key == "" != again.link_key


async def test_who_has_a_ticket_from_somebody_else_takes_it_back_too_and_who_ordered_it_does_not(
    office: Ticketing,
) -> None:
    _, _, ticket = await bought(office)
    passed = await office.call(pb.TransferTicketRequest(code=ticket.code, etag=ticket.etag))
    budi = (await taken_over(office, ticket.code, passed.link_key)).link_key
    now = await office.ticket(ticket.code, NOBODY, budi)
    on = await office.call(pb.TransferTicketRequest(code=ticket.code, etag=now.etag, link_key=budi), NOBODY)
    with refused("TICKET_NOT_FOUND"):
        await office.ticket(ticket.code)
    assert (await office.ticket(ticket.code, NOBODY, budi)).offer_key == on.link_key
    recalling = pb.RecallTicketRequest(code=ticket.code, etag=on.ticket.etag, link_key=budi)
    assert (await office.call(recalling, NOBODY)).ticket.hands == 2
    own = await office.ticket(ticket.code, NOBODY, budi)
    assert (own.own, own.holder, own.order) == (True, "", "")


async def test_a_ticket_given_back_in_time_frees_its_seat_and_returns_what_its_rules_say(office: Ticketing) -> None:
    sale, _, ticket = await bought(office)
    assert ticket.refund.units == PRICE * 9 // 10
    done = (await office.call(pb.CancelTicketRequest(code=ticket.code, etag=ticket.etag))).ticket
    assert word(pb.TicketState, done.state) == "cancelled"
    assert (await back(office), await left(office, sale)) == ([PRICE * 9 // 10], 10)
    with refused("TICKET_CANCELLED"):
        await office.call(pb.CancelTicketRequest(code=ticket.code, etag=done.etag))


@pytest.mark.parametrize(("fields", "days"), [({}, 29.5), ({"refund_percent": 0}, 0)])
async def test_too_late_or_by_its_rules_it_is_not_taken_back(
    office: Ticketing, fields: dict[str, int], days: float
) -> None:
    _, _, ticket = await bought(office, **fields)
    office.served.pass_time(days=days)
    assert not (await office.ticket(ticket.code)).HasField("refund")
    with refused("RETURN_TOO_LATE"):
        await office.call(pb.CancelTicketRequest(code=ticket.code, etag=ticket.etag))
    assert await back(office) == []


async def test_a_cheaper_ticket_instead_returns_the_difference_and_one_that_costs_more_is_refused(
    office: Ticketing,
) -> None:
    sale, adult, ticket = await bought(office)
    child, dear = await office.sort(sale, price=15_000), await office.sort(sale, price=PRICE + 1)
    with refused("PRICE_HIGHER"):
        await office.call(pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=dear))
    with refused("SAME_TICKET"):
        await office.call(pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=adult))
    with refused("TICKET_NOT_FOUND"):
        await office.call(pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=child), BUDI)
    done = (await office.call(pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=child))).ticket
    assert (done.type, done.price.units) == (child, 15_000)
    assert await back(office) == [9_000]
    seats = await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)
    assert [one.left for one in seats.ticket_sale.types] == [10, 9, 10]
    assert (await office.ticket(ticket.code)).token != ticket.token


async def changes(office: Ticketing, code: str, caller: Caller = SITI) -> dict[str, int]:
    """What a ticket can be changed for, and what goes back then."""
    answer = await office.call(pb.GetTicketRequest(code=code), caller)
    return {one.type: one.refund.units for one in answer.changes}


async def test_what_a_ticket_can_be_changed_for_tells_what_goes_back_as_the_change_does(office: Ticketing) -> None:
    sale, _, ticket = await bought(office)
    child, same = await office.sort(sale, price=15_000), await office.sort(sale)
    await office.sort(sale, price=PRICE + 1)
    await office.sort(sale, refund_percent=100)
    assert await changes(office, ticket.code) == {child: 9_000, same: 0}
    assert await changes(office, ticket.code, SELLER) == {}, "it is not theirs to change"
    office.served.pass_time(minutes=1)
    await office.put_off(days=1)
    assert (await changes(office, ticket.code))[child] == 10_000, "of what was put off all of the difference goes back"
    now = await office.ticket(ticket.code)
    await office.call(pb.ChangeTicketRequest(code=ticket.code, etag=now.etag, type=child))
    assert await back(office) == [10_000]


async def test_a_ticket_that_cannot_be_changed_any_more_is_offered_no_change(office: Ticketing) -> None:
    sale, _, ticket = await bought(office)
    await office.sort(sale, price=0)
    office.served.pass_time(days=29.5)
    assert await changes(office, ticket.code) == {}


async def test_what_is_not_taken_back_is_not_changed_into_what_is(office: Ticketing) -> None:
    sale, adult, ticket = await bought(office, refund_percent=0)
    for better in ({"refund_percent": 90}, {"refund_percent": 1, "refund_hours": 0}):
        wanted = await office.sort(sale, **better)
        with refused("RETURNS_MORE"):
            await office.call(pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=wanted))
    other, same = await office.on_sale(refund_percent=0)
    await office.served.admin.execute("UPDATE branding.ticket_sale SET moved_at = now() WHERE id = $1::uuid", other)
    with refused("RETURNS_MORE"):
        await office.call(pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=same))
    assert adult == (await office.ticket(ticket.code)).type


async def test_a_change_into_what_is_sold_out_changes_nothing(office: Ticketing) -> None:
    sale, _, ticket = await bought(office)
    last = await office.sort(sale, price=0, quota=1)
    await office.order(sale, last, caller=BUDI)
    with refused("SOLD_OUT"):
        await office.call(pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=last))
    assert (await office.ticket(ticket.code)).etag == ticket.etag
    assert await left(office, sale) == 9


async def test_a_day_at_a_destination_is_changed_for_another(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    entry = await office.sort(sale, price=0)
    day, other = (str((office.served.now + timedelta(days=days)).date()) for days in (1, 3))
    ticket = (await office.order(sale, entry, day=day)).order.tickets[0]
    assert await changes(office, ticket.code) == {entry: 0}
    request = pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=entry, day=other)
    assert (await office.call(request)).ticket.first_day == other


async def test_a_ticket_of_a_day_says_until_when_it_can_be_given_back_past_or_to_come(office: Ticketing) -> None:
    """Hours before are those before its day begins, not before its place opens."""
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, refund_hours=24)
    code = (await office.order(sale, type_, day="2026-11-26")).order.code
    await office.pay()
    (ticket,) = (await office.read(code)).tickets
    midnight = datetime(2026, 11, 25, tzinfo=office.served.runtime.city.timezone)
    assert ticket.refund_until.ToDatetime(UTC) == midnight
    office.served.now = (midnight + timedelta(seconds=1)).astimezone(UTC)
    late = await office.ticket(ticket.code)
    assert (late.HasField("refund"), late.refund_until.ToDatetime(UTC)) == (False, midnight)


async def test_an_order_says_until_when_its_tickets_can_be_given_back(office: Ticketing) -> None:
    sale, type_ = await office.on_sale(refund_hours=24)
    order = (await office.order(sale, type_)).order
    assert order.lines[0].refund_until.ToDatetime() == order.start_time.ToDatetime() - timedelta(hours=24)
    assert (order.event.startswith("pasar-semawis"), order.destination) == (True, "")
