"""LedgerService over gRPC: proto -> action -> proto."""

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from smartcity.economy.v1 import ledger_pb2_grpc

_HOLDER = {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_TREASURY = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}

ACCESS: Access = {
    "GetAccount": _HOLDER,
    "ListAccounts": _TREASURY,
    "ListEntries": _HOLDER,
    "SetAccountStatus": _TREASURY,
    "CheckLedger": _TREASURY,
}


class LedgerService(ledger_pb2_grpc.LedgerServiceServicer):
    """Reads accounts and statements, freezes and audits."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime
