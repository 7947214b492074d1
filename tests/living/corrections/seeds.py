"""How each operation on corrections is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    body = seeds.api.example("createFacilityCorrection")
    body["name"] = f"Puskesmas {new_key()[-12:]}"  # what is said already would be refused
    return Call("createFacilityCorrection", "anonymous", path={"facility": "puskesmas-poncol"}, body=body)


async def _filed(seeds: Seeds) -> Any:
    return (await seeds.done(await _create(seeds)))["id"]


async def _list(_: Seeds) -> Call:
    return Call("listFacilityCorrections", "admin")


async def _get(seeds: Seeds) -> Call:
    return Call("getFacilityCorrection", "admin", path={"id": await _filed(seeds)})


async def _accept(seeds: Seeds) -> Call:
    body = seeds.api.example("acceptFacilityCorrection")
    return Call("acceptFacilityCorrection", "admin", path={"id": await _filed(seeds)}, body=body, version="1")


async def _decline(seeds: Seeds) -> Call:
    body = seeds.api.example("declineFacilityCorrection")
    return Call("declineFacilityCorrection", "admin", path={"id": await _filed(seeds)}, body=body, version="1")


SEEDS: dict[str, Seed] = {
    "createFacilityCorrection": _create,
    "listFacilityCorrections": _list,
    "getFacilityCorrection": _get,
    "acceptFacilityCorrection": _accept,
    "declineFacilityCorrection": _decline,
}
