"""MerchantService over gRPC, tills: proto -> action -> proto."""

from services.economy.merchants.model import Terminal
from services.economy.merchants.views import seen
from services.economy.terminals import actions
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.economy.v1 import merchants_pb2 as pb


@rpc
async def add(tx: Transaction, request: pb.CreateTerminalRequest) -> pb.CreateTerminalResponse:
    """Adds a till."""
    merchant = await actions.add(tx, request.merchant, _read(request.terminal))
    return pb.CreateTerminalResponse(merchant=await seen(tx, merchant))


@rpc
async def change(tx: Transaction, request: pb.UpdateTerminalRequest) -> pb.UpdateTerminalResponse:
    """Calls a till otherwise."""
    merchant = await actions.change(tx, request.merchant, request.label, _read(request.terminal))
    return pb.UpdateTerminalResponse(merchant=await seen(tx, merchant))


def _read(given: pb.Terminal) -> Terminal:
    return Terminal(given.label, " ".join(given.place.split()))
