"""OverviewService over gRPC."""

from services.environment.overview import store
from services.environment.warnings import store as warnings
from services.environment.warnings.actions import Shown
from services.environment.warnings.views import view
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.environment.v1 import overview_pb2 as pb
from smartcity.types.v1 import place_pb2


@rpc
async def read(tx: Transaction, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """Reads the section of the city home."""
    totals, areas = await store.totals(tx), await store.areas(tx)
    return pb.GetOverviewResponse(
        open=totals["open"],
        overdue=totals["overdue"],
        completed_this_week=sum(row["completed"] for row in areas),
        areas=[
            pb.AreaCleanups(area=_area(tx, row["area"]), completed=row["completed"]) for row in areas if row["area"]
        ],
        warnings=[view(tx, Shown(one)) for one in await warnings.in_force(tx)],
    )


def _area(tx: Transaction, code: str) -> place_pb2.Area:
    """The area, by its code alone where the profile no longer has it."""
    found = tx.runtime.city.area(code)
    return place_pb2.Area(code=code, name=found.name if found else "", district=found.district if found else "")
