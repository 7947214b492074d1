"""How each operation on facilities is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listFacilities", "anonymous")


async def _get(_: Seeds) -> Call:
    return Call("getFacility", "anonymous", path={"id": "puskesmas-poncol"})


SEEDS: dict[str, Seed] = {"listFacilities": _list, "getFacility": _get}
