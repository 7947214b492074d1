"""IndicatorService over gRPC: proto -> action -> proto."""

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from smartcity.economy.v1 import indicators_pb2_grpc

_ALL = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)

ACCESS: Access = {
    "ListIndicators": _ALL,
}


class IndicatorService(indicators_pb2_grpc.IndicatorServiceServicer):
    """Reads the figures."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime
