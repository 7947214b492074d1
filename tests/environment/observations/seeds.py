"""How each operation on what measures is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _thing(seeds: Seeds) -> dict[str, Any]:
    body = {**seeds.api.example("registerThing"), "code": f"t{new_key()[-12:]}"}
    return await seeds.done(Call("registerThing", "officer", body=body))


async def _datastream(seeds: Seeds) -> dict[str, Any]:
    thing = await _thing(seeds)
    call = Call("addDatastream", "officer", path={"thing": thing["id"]}, body=seeds.api.example("addDatastream"))
    return await seeds.done(call)


async def _device(seeds: Seeds) -> dict[str, Any]:
    thing = await _thing(seeds)
    body = {"name": f"d{new_key()[-12:]}"}
    return await seeds.done(Call("issueDevice", "officer", path={"thing": thing["id"]}, body=body))


async def _list(operation: str, role: str, _: Seeds) -> Call:
    return Call(operation, role)


async def _register(seeds: Seeds) -> Call:
    body = {**seeds.api.example("registerThing"), "code": f"t{new_key()[-12:]}"}
    return Call("registerThing", "officer", body=body)


async def _get(seeds: Seeds) -> Call:
    return Call("getThing", "anonymous", path={"id": (await _thing(seeds))["id"]})


async def _change(operation: str, seeds: Seeds) -> Call:
    thing = await _thing(seeds)
    body = seeds.api.example(operation)
    return Call(operation, "officer", path={"id": thing["id"]}, body=body, version=thing["etag"])


async def _add(seeds: Seeds) -> Call:
    thing = await _thing(seeds)
    return Call("addDatastream", "officer", path={"thing": thing["id"]}, body=seeds.api.example("addDatastream"))


async def _correct(operation: str, seeds: Seeds) -> Call:
    made = await _datastream(seeds)
    body = seeds.api.example(operation)
    return Call(operation, "officer", path={"id": made["id"]}, body=body, version=made["etag"])


async def _read(operation: str, name: str, seeds: Seeds) -> Call:
    return Call(operation, "anonymous", path={name: (await _datastream(seeds))["id"]})


async def _series(seeds: Seeds) -> Call:
    return Call("listSeries", "anonymous", query={"datastream": (await _datastream(seeds))["id"]})


async def _upload(seeds: Seeds) -> Call:
    made = await _datastream(seeds)
    readings = [{"time": "2026-11-27T01:00:00+00:00", "value": 1.5}]
    body = {"series": [{"name": made["name"], "unit": made["unit"], "readings": readings}]}
    return Call("uploadObservations", "officer", path={"thing": made["thing"]}, body=body)


async def _issue(seeds: Seeds) -> Call:
    thing = await _thing(seeds)
    return Call("issueDevice", "officer", path={"thing": thing["id"]}, body={"name": f"d{new_key()[-12:]}"})


async def _of_device(operation: str, seeds: Seeds) -> Call:
    device = await _device(seeds)
    path = {"id": device["id"]}
    if operation == "getDevice":
        return Call(operation, "officer", path=path)
    body = {"reason": "Alat dicuri semalam."} if operation == "revokeDevice" else {}
    return Call(operation, "officer", path=path, body=body, version=device["etag"])


SEEDS: dict[str, Seed] = {
    "listThings": partial(_list, "listThings", "anonymous"),
    "listDatastreams": partial(_list, "listDatastreams", "anonymous"),
    "listThingLocations": partial(_list, "listThingLocations", "anonymous"),
    "listObservedProperties": partial(_list, "listObservedProperties", "anonymous"),
    "listDevices": partial(_list, "listDevices", "officer"),
    "registerThing": _register,
    "getThing": _get,
    "moveThing": partial(_change, "moveThing"),
    "retireThing": partial(_change, "retireThing"),
    "addDatastream": _add,
    "getDatastream": partial(_read, "getDatastream", "id"),
    "calibrateDatastream": partial(_correct, "calibrateDatastream"),
    "setDatum": partial(_correct, "setDatum"),
    "listObservations": partial(_read, "listObservations", "datastream"),
    "getObservationsCsv": partial(_read, "getObservationsCsv", "datastream"),
    "getObservationCount": partial(_read, "getObservationCount", "datastream"),
    "listSeries": _series,
    "uploadObservations": _upload,
    "issueDevice": _issue,
    "getDevice": partial(_of_device, "getDevice"),
    "rotateDevice": partial(_of_device, "rotateDevice"),
    "revokeDevice": partial(_of_device, "revokeDevice"),
}
