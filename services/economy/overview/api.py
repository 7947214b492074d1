"""OverviewService over gRPC."""

from datetime import timedelta
from typing import Any

from services.economy.indicators import store as indicators
from services.economy.money import to_proto
from services.economy.overview import store
from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.economy.v1 import overview_pb2 as pb
from smartcity.economy.v1 import overview_pb2_grpc

ACCESS: Access = {"GetOverview": dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)}
WEEK = timedelta(days=6)
"""Before today: with it, seven days."""


class OverviewService(overview_pb2_grpc.OverviewServiceServicer):
    """Serves the section of the city home."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def GetOverview(self, request: pb.GetOverviewRequest, context: Any) -> pb.GetOverviewResponse:
        """Reads the section."""
        city = self._runtime.city
        today = self._runtime.clock().astimezone(city.timezone).date()
        async with current_call().snapshot(self._runtime) as tx:
            now = await indicators.total(tx, today, today)
            week = await indicators.total(tx, today - WEEK, today)
            merchants = await store.merchants(tx)
        return pb.GetOverviewResponse(
            payments_today=now.payments,
            turnover_this_week=to_proto(week.turnover, city.currency) if week.turnover is not None else None,
            cashless_share_this_week=week.share,
            merchants=merchants,
            bills_paid_this_week=week.bills,
        )
