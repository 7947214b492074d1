"""The performance of agencies in a month, for a spreadsheet."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.governance.v1 import performance_pb2 as pb2
from smartcity.governance.v1 import performance_views as views

COUNTS = ("on_time", "overdue", "reopened", "rated", "prompt", "belated", "silent")
PERMITS = ("permit_on_time", "permit_overdue", "permit_deemed", "permit_granted")
COLUMNS = (
    *("month", "agency", "name", "rank", "score", *COUNTS, "on_time_share", "stars", "answer_minutes"),
    *("satisfaction", "formula", "closed", *PERMITS, "explained", "correction", "demo"),
)


@by_hand("GET", "/v1/performance.csv", pb2.ListPerformanceRequest, "getPerformanceCsv", file="text/csv")
async def performance(parts: Gateway, request: Request, message: pb2.ListPerformanceRequest) -> Response:
    """Writes the agencies of a month for a spreadsheet: a line for each, as of the cut-off, and lines for what came
    after it, which say the name of the correction.
    """
    found = await parts.pillars.call(message, current_caller(request))
    rows = [_line(found, each) for each in found.agencies]
    late: dict[tuple[str, str], dict[str, int]] = {}
    for each in found.corrections:
        kind = views.PERFORMANCE_KIND_NAMES[each.kind]
        late.setdefault((each.name, each.agency), {})[kind] = each.cases
    rows += [_corrected(parts, found, name, agency, cases) for (name, agency), cases in late.items()]
    return await sheets.sheet(f"performance-{found.month}", COLUMNS, rows)


def _line(of: pb2.ListPerformanceResponse, one: pb2.AgencyPerformance) -> tuple[sheets.Cell, ...]:
    figures = one.figures
    return (
        of.month, one.agency.id, one.agency.name, one.rank or "", figures.score,
        *(getattr(figures, name) for name in COUNTS),
        figures.on_time_share if figures.HasField("on_time_share") else "", figures.stars,
        figures.answer_minutes if figures.HasField("answer_minutes") else "",
        one.satisfaction.index, of.formula, _yes(of.closed),
        *(getattr(figures, name) for name in PERMITS), figures.explained, "", _yes(of.demo),
    )  # fmt: skip


def _corrected(
    parts: Gateway, of: pb2.ListPerformanceResponse, name: str, agency: str, cases: Mapping[str, int]
) -> tuple[sheets.Cell, ...]:
    """What came of an agency after the cut-off: counts alone, beside those of its line."""
    known = parts.city.agency(agency)
    return (
        of.month, agency, known.name_id if known else agency, "", "",
        *(cases.get(kind, 0) for kind in COUNTS), "", "", "", "", of.formula, _yes(of.closed),
        *(cases.get(kind, 0) for kind in PERMITS), cases.get("explained", 0), name, _yes(of.demo),
    )  # fmt: skip


def _yes(told: bool) -> str:
    return "yes" if told else "no"
