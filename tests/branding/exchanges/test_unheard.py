"""A date that was called off or put off a moment ago, before its sale has heard: no ticket becomes money by it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.branding.v1 import tickets_pb2 as pb
from tests.branding.city_events.stage import Stage
from tests.branding.exchanges.test_exchanges import bought
from tests.branding.tickets.ticketing import Ticketing
from tests.governance.conftest import refused


async def _other_date(office: Ticketing) -> tuple[ticket_sales_pb2.TicketSale, Any]:
    """Another date of the same agency, and a change for it of a ticket that is not taken back."""
    _, _, ticket = await bought(office, refund_percent=0)
    other = await office.sale(days=40)
    type_ = await office.sort(other.id, refund_percent=0)
    return other, pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=type_)


async def test_no_ticket_is_changed_into_a_date_that_was_called_off_before_its_sale_has_heard(
    office: Ticketing,
) -> None:
    other, change = await _other_date(office)
    stage = Stage(office.served)
    await stage.cancel_date(await stage.read(other.event), other.occasion)
    with refused("SALE_CANCELLED"):
        await office.call(change)


async def test_no_ticket_that_is_not_taken_back_is_changed_into_a_date_that_was_put_off_before_its_sale_has_heard(
    office: Ticketing,
) -> None:
    other, change = await _other_date(office)
    office.served.pass_time(minutes=1)
    sql = "UPDATE branding.occasion SET starts_at = starts_at + $1, ends_at = ends_at + $1 WHERE id = $2"
    await office.served.admin.execute(sql, timedelta(days=1), UUID(other.occasion))
    with refused("RETURNS_MORE"):
        await office.call(change)
