"""IndicatorService over gRPC: proto -> store -> proto."""

from typing import Any

from services.economy.indicators import model, store
from services.economy.indicators.model import Cell, Group, Wanted
from services.economy.money import to_proto
from services.economy.resources import resources
from services.kit import protos
from services.kit.caller import Access, Scope
from services.kit.errors import invalid
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.economy.v1 import indicators_pb2 as pb
from smartcity.economy.v1 import indicators_pb2_grpc

_ALL = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)
_GROUPS = {
    pb.INDICATOR_GROUP_UNSPECIFIED: Group.DAY,
    pb.INDICATOR_GROUP_DAY: Group.DAY,
    pb.INDICATOR_GROUP_AREA: Group.AREA,
    pb.INDICATOR_GROUP_SECTOR: Group.SECTOR,
}

ACCESS: Access = {
    "ListIndicators": _ALL,
}


class IndicatorService(indicators_pb2_grpc.IndicatorServiceServicer):
    """Reads the figures."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def ListIndicators(self, request: pb.ListIndicatorsRequest, context: Any) -> pb.ListIndicatorsResponse:
        """Lists cashless share and turnover."""
        wanted = self._wanted(request)
        async with current_call().snapshot(self._runtime) as tx:
            found = await store.cells(tx, wanted)
        return pb.ListIndicatorsResponse(indicators=[self._indicator(one, wanted.group) for one in found])

    def _wanted(self, request: pb.ListIndicatorsRequest) -> Wanted:
        city, terms = self._runtime.city, resources(self._runtime).terms
        group = _GROUPS.get(request.group)
        if group is None:
            raise invalid("GROUP_UNKNOWN", "Group by day, area or sector.", field="group")
        first, last = model.days(
            request.first_day, request.last_day, self._runtime.clock().astimezone(city.timezone).date()
        )
        model.check_filter(
            request.area,
            request.sector,
            is_area=lambda code: (area := city.area(code)) is not None and area.is_lowest,
            is_sector=lambda id_: terms.sector(id_) is not None,
        )
        return Wanted(first, last, group, request.area, request.sector)

    def _indicator(self, cell: Cell, group: Group) -> pb.Indicator:
        city, figures = self._runtime.city, cell.figures
        view = pb.Indicator(
            payments=figures.payments,
            cashless_payments=figures.cashless,
            cashless_share=figures.share,
        )
        if group is Group.DAY:
            view.day = cell.key
        elif group is Group.SECTOR:
            view.sector = cell.key
        elif (area := protos.area(city, cell.key)) is not None:
            view.area.CopyFrom(area)
        if figures.turnover is not None:
            view.turnover.CopyFrom(to_proto(figures.turnover, city.currency))
        return view
