"""AccountChangeService over gRPC: proto -> action -> proto."""

from services.economy.account_changes import actions
from services.economy.account_changes.actions import Told
from services.economy.account_changes.model import State
from services.economy.merchants.model import hidden
from services.kit.database import Transaction
from services.kit.interest import own_matter
from services.kit.rpc import etag as etags
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import account_changes_pb2 as pb
from smartcity.economy.v1.merchants_pb2 import MerchantState, SettlementAccount


@rpc
async def ask(tx: Transaction, request: pb.CreateAccountChangeRequest) -> pb.CreateAccountChangeResponse:
    """Asks for another account."""
    wanted = request.settlement_account
    told = await actions.ask(tx, request.merchant, wanted.bank, wanted.number)
    return pb.CreateAccountChangeResponse(account_change=_view(tx, told))


@rpc
async def page(tx: Transaction, request: pb.ListAccountChangesRequest) -> pb.ListAccountChangesResponse:
    """Lists changes, newest first."""
    states = protos.members(pb.AccountChangeState, request.states, State)
    found = await actions.page(tx, request.merchant, states, request.page_size, request.page_token)
    views = [_view(tx, each) for each in found.rows]
    return pb.ListAccountChangesResponse(account_changes=views, next_page_token=found.token)


@rpc
async def approve(tx: Transaction, request: pb.ApproveAccountChangeRequest) -> pb.ApproveAccountChangeResponse:
    """Lets a change hold."""
    told = await actions.approve(tx, request.id, request.etag)
    return pb.ApproveAccountChangeResponse(account_change=_view(tx, told))


@rpc
async def reject(tx: Transaction, request: pb.RejectAccountChangeRequest) -> pb.RejectAccountChangeResponse:
    """Refuses a change."""
    told = await actions.reject(tx, request.id, request.etag, request.reason)
    return pb.RejectAccountChangeResponse(account_change=_view(tx, told))


@rpc
async def cancel(tx: Transaction, request: pb.CancelAccountChangeRequest) -> pb.CancelAccountChangeResponse:
    """Takes a change back."""
    told = await actions.cancel(tx, request.id, request.etag)
    return pb.CancelAccountChangeResponse(account_change=_view(tx, told))


def _view(tx: Transaction, told: Told) -> pb.AccountChange:
    change = told.change
    return pb.AccountChange(
        id=str(change.id),
        state=protos.number(pb.AccountChangeState, change.state),
        merchant=str(change.merchant),
        merchant_name=told.merchant.name,
        settlement_account=SettlementAccount(bank=change.bank, number=hidden(change.bank_number)),
        former_account=SettlementAccount(bank=change.former_bank, number=hidden(change.former_number)),
        refusal=change.refusal,
        create_time=protos.timestamp(change.created_at),
        update_time=protos.timestamp(change.updated_at),
        etag=etags.of(change.version),
        own=own_matter(tx.caller, told.merchant.owner) is not None,
        merchant_state=protos.number(MerchantState, told.merchant.state),
    )
