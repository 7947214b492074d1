"""A settlement batch for a spreadsheet."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.economy.v1 import settlement_pb2 as pb2

COLUMNS = ("time", "payment", "kind", "amount", "currency")


@by_hand("GET", "/v1/settlement/batches/{id}.csv", pb2.GetBatchRequest, "getBatchCsv", file="text/csv")
async def batch(parts: Gateway, request: Request, message: pb2.GetBatchRequest) -> Response:
    """Writes a batch for a spreadsheet: a line per payment, fee and refund, oldest first."""
    found = await parts.pillars.call(message, current_caller(request))
    rows = (
        (sheets.time(each.time), each.payment_code, each.kind, each.amount.units, each.amount.currency)
        for each in found.lines
    )
    return await sheets.sheet(f"settlement-{found.batch.day}-{found.batch.id}", COLUMNS, rows)
