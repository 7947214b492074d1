"""How each operation on clean-ups is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(seeds: Seeds) -> Call:
    return Call("listCleanups", "officer")


async def _get(seeds: Seeds) -> Call:
    found = await seeds.cleanup(await seeds.assigned())
    return Call("getCleanup", "officer", path={"id": found["id"]})


async def _crew(operation: str, seeds: Seeds) -> Call:
    return await seeds.on_cleanup(operation)


SEEDS: dict[str, Seed] = {
    "listCleanups": _list,
    "getCleanup": _get,
    **{name: partial(_crew, name) for name in ("dispatchCleanup", "completeCleanup", "abandonCleanup")},
}
