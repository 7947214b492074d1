"""How each operation on the tides is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listTides", "anonymous")


async def _get(seeds: Seeds) -> Call:
    body = {**seeds.api.example("registerThing"), "code": f"p{new_key()[-12:]}", "kind": "tide_gauge"}
    thing = await seeds.done(Call("registerThing", "officer", body=body))
    return Call("getTide", "anonymous", path={"gauge": thing["id"]})


SEEDS: dict[str, Seed] = {"listTides": _list, "getTide": _get}
