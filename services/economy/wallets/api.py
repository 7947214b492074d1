"""WalletService over gRPC: proto -> action -> proto."""

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
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
