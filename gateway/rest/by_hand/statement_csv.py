"""The statement of an account for a spreadsheet."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.economy.v1 import ledger_pb2 as pb2

PAGE = 200
MOST_LINES = 10_000
"""Lines of one file; a Link header leads to the rest."""
COLUMNS = ("number", "time", "kind", "reference", "amount", "balance", "currency", "transfer")


@by_hand(
    "GET",
    "/v1/ledger/accounts/{account}/statement.csv",
    pb2.ListEntriesRequest,
    "getStatementCsv",
    only=("account", "page_token"),
    file="text/csv",
    headers={
        "Link": {
            "description": 'What is older than the entries of this file, as `rel="next"` (RFC 8288); not of the last.',
            "schema": {"type": "string"},
        }
    },
)
async def statement(parts: Gateway, request: Request, message: pb2.ListEntriesRequest) -> Response:
    """Writes the statement of an account for a spreadsheet: a line per entry, newest first, at most 10,000.

    A `Link` header leads to what is older than the entries of one file.
    """
    rows: list[tuple[sheets.Cell, ...]] = []
    message.page_size = PAGE
    while True:
        found = await parts.pillars.call(message, current_caller(request))
        rows += [_line(each) for each in found.entries]
        message.page_token = found.next_page_token
        if not message.page_token or len(rows) >= MOST_LINES:
            break
    rest = f"/v1/ledger/accounts/{message.account}/statement.csv?page_token={quote(message.page_token, safe='')}"
    more = {"link": f'<{rest}>; rel="next"'} if message.page_token else {}
    return await sheets.sheet(f"statement-{message.account}", COLUMNS, rows, **more)


def _line(entry: pb2.Entry) -> tuple[sheets.Cell, ...]:
    return (
        entry.number,
        sheets.time(entry.time),
        entry.kind,
        entry.reference,
        entry.amount.units,
        entry.balance.units,
        entry.amount.currency,
        entry.transfer,
    )
