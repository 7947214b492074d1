"""TopUpWallet of WalletService over gRPC: proto -> action -> proto."""

from services.economy import money
from services.economy.payments import views
from services.economy.topups import actions
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.economy.v1 import wallets_pb2 as pb


@rpc
async def top_up(tx: Transaction, request: pb.TopUpWalletRequest) -> pb.TopUpWalletResponse:
    """Creates a payment into the caller's wallet."""
    city = tx.runtime.city
    made = await actions.top_up(tx, money.read(request.amount, city.currency, "amount"))
    return pb.TopUpWalletResponse(payment=views.payment(made, "", city, tx.now, inside=True))
