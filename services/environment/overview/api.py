"""OverviewService over gRPC."""

from services.environment.alarms import store as alarms
from services.environment.overview import actions, store
from services.environment.overview.levels import Highest
from services.environment.warnings import store as warnings
from services.environment.warnings.actions import Shown
from services.environment.warnings.views import view
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.environment.v1 import overview_pb2 as pb
from smartcity.types.v1 import place_pb2


@rpc
async def read(tx: Transaction, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """Reads the section of the city home."""
    totals, areas = await store.totals(tx), await store.areas(tx)
    heard, alarmed = await store.hearing(tx), await alarms.open_counts(tx)
    top, made_up = await actions.highest_level(tx)
    return pb.GetOverviewResponse(
        open=totals["open"],
        overdue=totals["overdue"],
        completed_this_week=sum(row["completed"] for row in areas),
        areas=[
            pb.AreaCleanups(area=_area(tx, row["area"]), completed=row["completed"]) for row in areas if row["area"]
        ],
        warnings=[view(tx, Shown(one)) for one in await warnings.in_force(tx)],
        things=await store.things(tx),
        datastreams=heard.datastreams,
        silent=heard.silent,
        alarms=sum(alarmed.values()),
        highest=_highest(tx, top, made_up=made_up) if top else None,
    )


def _highest(tx: Transaction, top: Highest, *, made_up: bool) -> pb.HighestLevel:
    thing, latest = top.shown.thing, top.shown.latest
    assert latest is not None
    return pb.HighestLevel(
        thing_code=thing.code,
        thing_name=thing.name,
        area=_area(tx, thing.area),
        value=latest.value,
        time=protos.timestamp(latest.at),
        threshold=top.limit.name,
        limit=top.limit.value,
        reached=top.reached,
        made_up=made_up or thing.made_up or top.shown.datastream.made_up,
    )


def _area(tx: Transaction, code: str) -> place_pb2.Area:
    """The area, by its code alone where the profile no longer has it."""
    found = tx.runtime.city.area(code)
    return place_pb2.Area(code=code, name=found.name if found else "", district=found.district if found else "")
