"""GetWallet and TopUpWallet of WalletService over gRPC: proto -> action -> proto."""

from services.economy import money
from services.economy.payments import views
from services.economy.topups import actions
from services.economy.topups.model import Waiting
from services.economy.wallets import actions as wallets
from services.economy.wallets import views as wallet_views
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import wallets_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetWalletRequest) -> pb.GetWalletResponse:
    """Reads the caller's wallet, with the payments into it that wait for their money."""
    wallet, account = await wallets.get(tx)
    shown = wallet_views.wallet(wallet, account)
    shown.waiting.extend(_waiting(one) for one in await actions.waiting(tx, wallet))
    return pb.GetWalletResponse(wallet=shown)


@rpc
async def top_up(tx: Transaction, request: pb.TopUpWalletRequest) -> pb.TopUpWalletResponse:
    """Creates a payment into the caller's wallet."""
    city = tx.runtime.city
    made = await actions.top_up(tx, money.read(request.amount, city.currency, "amount"))
    return pb.TopUpWalletResponse(payment=views.payment(made, "", city, tx.now, inside=True))


def _waiting(one: Waiting) -> pb.WaitingTopUp:
    return pb.WaitingTopUp(
        payment=str(one.payment),
        code=one.code,
        amount=money.to_proto(one.amount, one.currency),
        expire_time=protos.timestamp(one.expires_at),
    )
