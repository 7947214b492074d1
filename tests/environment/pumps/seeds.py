"""How each operation on pump stations is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _station(seeds: Seeds) -> dict[str, Any]:
    body = {**seeds.api.example("registerThing"), "code": f"t{new_key()[-12:]}", "kind": "pump_station"}
    thing = await seeds.done(Call("registerThing", "officer", body=body))
    issue = Call("issueDevice", "officer", path={"thing": thing["id"]}, body={"name": f"d{new_key()[-12:]}"})
    await seeds.done(issue)
    return thing


async def _list(_: Seeds) -> Call:
    return Call("listPumps", "anonymous")


async def _get(seeds: Seeds) -> Call:
    return Call("getPump", "anonymous", path={"id": (await _station(seeds))["id"]})


async def _log(seeds: Seeds) -> Call:
    return Call("listPumpCommands", "officer", path={"id": (await _station(seeds))["id"]})


async def _switch(seeds: Seeds) -> Call:
    body = {"pumps": 2, "reason": "Hujan deras di hulu, muka air naik."}
    return Call("switchPumps", "officer", path={"id": (await _station(seeds))["id"]}, body=body)


SEEDS: dict[str, Seed] = {"listPumps": _list, "getPump": _get, "listPumpCommands": _log, "switchPumps": _switch}
