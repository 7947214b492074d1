"""WalletService over gRPC: proto -> action -> proto."""

from services.economy import money
from services.economy.ledger.model import Account
from services.economy.wallets import actions
from services.economy.wallets.model import Wallet
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import wallets_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateWalletRequest) -> pb.CreateWalletResponse:
    """Opens the caller's wallet; again: the same one."""
    return pb.CreateWalletResponse(wallet=_view(*await actions.open_wallet(tx)))


@rpc
async def read(tx: Transaction, request: pb.GetWalletRequest) -> pb.GetWalletResponse:
    """Reads the caller's wallet."""
    return pb.GetWalletResponse(wallet=_view(*await actions.get(tx)))


def _view(wallet: Wallet, account: Account) -> pb.Wallet:
    return pb.Wallet(
        account=str(account.id),
        balance=money.to_proto(account.balance, account.currency),
        available=money.to_proto(account.available, account.currency),
        limit=money.to_proto(account.most, account.currency) if account.most is not None else None,
        frozen=account.status == "frozen",
        create_time=protos.timestamp(wallet.created_at),
    )
