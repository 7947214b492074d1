"""OverviewService over gRPC."""

from typing import Any

from services.governance.overview import store
from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.governance.v1 import overview_pb2 as pb
from smartcity.governance.v1 import overview_pb2_grpc
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
            found = await store.counts(tx)
        totals = found.totals
        sums = {name: sum(row[name] for row in found.agencies) for name in ("open", "overdue", "rated", "stars")}
        return pb.GetOverviewResponse(
            open=sums["open"],
            overdue=sums["overdue"],
            filed_this_week=totals["filed"],
            resolved_this_week=totals["resolved"],
            rating=round(sums["stars"] / sums["rated"], 2) if sums["rated"] else 0.0,
            areas=[self._area(row) for row in found.areas],
            agencies=sorted((self._agency(row) for row in found.agencies), key=lambda one: one.agency.name),
            demo=totals["demo"],
        )

    def _area(self, row: Any) -> pb.AreaActivity:
        area = self._runtime.city.area(row["area"])
        named = place_pb2.Area(code=row["area"], name=area.name if area else "", district=area.district if area else "")
        return pb.AreaActivity(area=named, filed=row["filed"], resolved=row["resolved"])

    def _agency(self, row: Any) -> pb.AgencyPunctuality:
        agency = self._runtime.city.agency(row["agency"])
        named = place_pb2.Agency(id=row["agency"], name=agency.name_id if agency else row["agency"])
        return pb.AgencyPunctuality(
            agency=named, resolved=row["resolved"], on_time=row["on_time"], open=row["open"], overdue=row["overdue"]
        )
