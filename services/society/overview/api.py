"""The pillar's section: it serves no noun so far, and says so."""

from typing import Any

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from smartcity.society.v1 import overview_pb2, overview_pb2_grpc

ACCESS: Access = {"GetOverview": dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)}


class OverviewService(overview_pb2_grpc.OverviewServiceServicer):
    """Serves the section."""

    def __init__(self, runtime: Runtime) -> None:
        """Needs nothing of the runtime yet."""

    async def GetOverview(
        self, request: overview_pb2.GetOverviewRequest, context: Any
    ) -> overview_pb2.GetOverviewResponse:
        """The nouns the pillar serves: none."""
        return overview_pb2.GetOverviewResponse()
