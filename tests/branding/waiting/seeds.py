"""How each operation on waiting rooms is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.branding.sales.seeds import adding, opening
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _take(seeds: Seeds, role: str = "anonymous") -> Call:
    sale = await seeds.done(await opening(seeds, waiting_room=True))
    sale = await seeds.done(adding(seeds, sale["id"]))
    wishes = [{"type": sale["types"][0]["id"], "quantity": 1}]
    return Call("takeWaitingPlace", role, body={"sale": sale["id"], "wishes": wishes, "holder": "Siti Rahma"})


async def _get(seeds: Seeds) -> Call:
    place = await seeds.done(await _take(seeds, "citizen"))
    return Call("getWaitingPlace", "citizen", path={"id": place["id"]})


SEEDS: dict[str, Seed] = {"takeWaitingPlace": _take, "getWaitingPlace": _get}
