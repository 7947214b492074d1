"""OverviewService over gRPC."""

from typing import Any

from services.environment.overview import store
from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.environment.v1 import overview_pb2 as pb
from smartcity.environment.v1 import overview_pb2_grpc
from smartcity.types.v1 import place_pb2

ACCESS: Access = {
    "GetOverview": dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY),
}


class OverviewService(overview_pb2_grpc.OverviewServiceServicer):
    """Serves the section of the city home."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def GetOverview(self, request: pb.GetOverviewRequest, context: Any) -> pb.GetOverviewResponse:
        """Reads the section."""
        async with current_call().snapshot(self._runtime) as tx:
            totals, areas = await store.totals(tx), await store.areas(tx)
        return pb.GetOverviewResponse(
            open=totals["open"],
            overdue=totals["overdue"],
            completed_this_week=totals["completed"],
            areas=[self._area(row) for row in areas],
        )

    def _area(self, row: Any) -> pb.AreaCleanups:
        area = self._runtime.city.area(row["area"])
        named = place_pb2.Area(code=row["area"], name=area.name if area else "", district=area.district if area else "")
        return pb.AreaCleanups(area=named, completed=row["completed"])
