"""How each operation on events is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    body = seeds.api.example("createCityEvent")
    return Call("createCityEvent", "citizen", body=body, other=_renamed(body))


def _renamed(body: dict[str, Any]) -> dict[str, Any]:
    return {"content": {**body["content"], "name": "Pasar Malam Lain"}}


async def _made(seeds: Seeds) -> dict[str, Any]:
    return await seeds.done(await _create(seeds))


async def published(seeds: Seeds) -> dict[str, Any]:
    """An event that everybody may know of."""
    made = await _made(seeds)
    path = {"id": made["id"]}
    return await seeds.done(Call("publishCityEvent", "admin", path=path, body={}, version=made["etag"]))


async def _list(operation: str, role: str, _: Seeds) -> Call:
    return Call(operation, role)


async def _get(seeds: Seeds) -> Call:
    return Call("getCityEvent", "anonymous", path={"id": (await published(seeds))["id"]})


async def _update(seeds: Seeds) -> Call:
    made, body = await _made(seeds), seeds.api.example("updateCityEvent")
    path, other = {"id": made["id"]}, _renamed(body)
    return Call("updateCityEvent", "citizen", path=path, body=body, version=made["etag"], other=other)


async def _publish(seeds: Seeds) -> Call:
    made = await _made(seeds)
    return Call("publishCityEvent", "admin", path={"id": made["id"]}, body={}, version=made["etag"])


async def _cancel(seeds: Seeds) -> Call:
    made, body = await _made(seeds), seeds.api.example("cancelCityEvent")
    return Call("cancelCityEvent", "citizen", path={"id": made["id"]}, body=body, version=made["etag"])


async def _cancel_occasion(seeds: Seeds) -> Call:
    made, body = await published(seeds), seeds.api.example("cancelOccasion")
    path = {"id": made["occasions"][0]["id"]}
    return Call("cancelOccasion", "citizen", path=path, body=body, version=made["etag"])


SEEDS: dict[str, Seed] = {
    "listCityEvents": partial(_list, "listCityEvents", "anonymous"),
    "listOccasions": partial(_list, "listOccasions", "anonymous"),
    "getEventCalendar": partial(_list, "getEventCalendar", "anonymous"),
    "listCityEventRecords": partial(_list, "listCityEventRecords", "citizen"),
    "createCityEvent": _create,
    "getCityEvent": _get,
    "updateCityEvent": _update,
    "publishCityEvent": _publish,
    "cancelCityEvent": _cancel,
    "cancelOccasion": _cancel_occasion,
}
