"""MerchantService over gRPC: proto -> action -> proto."""

from services.economy import money
from services.economy.merchants import actions, store
from services.economy.merchants.model import Application, Size, State, Takings
from services.economy.merchants.views import seen, view
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import merchants_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateMerchantRequest) -> pb.CreateMerchantResponse:
    """Applies as a merchant."""
    wanted = Application(
        name=" ".join(request.name.split()),
        mcc=request.mcc,
        sector=request.sector,
        size=protos.member(pb.BusinessSize, request.size, Size),
        area=request.area,
        bank=request.settlement_account.bank,
        bank_number=request.settlement_account.number,
        permit=request.permit,
    )
    return pb.CreateMerchantResponse(merchant=await seen(tx, await actions.apply(tx, wanted)))


@rpc
async def read(tx: Transaction, request: pb.GetMerchantRequest) -> pb.GetMerchantResponse:
    """Reads a merchant."""
    return pb.GetMerchantResponse(merchant=await seen(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListMerchantsRequest) -> pb.ListMerchantsResponse:
    """Lists merchants, the oldest application first."""
    states = protos.members(pb.MerchantState, request.states, State)
    found = await actions.page(
        tx, states, mine=request.mine, counters=request.counters, size=request.page_size, token=request.page_token
    )  # fmt: skip
    terminals = await store.terminals_of(tx, [one.id for one in found.rows])
    shown = [view(tx, one, terminals[one.id]) for one in found.rows]
    return pb.ListMerchantsResponse(merchants=shown, next_page_token=found.token)


@rpc
async def activate(tx: Transaction, request: pb.ActivateMerchantRequest) -> pb.ActivateMerchantResponse:
    """Takes a merchant on."""
    taken = await actions.activate(tx, request.id, request.etag, request.nmid, request.pan)
    return pb.ActivateMerchantResponse(merchant=await seen(tx, taken))


@rpc
async def suspend(tx: Transaction, request: pb.SuspendMerchantRequest) -> pb.SuspendMerchantResponse:
    """Stops a merchant for the time being."""
    stopped = await actions.suspend(tx, request.id, request.etag, request.reason)
    return pb.SuspendMerchantResponse(merchant=await seen(tx, stopped))


@rpc
async def close(tx: Transaction, request: pb.CloseMerchantRequest) -> pb.CloseMerchantResponse:
    """Ends a merchant."""
    closed = await actions.close(tx, request.id, request.etag)
    return pb.CloseMerchantResponse(merchant=await seen(tx, closed))


@rpc
async def rest(tx: Transaction, request: pb.UpdateMerchantPermitRequest) -> pb.UpdateMerchantPermitResponse:
    """Rests one on another permit."""
    resting = await actions.rest(tx, request.id, request.etag, request.permit)
    return pb.UpdateMerchantPermitResponse(merchant=await seen(tx, resting))


@rpc
async def takings(tx: Transaction, request: pb.ListTakingsRequest) -> pb.ListTakingsResponse:
    """Reads the takings by day."""
    days = await actions.takings(tx, request.merchant, request.first_day, request.last_day)
    return pb.ListTakingsResponse(days=[_takings(day, tx.runtime.city.currency) for day in days])


@rpc
async def static_qr(tx: Transaction, request: pb.GetStaticQrRequest) -> pb.GetStaticQrResponse:
    """Reads the static QRIS."""
    return pb.GetStaticQrResponse(payload=await actions.static_qr(tx, request.merchant, request.terminal))


def _takings(day: Takings, currency: str) -> pb.Takings:
    return pb.Takings(
        day=day.day.isoformat(),
        payments=day.payments,
        gross=money.to_proto(day.gross, currency),
        cash=money.to_proto(day.cash, currency),
        fees=money.to_proto(day.fees, currency),
        refunded=money.to_proto(day.refunded, currency),
        net=money.to_proto(day.net, currency),
        released=money.to_proto(day.released, currency),
    )
