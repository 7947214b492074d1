"""What ticket sales took and gave back, for a spreadsheet."""

from datetime import tzinfo

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.branding.v1 import ticket_sales_views
from smartcity.branding.v1 import ticket_settlements_pb2 as pb2

PAGE, MOST = 200, 5_000
"""Sales of one call, and of a file: the newest."""
AMOUNTS = ("captured", "moved", "refunded", "open", "kept", "tax", "net")
COLUMNS = (
    "sale", "title", "begin", "state", "agency", "orders", "tickets", "taken_back", *AMOUNTS, "currency",
    "tax_rate_percent",
)  # fmt: skip


@by_hand(
    "GET", "/v1/ticket-settlements.csv", pb2.ListTicketSettlementsRequest, "getTicketSettlementsCsv", only=("sale",),
    file="text/csv",
)  # fmt: skip
async def settlements(parts: Gateway, request: Request, message: pb2.ListTicketSettlementsRequest) -> Response:
    """Writes what the sales of the caller's agency took for a spreadsheet: a line for each, the newest first, 5,000 at
    most. A date without hours begins on a day. Amounts are whole units; the tax is empty where its rate is not known.
    """
    rows: list[tuple[sheets.Cell, ...]] = []
    message.page_size = PAGE
    while True:
        found = await parts.pillars.call(message, current_caller(request))
        rows += [_line(each, found.tax.rate_percent, parts.city.timezone) for each in found.settlements]
        message.page_token = found.next_page_token
        if not message.page_token or len(rows) >= MOST:
            return await sheets.sheet("ticket-settlements", COLUMNS, rows)


def _line(one: pb2.TicketSettlement, rate: str, zone: tzinfo) -> tuple[sheets.Cell, ...]:
    return (
        one.sale,
        one.title_id,
        _begin(one, zone),
        ticket_sales_views.TICKET_SALE_STATE_NAMES.get(one.state, ""),
        one.agency,
        one.orders,
        one.tickets,
        one.taken_back,
        *(_units(one, name) for name in AMOUNTS),
        one.captured.currency,
        rate,
    )


def _begin(one: pb2.TicketSettlement, zone: tzinfo) -> str:
    """When it begins: the day alone where its hours are not known."""
    if not one.HasField("start_time"):
        return ""
    return f"{one.start_time.ToDatetime(zone):%Y-%m-%d}" if one.all_day else sheets.time(one.start_time)


def _units(one: pb2.TicketSettlement, name: str) -> sheets.Cell:
    """An amount of it; nothing where it is absent."""
    found = {field.name: value for field, value in one.ListFields()}.get(name)
    return found.units if found is not None else ""
