"""A merchant's takings for a spreadsheet."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.economy.v1 import merchants_pb2 as pb2

COLUMNS = ("day", "payments", "gross", "cash", "fees", "refunded", "net", "currency", "released")


@by_hand("GET", "/v1/merchants/{merchant}/takings.csv", pb2.ListTakingsRequest, "getTakingsCsv", file="text/csv")
async def takings(parts: Gateway, request: Request, message: pb2.ListTakingsRequest) -> Response:
    """Writes the takings for a spreadsheet: a line per day, amounts in whole units."""
    found = await parts.pillars.call(message, current_caller(request))
    return await sheets.sheet(f"takings-{message.merchant}", COLUMNS, _lines(found))


def _lines(found: pb2.ListTakingsResponse) -> Iterator[tuple[sheets.Cell, ...]]:
    for each in found.days:
        amounts = (each.gross, each.cash, each.fees, each.refunded, each.net)
        yield (each.day, each.payments, *(amount.units for amount in amounts), each.gross.currency, each.released.units)
