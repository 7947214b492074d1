"""What is answered to who changes a ticket or takes it back or over: what they read of it a moment later."""

from smartcity.branding.v1 import gates_pb2
from smartcity.branding.v1 import tickets_pb2 as pb
from tests.branding.exchanges.test_exchanges import bought, taken_over
from tests.branding.tickets.ticketing import NOBODY, SELLER, Ticketing


def told(ticket: pb.Ticket) -> pb.Ticket:
    """All but what an answer does not say, as it is kept."""
    done = pb.Ticket()
    done.CopyFrom(ticket)
    done.holder = done.token = done.link_key = done.offer_key = done.order = ""
    return done


async def gate(office: Ticketing, sale: str) -> None:
    """Gates let in to what is sold."""
    await office.call(gates_pb2.CreateGateRequest(sale=sale, name="Utara"), SELLER)


async def test_who_changes_a_ticket_is_promised_a_return_until_the_gates_of_its_new_date_let_in(
    office: Ticketing,
) -> None:
    _, _, ticket = await bought(office, refund_hours=1)
    other = (await office.sale(days=40)).id
    type_ = await office.sort(other, refund_hours=1)
    await gate(office, other)
    request = pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=type_)
    answer = (await office.call(request)).ticket
    assert told(answer) == told(await office.ticket(ticket.code))


async def test_who_takes_a_ticket_back_while_gates_let_in_is_promised_no_return(office: Ticketing) -> None:
    sale, _, ticket = await bought(office, refund_hours=1)
    await gate(office, sale)
    etag = (await office.call(pb.TransferTicketRequest(code=ticket.code, etag=ticket.etag))).ticket.etag
    office.served.pass_time(days=30, hours=-2)
    answer = (await office.call(pb.RecallTicketRequest(code=ticket.code, etag=etag))).ticket
    assert (answer.at_gates, answer.changeable, answer.HasField("refund")) == (True, False, False)
    assert told(answer) == told(await office.ticket(ticket.code))


async def test_who_takes_a_ticket_over_while_gates_let_in_is_promised_no_return(office: Ticketing) -> None:
    sale, _, ticket = await bought(office, refund_hours=1)
    await gate(office, sale)
    key = (await office.call(pb.TransferTicketRequest(code=ticket.code, etag=ticket.etag))).link_key
    office.served.pass_time(days=30, hours=-2)
    done = await taken_over(office, ticket.code, key)
    assert (done.ticket.at_gates, done.ticket.changeable, done.ticket.HasField("refund")) == (True, False, False)
    assert told(done.ticket) == told(await office.ticket(ticket.code, NOBODY, done.link_key))
