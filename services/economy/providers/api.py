"""SnapService over gRPC: proto -> action -> proto."""

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from smartcity.economy.v1 import snap_pb2_grpc

_BANK = {"anonymous": Scope.ANY}  # the bank proves itself by its signature

ACCESS: Access = {
    "HandleSnapRequest": _BANK,
}


class SnapService(snap_pb2_grpc.SnapServiceServicer):
    """Answers the bank in SNAP's own format."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime
