"""OverviewService over gRPC."""

from typing import Any

from services.governance.overview import store
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import one_statement, protos, rpc
from smartcity.governance.v1 import overview_pb2 as pb
from smartcity.types.v1 import place_pb2


@rpc
@one_statement
async def read(tx: Transaction, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """Sums of the counters, with the names that the city's profile gives to areas and agencies."""
    city = tx.runtime.city
    found = await store.counts(tx)
    sums = {name: sum(row[name] for row in found.agencies) for name in ("open", "overdue", "rated", "stars")}
    return pb.GetOverviewResponse(
        open=sums["open"],
        overdue=sums["overdue"],
        filed_this_week=sum(row["filed"] for row in found.areas),
        resolved_this_week=sum(row["resolved"] for row in found.areas),
        rating=round(sums["stars"] / sums["rated"], 2) if sums["rated"] else 0.0,
        areas=[_area(city, row) for row in found.areas if row["area"]],
        agencies=sorted((_agency(city, row) for row in found.agencies), key=lambda one: one.agency.name),
        demo=found.demo,
        incidents_open=found.incidents,
        flood_incidents=found.floods,
    )


def _area(city: City, row: Any) -> pb.AreaActivity:
    """The week of an area, by its code alone where the profile no longer has it."""
    named = protos.area(city, row["area"]) or place_pb2.Area(code=row["area"])
    return pb.AreaActivity(area=named, filed=row["filed"], resolved=row["resolved"])


def _agency(city: City, row: Any) -> pb.AgencyPunctuality:
    return pb.AgencyPunctuality(
        agency=protos.agency(city, row["agency"]),
        resolved=row["resolved"],
        on_time=row["on_time"],
        open=row["open"],
        overdue=row["overdue"],
    )
