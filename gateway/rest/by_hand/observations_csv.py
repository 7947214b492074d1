"""The readings of a datastream for a spreadsheet, sent page by page as they are read."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway.answers import sheets
from gateway.answers.problems import FieldError
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from gateway.rest.values import refusal
from services.kit.caller import Caller
from smartcity.environment.v1 import datastreams_pb2
from smartcity.environment.v1 import observations_pb2 as pb2

PAGE = 200
MOST_LINES = 10_080
"""Readings of one file as they are planned: a week of a gauge that sends each minute."""
LONGEST = timedelta(days=31)
MOST_PAGES = 4 * MOST_LINES // PAGE
"""Where a datastream has sent much more than planned, its file breaks off here, which a client notices."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS = ("time", "value", "unit", "arrival", "flags")


@by_hand(
    "GET",
    "/v1/datastreams/{datastream}/observations.csv",
    pb2.ListObservationsRequest,
    "getObservationsCsv",
    only=("datastream", "start_time", "end_time"),
    file="text/csv",
)
async def observations(parts: Gateway, request: Request, message: pb2.ListObservationsRequest) -> Response:
    """Writes the readings of a datastream for a spreadsheet: a line for each, the newest first; the last day if no time
    is given.

    Values are calibrated. A file reaches over as many readings as fit into a week at one a minute, and a month at most;
    ask for longer times in parts. `flags` says `out_of_range` and `late`.
    """
    caller, end = current_caller(request), datetime.now(UTC)
    asked = datastreams_pb2.GetDatastreamRequest(id=message.datastream)
    of = (await parts.pillars.call(asked, caller)).datastream
    if message.HasField("end_time"):
        end = message.end_time.ToDatetime(UTC)
    start = max(end, EPOCH) - timedelta(days=1)  # there is no day before the first
    if message.HasField("start_time"):
        start = message.start_time.ToDatetime(UTC)
    _check(start, end, of.period_seconds)
    message.start_time.FromDatetime(start)
    message.end_time.FromDatetime(end)
    message.page_size = PAGE
    first = await parts.pillars.call(message, caller)  # so that a refusal is one
    headers = {
        "content-disposition": f'attachment; filename="{of.thing_code}-{of.name}.csv"',
        "cache-control": "no-store",
    }
    return StreamingResponse(_written(parts, caller, message, first), headers=headers, media_type=sheets.MEDIA_TYPE)


def _check(start: datetime, end: datetime, period: int) -> None:
    longest = min(LONGEST, max(timedelta(hours=1), timedelta(seconds=period * MOST_LINES)))
    if start >= end:
        raise refusal([FieldError("start_time", "is not before the end")])
    if end - start > longest:
        hours = int(longest / timedelta(hours=1))
        raise refusal(
            [FieldError("start_time", f"is more than {hours} hours before the end; ask for the time in parts")]
        )


async def _written(
    parts: Gateway, caller: Caller, message: pb2.ListObservationsRequest, page: pb2.ListObservationsResponse
) -> AsyncIterator[bytes]:
    yield sheets.lines([COLUMNS])
    for _ in range(MOST_PAGES):
        yield sheets.lines([_line(one, page.unit) for one in page.observations])
        message.page_token = page.next_page_token
        if not message.page_token:
            return
        page = await parts.pillars.call(message, caller)
    raise RuntimeError("a datastream sent far more than it was planned to")


def _line(one: datastreams_pb2.Reading, unit: str) -> tuple[sheets.Cell, ...]:
    flags = [name for name, said in (("out_of_range", one.out_of_range), ("late", one.late)) if said]
    return (sheets.time(one.time), one.value, unit, sheets.time(one.arrival), " ".join(flags))
