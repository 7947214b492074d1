"""LedgerService over gRPC: proto -> action -> proto."""

from typing import Any
from uuid import UUID

from services.economy import money
from services.economy.ledger import access, actions, audit, listing
from services.economy.ledger.model import Account, Entry
from services.kit import etag as etags
from services.kit import protos
from services.kit.caller import Access, Scope
from services.kit.errors import invalid
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.economy.v1 import ledger_pb2 as pb
from smartcity.economy.v1 import ledger_pb2_grpc

_HOLDER = {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_TREASURY = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}

ACCESS: Access = {
    "GetAccount": _HOLDER,
    "ListAccounts": _TREASURY,
    "ListEntries": _HOLDER,
    "SetAccountStatus": _TREASURY,
    "CheckLedger": _TREASURY,
}


class LedgerService(ledger_pb2_grpc.LedgerServiceServicer):
    """Reads accounts and statements, freezes and audits."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def GetAccount(self, request: pb.GetAccountRequest, context: Any) -> pb.GetAccountResponse:
        """Reads one account."""
        async with current_call().snapshot(self._runtime) as tx:
            return pb.GetAccountResponse(account=_view(await access.readable(tx, request.id)))

    async def ListAccounts(self, request: pb.ListAccountsRequest, context: Any) -> pb.ListAccountsResponse:
        """Lists accounts, the oldest first."""
        kinds = tuple(sorted({_kind(value) for value in request.kinds}))
        async with current_call().snapshot(self._runtime) as tx:
            access.require_treasury(tx)
            found, token = await listing.accounts(tx, kinds, request.page_size, request.page_token)
        return pb.ListAccountsResponse(accounts=map(_view, found), next_page_token=token)

    async def ListEntries(self, request: pb.ListEntriesRequest, context: Any) -> pb.ListEntriesResponse:
        """Lists the entries of an account, the newest first."""
        async with current_call().snapshot(self._runtime) as tx:
            account = await access.readable(tx, request.account)
            found, token = await listing.entries(tx, account, request.page_size, request.page_token)
        entries = [_entry(entry, account.currency) for entry in found]
        return pb.ListEntriesResponse(entries=entries, next_page_token=token)

    async def SetAccountStatus(self, request: pb.SetAccountStatusRequest, context: Any) -> pb.SetAccountStatusResponse:
        """Freezes an account or opens it again."""
        async with current_call().transaction(self._runtime) as tx:
            access.require_treasury(tx)

            async def act() -> pb.SetAccountStatusResponse:
                changed = await actions.set_status(tx, _id(request.id), request.etag, _status(request.status))
                return pb.SetAccountStatusResponse(account=_view(changed))

            return await once(tx, request.request_id, request, act, pb.SetAccountStatusResponse, permanent=True)

    async def CheckLedger(self, request: pb.CheckLedgerRequest, context: Any) -> pb.CheckLedgerResponse:
        """Checks the whole ledger as of one moment."""
        async with current_call().snapshot(self._runtime) as tx:
            access.require_treasury(tx)
            found = await audit.everything(tx)
        problems = [pb.LedgerProblem(reason=one.reason, where=one.where, what=one.what) for one in found.problems]
        return pb.CheckLedgerResponse(problems=problems, accounts=found.accounts, transfers=found.transfers)


def _view(account: Account) -> pb.Account:
    return pb.Account(
        id=str(account.id),
        kind=pb.AccountKind.Value(f"ACCOUNT_KIND_{account.kind.upper()}"),
        status=pb.AccountStatus.Value(f"ACCOUNT_STATUS_{account.status.upper()}"),
        balance=money.to_proto(account.balance, account.currency),
        held=money.to_proto(account.held, account.currency),
        available=money.to_proto(account.available, account.currency),
        entries=account.entries,
        create_time=protos.timestamp(account.created_at),
        etag=etags.of(account.version),
    )


def _entry(entry: Entry, currency: str) -> pb.Entry:
    return pb.Entry(
        number=entry.number,
        transfer=str(entry.transfer),
        kind=entry.kind,
        amount=money.to_proto(entry.amount, currency),
        balance=money.to_proto(entry.balance, currency),
        reference=entry.reference,
        time=protos.timestamp(entry.posted_at),
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise access.unseen() from None


def _kind(value: "pb.AccountKind.ValueType") -> str:
    if value == pb.ACCOUNT_KIND_UNSPECIFIED or value not in pb.AccountKind.values():
        names = ", ".join(name.removeprefix("ACCOUNT_KIND_").lower() for name in pb.AccountKind.keys()[1:])
        raise invalid("KIND_UNKNOWN", f"Name kinds out of: {names}.", field="kinds")
    return pb.AccountKind.Name(value).removeprefix("ACCOUNT_KIND_").lower()


def _status(value: "pb.AccountStatus.ValueType") -> str:
    """The status's word; the action refuses what cannot be set."""
    known = value in pb.AccountStatus.values()
    return pb.AccountStatus.Name(value).removeprefix("ACCOUNT_STATUS_").lower() if known else ""
