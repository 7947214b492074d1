"""How each operation on vehicles is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _register(seeds: Seeds) -> Call:
    body = seeds.api.example("registerVehicle")
    body |= {"id": f"ts-{new_key()[-12:].lower()}", "agency": "blu-trans-semarang"}
    return Call("registerVehicle", "admin", body=body)


async def _registered(seeds: Seeds) -> Any:
    return (await seeds.done(await _register(seeds)))["id"]


async def _list(_: Seeds) -> Call:
    return Call("listVehicles", "anonymous")


async def _get(seeds: Seeds) -> Call:
    return Call("getVehicle", "anonymous", path={"id": await _registered(seeds)})


async def _list_registrations(_: Seeds) -> Call:
    return Call("listVehicleRegistrations", "admin")


async def _get_registration(seeds: Seeds) -> Call:
    return Call("getVehicleRegistration", "admin", path={"id": await _registered(seeds)})


async def _update(seeds: Seeds) -> Call:
    body = {"label": "K1-02", "plate": "H 4321 YX", "accessible": "yes", "capacity": 60}
    path = {"id": await _registered(seeds)}
    return Call("updateVehicle", "admin", path=path, body=body, version="1", other={"label": "K1-03"})


async def _retire(seeds: Seeds) -> Call:
    body = seeds.api.example("retireVehicle")
    return Call("retireVehicle", "admin", path={"id": await _registered(seeds)}, body=body, version="1")


async def _issue(seeds: Seeds) -> Call:
    return Call("issueVehicleCredential", "admin", path={"id": await _registered(seeds)}, body={}, version="1")


async def _revoke(seeds: Seeds) -> Call:
    issued = await _issue(seeds)
    await seeds.done(issued)
    return Call("revokeVehicleCredential", "admin", path=issued.path, body={}, version="2")


async def _report(seeds: Seeds) -> Call:
    body = seeds.api.example("reportPositions")
    body["positions"][0] |= {"vehicle": await _registered(seeds), "time": datetime.now(UTC).isoformat()}
    return Call("reportPositions", "admin", body=body)


async def _positions(_: Seeds) -> Call:
    return Call("getGtfsRealtimePositions", "anonymous")


async def _follow(_: Seeds) -> Call:
    return Call("followVehicles", "anonymous")


async def _trips(_: Seeds) -> Call:
    return Call("getGtfsRealtimeTripUpdates", "anonymous")


SEEDS: dict[str, Seed] = {
    "registerVehicle": _register,
    "listVehicles": _list,
    "getVehicle": _get,
    "followVehicles": _follow,
    "listVehicleRegistrations": _list_registrations,
    "getVehicleRegistration": _get_registration,
    "updateVehicle": _update,
    "retireVehicle": _retire,
    "issueVehicleCredential": _issue,
    "revokeVehicleCredential": _revoke,
    "reportPositions": _report,
    "getGtfsRealtimePositions": _positions,
    "getGtfsRealtimeTripUpdates": _trips,
}
