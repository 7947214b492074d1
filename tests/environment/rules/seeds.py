"""How each operation on rules and alarms is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

_TERMS = {"clock": "phenomenon", "limit": 1.7, "hysteresis": 0.05}


async def _datastream(seeds: Seeds) -> dict[str, Any]:
    body = {**seeds.api.example("registerThing"), "code": f"t{new_key()[-12:]}"}
    thing = await seeds.done(Call("registerThing", "officer", body=body))
    call = Call("addDatastream", "officer", path={"thing": thing["id"]}, body=seeds.api.example("addDatastream"))
    return await seeds.done(call)


async def _add(seeds: Seeds) -> Call:
    body = {
        "datastream": (await _datastream(seeds))["id"],
        "name": "siaga",
        "kind": "threshold",
        "terms": _TERMS,
        "reason": "Ambang siaga menurut posko banjir.",
    }
    return Call("addRule", "officer", body=body)


async def _rule(seeds: Seeds) -> dict[str, Any]:
    return await seeds.done(await _add(seeds))


async def _list(operation: str, _: Seeds) -> Call:
    return Call(operation, "anonymous")


async def _get(seeds: Seeds) -> Call:
    return Call("getRule", "anonymous", path={"id": (await _rule(seeds))["id"]})


async def _versions(seeds: Seeds) -> Call:
    return Call("listRuleVersions", "officer", path={"id": (await _rule(seeds))["id"]})


async def _change(seeds: Seeds) -> Call:
    rule = await _rule(seeds)
    body = {"terms": {**_TERMS, "limit": 1.8}, "reason": "Dasar sungai dikeruk, ambang dinaikkan."}
    return Call("changeRule", "officer", path={"id": rule["id"]}, body=body, version=rule["etag"])


async def _simulate(seeds: Seeds) -> Call:
    body = {"datastream": (await _datastream(seeds))["id"], "kind": "threshold", "terms": _TERMS}
    return Call("simulateRule", "officer", body=body)


SEEDS: dict[str, Seed] = {
    "listRules": partial(_list, "listRules"),
    "listAlarms": partial(_list, "listAlarms"),
    "getRule": _get,
    "addRule": _add,
    "changeRule": _change,
    "listRuleVersions": _versions,
    "simulateRule": _simulate,
}
