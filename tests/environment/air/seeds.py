"""How each operation on the air is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listAirStations", "anonymous")


async def _get(seeds: Seeds) -> Call:
    body = {**seeds.api.example("registerThing"), "code": f"u{new_key()[-12:]}", "kind": "air_station"}
    thing = await seeds.done(Call("registerThing", "officer", body=body))
    return Call("getAirStation", "anonymous", path={"station": thing["id"]})


SEEDS: dict[str, Seed] = {"listAirStations": _list, "getAirStation": _get}
