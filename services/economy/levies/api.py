"""LevyService over gRPC: proto -> action -> proto."""

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from smartcity.economy.v1 import levies_pb2_grpc

_ALL = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)
_OFFICE = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}

ACCESS: Access = {
    "ListTariffs": _ALL,
    "CreateBill": _OFFICE,
    "GetBill": _ALL,
    "ListBills": _OFFICE,
    "PayBill": _ALL,
    "CancelBill": _OFFICE,
    "GetReceipt": _ALL,
    "CheckReceipt": _ALL,
}


class LevyService(levies_pb2_grpc.LevyServiceServicer):
    """Issues bills and hands out receipts."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime
