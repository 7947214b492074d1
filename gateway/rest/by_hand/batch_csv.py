"""A settlement batch for a spreadsheet, sent page by page as it is read."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from services.kit.caller import Caller
from smartcity.economy.v1 import settlement_pb2 as pb2

PAGE = 500
COLUMNS = ("time", "payment", "kind", "amount", "currency")


@by_hand("GET", "/v1/settlement/batches/{id}.csv", pb2.GetBatchRequest, "getBatchCsv", only=("id",), file="text/csv")
async def batch(parts: Gateway, request: Request, message: pb2.GetBatchRequest) -> Response:
    """Writes a batch for a spreadsheet: a line per payment, fee and refund, oldest first."""
    caller = current_caller(request)
    message.page_size = PAGE
    first = await parts.pillars.call(message, caller)  # so that a refusal is one
    name = f"settlement-{first.batch.day}-{first.batch.id}"
    headers = {"content-disposition": f'attachment; filename="{name}.csv"', "cache-control": "no-store"}
    return StreamingResponse(_written(parts, caller, message, first), headers=headers, media_type=sheets.MEDIA_TYPE)


async def _written(
    parts: Gateway, caller: Caller, message: pb2.GetBatchRequest, page: pb2.GetBatchResponse
) -> AsyncIterator[bytes]:
    yield sheets.lines([COLUMNS])
    while True:
        yield sheets.lines([_line(each) for each in page.lines])
        message.page_token = page.next_page_token
        if not message.page_token:
            return
        page = await parts.pillars.call(message, caller)


def _line(one: pb2.BatchLine) -> tuple[sheets.Cell, ...]:
    return (sheets.time(one.time), one.payment_code, one.kind, one.amount.units, one.amount.currency)
