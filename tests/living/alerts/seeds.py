"""How each operation on service alerts is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

OFFICER = "stranger"
"""Of dishub, which the city's profile names."""


async def _create(seeds: Seeds) -> Call:
    return Call("createServiceAlert", OFFICER, body=seeds.api.example("createServiceAlert"))


async def _made(seeds: Seeds) -> dict[str, Any]:
    return await seeds.done(await _create(seeds))


async def _list(operation: str, role: str, _: Seeds) -> Call:
    return Call(operation, role)


async def _get(seeds: Seeds) -> Call:
    return Call("getServiceAlert", "admin", path={"id": (await _made(seeds))["id"]})


async def _change(operation: str, seeds: Seeds) -> Call:
    made = await _made(seeds)
    body = None if operation == "publishServiceAlert" else seeds.api.example(operation)
    return Call(operation, OFFICER, path={"id": made["id"]}, body=body, version=made["etag"])


SEEDS: dict[str, Seed] = {
    "createServiceAlert": _create,
    "getServiceAlert": _get,
    "listServiceAlerts": partial(_list, "listServiceAlerts", "anonymous"),
    "listServiceAlertRecords": partial(_list, "listServiceAlertRecords", "admin"),
    "getGtfsRealtimeAlerts": partial(_list, "getGtfsRealtimeAlerts", "anonymous"),
    **{f"{verb}ServiceAlert": partial(_change, f"{verb}ServiceAlert") for verb in ("update", "publish", "end")},
}
