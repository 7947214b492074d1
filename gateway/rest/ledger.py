"""The ledger: accounts and their statements, for their holders and the treasury."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.responses import Response

from gateway.gateway import Gateway
from gateway.rest import examples, sheets
from gateway.rest.answers import CHANGES, PRIVATE, READS, answer, answer_tagged, documented, documented_file
from gateway.rest.requests import Body, Identifier, Key, PageSize, PageToken, Parts, Version, Who, example
from services.kit.caller import Caller
from smartcity.economy.v1 import ledger_pb2 as pb2
from smartcity.economy.v1 import ledger_views as views

router = APIRouter(tags=["Ledger"], prefix="/v1/ledger")
AUDIT_SECONDS = 20.0
PAGE = 200
MOST_LINES = 10_000
"""Lines of one CSV file; a Link header leads to the rest."""


class AccountChange(Body):
    """Whether an account takes part."""

    model_config = example({"status": "frozen"})

    status: Literal["open", "frozen"]
    """Nothing can be taken from or paid into a frozen account."""


@router.get(
    "/accounts",
    summary="List accounts",
    operation_id="listAccounts",
    **documented("ListAccountsResponse", problems=READS),
)
async def list_accounts(
    parts: Parts,
    who: Who,
    kind: Annotated[
        list[views.AccountKind], Query(max_length=8, description="Only these kinds; all when left out.")
    ] = [],  # noqa: B006 - FastAPI copies defaults
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists accounts, for the treasury."""
    message = pb2.ListAccountsRequest(
        page_size=page_size, page_token=page_token, kinds=[views.ACCOUNT_KIND_NUMBERS[each] for each in kind]
    )
    found = await parts.pillars.call(parts.pillars.ledger.ListAccounts, message, who)
    return answer(views.list_accounts_response(found), headers=dict(PRIVATE))


@router.get(
    "/accounts/{id}",
    summary="Read an account",
    operation_id="getAccount",
    **documented("Account", etag=True, problems=READS, example=examples.ACCOUNT),
)
async def read(id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002 - the path's word
    """Reads an account by its id, or one of the city's own by its kind, such as `treasury`."""
    found = await parts.pillars.call(parts.pillars.ledger.GetAccount, pb2.GetAccountRequest(id=id), who)
    return answer_tagged(views.account(found.account), found.account.etag)


@router.get(
    "/accounts/{id}/statement",
    summary="Statement of an account",
    operation_id="listEntries",
    **documented("ListEntriesResponse", problems=READS),
)
async def statement(
    id: Identifier,  # noqa: A002
    parts: Parts,
    who: Who,
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists the entries of an account, newest first, each with the balance after it."""
    found = await _entries(parts, who, id, page_size, page_token)
    return answer(views.list_entries_response(found), headers=dict(PRIVATE))


@router.get(
    "/accounts/{id}/statement.csv",
    summary="Statement as CSV",
    operation_id="getStatementCsv",
    **documented_file("text/csv", "A line per entry, newest first, at most 10,000.", problems=READS),
)
async def statement_csv(id: Identifier, parts: Parts, who: Who, page_token: PageToken = "") -> Response:  # noqa: A002
    """The statement for a spreadsheet. A `Link` header leads to what is older than the 10,000 entries of one file."""
    rows: list[tuple[sheets.Cell, ...]] = []
    while True:
        found = await _entries(parts, who, id, PAGE, page_token)
        rows += [_line(each) for each in found.entries]
        page_token = found.next_page_token
        if not page_token or len(rows) >= MOST_LINES:
            break
    rest = f'</v1/ledger/accounts/{id}/statement.csv?page_token={quote(page_token, safe="")}>; rel="next"'
    columns = ("number", "time", "kind", "reference", "amount", "balance", "currency", "transfer")
    return sheets.sheet(f"statement-{id}", columns, rows, **({"link": rest} if page_token else {}))


@router.post(
    "/accounts/{id}/status",
    summary="Freeze an account, or open it again",
    operation_id="setAccountStatus",
    **documented("Account", etag=True, problems=CHANGES),
)
async def set_status(
    id: Identifier,  # noqa: A002
    body: AccountChange,
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Freezes an account or opens it again, for the treasury."""
    message = pb2.SetAccountStatusRequest(
        request_id=key, id=id, etag=version, status=views.ACCOUNT_STATUS_NUMBERS[body.status]
    )
    found = await parts.pillars.call(parts.pillars.ledger.SetAccountStatus, message, who)
    return answer_tagged(views.account(found.account), found.account.etag)


@router.post(
    "/check",
    summary="Check the whole ledger",
    operation_id="checkLedger",
    **documented("CheckLedgerResponse", problems=READS),
)
async def check(parts: Parts, who: Who) -> Response:
    """Adds everything up now: zero in all, and each balance equal to its journal. For the treasury."""
    message = pb2.CheckLedgerRequest()
    found = await parts.pillars.call(parts.pillars.ledger.CheckLedger, message, who, within=AUDIT_SECONDS)
    return answer(views.check_ledger_response(found), headers={"cache-control": "no-store"})


async def _entries(parts: Gateway, who: Caller, account: str, size: int, token: str) -> pb2.ListEntriesResponse:
    message = pb2.ListEntriesRequest(account=account, page_size=size, page_token=token)
    return await parts.pillars.call(parts.pillars.ledger.ListEntries, message, who)


def _line(entry: pb2.Entry) -> tuple[sheets.Cell, ...]:
    return (
        entry.number,
        time_of(entry.time),
        entry.kind,
        entry.reference,
        entry.amount.units,
        entry.balance.units,
        entry.amount.currency,
        entry.transfer,
    )


def time_of(stamp: Timestamp) -> str:
    """A time as RFC 3339 in UTC."""
    return str(stamp.ToJsonString())
