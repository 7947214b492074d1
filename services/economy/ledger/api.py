"""LedgerService over gRPC: proto -> action -> proto."""

from datetime import date

from services.economy import access, money
from services.economy.ledger import actions
from services.economy.ledger.model import Account, Entry, PaidFor
from services.kit import ids
from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from smartcity.economy.v1 import ledger_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetAccountRequest) -> pb.GetAccountResponse:
    """Reads one account."""
    return pb.GetAccountResponse(account=_view(await actions.readable(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListAccountsRequest) -> pb.ListAccountsResponse:
    """Lists accounts, the oldest first."""
    access.require_treasury(tx)
    kinds = protos.members(pb.AccountKind, request.kinds, str)
    found, token = await actions.page(tx, kinds, request.page_size, request.page_token)
    return pb.ListAccountsResponse(accounts=map(_view, found), next_page_token=token)


@rpc
async def statement(tx: Transaction, request: pb.ListEntriesRequest) -> pb.ListEntriesResponse:
    """Lists the entries of an account, the newest first."""
    account = await actions.readable(tx, request.account)
    found, token = await actions.statement(tx, account, request.page_size, request.page_token)
    said, days = await actions.paid_for(tx, found), await actions.batch_days(tx, found)
    entries = [
        _entry(entry, account.currency, said.get(entry.reference, PaidFor()), days.get(entry.reference))
        for entry in found
    ]
    return pb.ListEntriesResponse(entries=entries, next_page_token=token)


@rpc
async def set_status(tx: Transaction, request: pb.SetAccountStatusRequest) -> pb.SetAccountStatusResponse:
    """Freezes an account or opens it again."""
    access.require_treasury(tx)
    known = ids.parse(request.id)
    if known is None:
        raise actions.unseen()
    status = protos.member(pb.AccountStatus, request.status, str)
    return pb.SetAccountStatusResponse(account=_view(await actions.set_status(tx, known, request.etag, status)))


def _view(account: Account) -> pb.Account:
    return pb.Account(
        id=str(account.id),
        kind=protos.number(pb.AccountKind, account.kind),
        status=protos.number(pb.AccountStatus, account.status),
        balance=money.to_proto(account.balance, account.currency),
        held=money.to_proto(account.held, account.currency),
        available=money.to_proto(account.available, account.currency),
        entries=account.entries,
        create_time=protos.timestamp(account.created_at),
        etag=etag.of(account.version),
    )


def _entry(entry: Entry, currency: str, said: PaidFor, day: date | None) -> pb.Entry:
    return pb.Entry(
        number=entry.number,
        transfer=str(entry.transfer),
        kind=entry.kind,
        amount=money.to_proto(entry.amount, currency),
        balance=money.to_proto(entry.balance, currency),
        reference=entry.reference,
        time=protos.timestamp(entry.posted_at),
        purpose=said.purpose,
        description=said.description,
        description_en=said.description_en,
        bill=said.bill,
        day=day.isoformat() if day else "",
    )
