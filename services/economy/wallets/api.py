"""CreateWallet of WalletService over gRPC: proto -> action -> proto."""

from services.economy.wallets import actions, views
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.economy.v1 import wallets_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateWalletRequest) -> pb.CreateWalletResponse:
    """Opens the caller's wallet; again: the same one."""
    return pb.CreateWalletResponse(wallet=views.wallet(*await actions.open_wallet(tx)))
