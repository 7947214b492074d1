"""Who did what with money on a day, for a spreadsheet."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.economy.v1 import settlement_pb2 as pb2
from smartcity.economy.v1 import settlement_views as views

PAGE = 200
COLUMNS = ("time", "what", "doer", "agency", "asker", "about", "amount", "currency", "drill", "merchant", "to_payer")
"""The last says "payer" where money in suspense was to go back to its payer, whom nobody knows by name."""


@by_hand("GET", "/v1/settlement/days/{day}/acts.csv", pb2.ListActsRequest, "getActsCsv", only=("day",), file="text/csv")
async def acts(parts: Gateway, request: Request, message: pb2.ListActsRequest) -> Response:
    """Writes who did what with money on a day for a spreadsheet: a line for each act, oldest first."""
    rows: list[tuple[sheets.Cell, ...]] = []
    message.page_size = PAGE
    while True:
        found = await parts.pillars.call(message, current_caller(request))
        rows += [_line(each) for each in found.acts]
        message.page_token = found.next_page_token
        if not message.page_token:
            return await sheets.sheet(f"acts-{message.day}", COLUMNS, rows)


def _line(act: pb2.Act) -> tuple[sheets.Cell, ...]:
    return (
        sheets.time(act.time),
        views.ACT_KIND_NAMES.get(act.what, ""),
        act.doer,
        act.agency,
        act.asker,
        act.about,
        act.amount.units if act.HasField("amount") else "",
        act.amount.currency,
        "drill" if act.exercise else "",
        act.merchant_name,
        "payer" if act.to_payer else "",
    )
