"""How each operation on day trips is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listDayTrips", "anonymous")


async def _get(_: Seeds) -> Call:
    return Call("getDayTrip", "anonymous", path={"id": "kota-lama-dan-pecinan"})


SEEDS: dict[str, Seed] = {"listDayTrips": _list, "getDayTrip": _get}
