"""How each operation on rounds is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

PLANNED_S = 60.0
"""How long planning may take on a busy machine."""
_TURNS = ("kaligawe", "tambakaji")


def _day(days: int = 1) -> str:
    """A day of the city's calendar, tomorrow unless told otherwise: its trucks have not started, whatever the hour."""
    return (datetime.now(UTC) + timedelta(hours=7, days=days)).date().isoformat()


async def _list(_: Seeds) -> Call:
    return Call("listRoundPlans", "officer")


async def _depots(_: Seeds) -> Call:
    return Call("listDepots", "officer")


async def _plan(seeds: Seeds) -> Call:
    """A day of which no plan is being made: each of those that can be planned in turn."""
    plans = (await seeds.done(Call("listRoundPlans", "officer", query={"page_size": "200"})))["plans"]
    busy = {(one["depot"], one["day"]) for one in plans}
    free = [(depot, _day(days)) for days in range(2, 8) for depot in _TURNS]
    depot, day = next((one for one in free if one not in busy), free[0])
    return Call("planRounds", "officer", body={"depot": depot, "day": day})


async def _planned(seeds: Seeds) -> dict[str, Any]:
    """Tomorrow's plan, with stops."""

    async def found() -> dict[str, Any] | None:
        query = {"depot": _TURNS[0], "day": _day()}
        plans = (await seeds.done(Call("listRoundPlans", "officer", query=query)))["plans"]
        if not plans:
            await seeds.done(Call("planRounds", "officer", body=query))
            return None
        return plans[0] if plans[0]["state"] == "planned" else None

    plan = await until(found, PLANNED_S, "a plan of rounds")
    return await seeds.done(Call("getRoundPlan", "officer", path={"id": plan["id"]}))


async def _get(seeds: Seeds) -> Call:
    return Call("getRoundPlan", "officer", path={"id": (await _planned(seeds))["id"]})


async def _tick(seeds: Seeds) -> Call:
    stops = [stop for one in (await _planned(seeds))["rounds"] for stop in one["stops"]]
    stop = next((one for one in stops if one["state"] == "open"), stops[0])  # tomorrow's are ticked off by nobody yet
    return Call("tickStop", "officer", path={"id": stop["id"]}, body={"state": "open"}, version=stop["etag"])


SEEDS: dict[str, Seed] = {
    "listRoundPlans": _list,
    "listDepots": _depots,
    "planRounds": _plan,
    "getRoundPlan": _get,
    "tickStop": _tick,
}
