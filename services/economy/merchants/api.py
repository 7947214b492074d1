"""MerchantService over gRPC: proto -> action -> proto."""

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from smartcity.economy.v1 import merchants_pb2_grpc

_DESK = {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_OFFICE = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_OWNER = {"citizen": Scope.OWN}

ACCESS: Access = {
    "CreateMerchant": _OWNER,
    "GetMerchant": _DESK,
    "ListMerchants": _DESK,
    "ActivateMerchant": _OFFICE,
    "SuspendMerchant": _OFFICE,
    "CloseMerchant": _DESK,
    "CreateTerminal": _DESK,
    "ListTakings": _DESK,
    "GetStaticQr": _DESK,
}


class MerchantService(merchants_pb2_grpc.MerchantServiceServicer):
    """Takes businesses on, and shows a merchant's desk."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime
