"""How each operation on what somebody supports is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listSupports", "citizen")


async def _see(_: Seeds) -> Call:
    return Call("seeSupports", "citizen")


SEEDS: dict[str, Seed] = {"listSupports": _list, "seeSupports": _see}
