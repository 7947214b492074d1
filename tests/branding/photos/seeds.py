"""How each operation on photos of destinations is asked for."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

CREDIT = {
    "author": "Rina Wijaya",
    "licence": "CC-BY-4.0",
    "source": "https://example.org/foto",
    "text": "Gedung dengan banyak pintu.",
    "text_en": "A building with many doors.",
}


async def _create(seeds: Seeds) -> Call:
    from tests.security.rest.seeds import picture

    found = await seeds.done(Call("listDestinations", query={"page_size": "100"}))
    code = random.Random(new_key()).choice(found["destinations"])["code"]
    return Call("createDestinationPhoto", "admin", path={"destination": code}, query=CREDIT, photo=picture())


async def _added(seeds: Seeds) -> tuple[dict[str, str], Any]:
    call = await _create(seeds)
    made = await seeds.done(call)
    return {"destination": call.path["destination"], "id": made["id"]}, made


async def _get(seeds: Seeds) -> Call:
    path, _ = await _added(seeds)
    return Call("getDestinationPhoto", path=path)


async def _withdraw(seeds: Seeds) -> Call:
    path, made = await _added(seeds)
    body = {"reason": "Pemegang haknya meminta agar diturunkan."}
    return Call("withdrawDestinationPhoto", "admin", path=path, body=body, version=made["etag"])


SEEDS: dict[str, Seed] = {
    "createDestinationPhoto": _create,
    "getDestinationPhoto": _get,
    "withdrawDestinationPhoto": _withdraw,
}
