"""How each operation on destinations is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(operation: str, role: str, _: Seeds) -> Call:
    return Call(operation, role)


async def _get(_: Seeds) -> Call:
    return Call("getDestination", "anonymous", path={"id": "lawang-sewu"})


async def _correct(seeds: Seeds) -> Call:
    body = seeds.api.example("createDestinationCorrection")
    body["content"] = {"description": f"Kata {new_key()[-12:]}"}  # what is said already would be refused
    return Call("createDestinationCorrection", "anonymous", path={"destination": "lawang-sewu"}, body=body)


async def _filed(seeds: Seeds) -> Any:
    return (await seeds.done(await _correct(seeds)))["id"]


async def _correction(seeds: Seeds) -> Call:
    return Call("getDestinationCorrection", "admin", path={"id": await _filed(seeds)})


async def _decide(seeds: Seeds) -> Call:
    body = seeds.api.example("decideDestinationCorrection")
    path, other = {"id": await _filed(seeds)}, {"state": "declined"}
    return Call("decideDestinationCorrection", "admin", path=path, body=body, version="1", other=other)


async def _advise(seeds: Seeds) -> Call:
    body = seeds.api.example("createAdvisory")
    body = {**body, "areas": ["33.74.01.1007"]}
    body.pop("destination", None)
    body.pop("end_time", None)
    return Call("createAdvisory", "admin", body=body)


async def _end(seeds: Seeds) -> Call:
    made = await seeds.done(await _advise(seeds))
    return Call("endAdvisory", "admin", path={"id": made["id"]}, body={}, version=made["etag"])


SEEDS: dict[str, Seed] = {
    "listDestinations": partial(_list, "listDestinations", "anonymous"),
    "listAdvisories": partial(_list, "listAdvisories", "anonymous"),
    "listDestinationCorrections": partial(_list, "listDestinationCorrections", "admin"),
    "getDestination": _get,
    "createDestinationCorrection": _correct,
    "getDestinationCorrection": _correction,
    "decideDestinationCorrection": _decide,
    "createAdvisory": _advise,
    "endAdvisory": _end,
}
