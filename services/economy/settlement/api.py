"""SettlementService over gRPC: proto -> action -> proto."""

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from smartcity.economy.v1 import settlement_pb2_grpc

_DESK = {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_OFFICE = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}

ACCESS: Access = {
    "ListBatches": _DESK,
    "GetBatch": _DESK,
    "CloseDay": _OFFICE,
    "ConfirmPayout": _OFFICE,
    "ReconcileDay": _OFFICE,
    "ListDifferences": _OFFICE,
}


class SettlementService(settlement_pb2_grpc.SettlementServiceServicer):
    """Closes days and compares them with the bank's report."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime
