"""What the city is measured by, for a spreadsheet."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.governance.v1 import city_indicators_pb2 as pb2
from smartcity.governance.v1 import city_indicators_views as views

COLUMNS = ("indicator", "priority", "name", "unit", "year", "value", "type", "sourcing", "note", "source", "demo")


@by_hand(
    "GET", "/v1/city-indicators.csv", pb2.ListCityIndicatorsRequest, "getCityIndicatorsCsv", file="text/csv"
)  # fmt: skip
async def indicators(parts: Gateway, request: Request, message: pb2.ListCityIndicatorsRequest) -> Response:
    """Writes the indicators for a spreadsheet: a line for each value; a year without a line is not known."""
    found = await parts.pillars.call(message, current_caller(request))
    rows = [line for each in found.indicators for line in _lines(each, demo=False)]
    rows += [line for each in found.counted for line in _lines(each, demo=found.demo)]
    return await sheets.sheet("city-indicators", COLUMNS, rows)


def _lines(one: pb2.CityIndicator, *, demo: bool) -> Iterator[tuple[sheets.Cell, ...]]:
    for each in one.values:
        yield (
            one.id, one.priority, one.name, one.unit, each.year, each.value,
            views.INDICATOR_VALUE_TYPE_NAMES.get(each.type, ""), views.INDICATOR_SOURCING_NAMES.get(each.sourcing, ""),
            each.note, each.source, "yes" if demo else "no",
        )  # fmt: skip
