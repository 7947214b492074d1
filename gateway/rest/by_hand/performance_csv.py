"""The performance of agencies in a month, for a spreadsheet."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.governance.v1 import performance_pb2 as pb2

COUNTS = ("on_time", "overdue", "reopened", "rated", "prompt", "belated", "silent")
PERMITS = ("permit_on_time", "permit_overdue", "permit_deemed", "permit_granted")
COLUMNS = (
    *("month", "agency", "name", "rank", "score", *COUNTS, "on_time_share", "stars", "answer_minutes"),
    *("satisfaction", "formula", "closed", *PERMITS, "explained"),
)


@by_hand("GET", "/v1/performance.csv", pb2.ListPerformanceRequest, "getPerformanceCsv", file="text/csv")
async def performance(parts: Gateway, request: Request, message: pb2.ListPerformanceRequest) -> Response:
    """Writes the agencies of a month for a spreadsheet: a line for each, as of the cut-off."""
    found = await parts.pillars.call(message, current_caller(request))
    rows = [_line(found, each) for each in found.agencies]
    return await sheets.sheet(f"performance-{found.month}", COLUMNS, rows)


def _line(of: pb2.ListPerformanceResponse, one: pb2.AgencyPerformance) -> tuple[sheets.Cell, ...]:
    figures = one.figures
    return (
        of.month, one.agency.id, one.agency.name, one.rank or "", figures.score,
        *(getattr(figures, name) for name in COUNTS),
        figures.on_time_share if figures.HasField("on_time_share") else "", figures.stars,
        figures.answer_minutes if figures.HasField("answer_minutes") else "",
        one.satisfaction.index, of.formula, "yes" if of.closed else "no",
        *(getattr(figures, name) for name in PERMITS), figures.explained,
    )  # fmt: skip
