"""WalletService over gRPC: proto -> action -> proto."""

from typing import Any

from services.economy import money
from services.economy.ledger.model import Account
from services.economy.payments import views
from services.economy.wallets import actions
from services.economy.wallets.model import Wallet
from services.kit import protos
from services.kit.caller import Access, Scope
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.economy.v1 import wallets_pb2 as pb
from smartcity.economy.v1 import wallets_pb2_grpc

_PAYER = {"citizen": Scope.OWN}

ACCESS: Access = {
    "CreateWallet": _PAYER,
    "GetWallet": _PAYER,
    "TopUpWallet": _PAYER,
}


class WalletService(wallets_pb2_grpc.WalletServiceServicer):
    """Opens wallets and fills them."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def CreateWallet(self, request: pb.CreateWalletRequest, context: Any) -> pb.CreateWalletResponse:
        """Opens the caller's wallet; again: the same one."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.CreateWalletResponse:
                return pb.CreateWalletResponse(wallet=_view(*await actions.open_wallet(tx)))

            return await once(tx, request.request_id, request, act, pb.CreateWalletResponse, permanent=True)

    async def GetWallet(self, request: pb.GetWalletRequest, context: Any) -> pb.GetWalletResponse:
        """Reads the caller's wallet."""
        async with current_call().snapshot(self._runtime) as tx:
            return pb.GetWalletResponse(wallet=_view(*await actions.get(tx)))

    async def TopUpWallet(self, request: pb.TopUpWalletRequest, context: Any) -> pb.TopUpWalletResponse:
        """Creates a payment into the caller's wallet."""
        city = self._runtime.city
        amount = money.read(request.amount, city.currency, "amount")
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.TopUpWalletResponse:
                made = await actions.top_up(tx, amount)
                return pb.TopUpWalletResponse(payment=views.payment(made, "", city, tx.now, inside=True))

            return await once(tx, request.request_id, request, act, pb.TopUpWalletResponse, permanent=True)


def _view(wallet: Wallet, account: Account) -> pb.Wallet:
    return pb.Wallet(
        account=str(account.id),
        balance=money.to_proto(account.balance, account.currency),
        available=money.to_proto(account.available, account.currency),
        limit=money.to_proto(account.most, account.currency) if account.most is not None else None,
        frozen=account.status == "frozen",
        create_time=protos.timestamp(wallet.created_at),
    )
