"""Merchants as messages of the API."""

from services.economy.merchants import store
from services.economy.merchants.model import Kind, Merchant, Terminal
from services.kit.database import Transaction
from services.kit.interest import own_matter
from services.kit.rpc import etag as etags
from services.kit.rpc import protos
from smartcity.economy.v1 import merchants_pb2 as pb


async def seen(tx: Transaction, merchant: Merchant) -> pb.Merchant:
    """A merchant with its tills, as its caller may see it."""
    return view(tx, merchant, await store.terminals(tx, merchant.id))


def view(tx: Transaction, merchant: Merchant, terminals: list[Terminal]) -> pb.Merchant:
    """A merchant with those tills, as its caller may see it."""
    made = pb.Merchant(
        id=str(merchant.id),
        kind=protos.number(pb.MerchantKind, merchant.kind),
        state=protos.number(pb.MerchantState, merchant.state),
        name=merchant.name,
        mcc=merchant.mcc,
        sector=merchant.sector,
        size=protos.number(pb.BusinessSize, merchant.size),
        area=protos.area(tx.runtime.city, merchant.area),
        nmid=merchant.nmid,
        pan=merchant.pan,
        agency=merchant.agency,
        terminals=[pb.Terminal(label=each.label, place=each.place) for each in terminals],
        account=str(merchant.account),
        create_time=protos.timestamp(merchant.created_at),
        etag=etags.of(merchant.version),
        reason=merchant.reason,
        permit=merchant.permit,
        permit_ended=merchant.permit_ended,
        resumes=merchant.resumes,
        stopped_before=merchant.stopped_before,
        own=own_matter(tx.caller, merchant.owner) is not None,
    )
    if merchant.kind is Kind.BUSINESS:
        hidden = pb.SettlementAccount(bank=merchant.bank, number=merchant.hidden_number)
        made.settlement_account.CopyFrom(hidden)
    return made
