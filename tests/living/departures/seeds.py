"""How departures are asked for: of the local platform's timetable, made of the city's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listDepartures", "anonymous", path={"stop": "TS027"})


SEEDS: dict[str, Seed] = {"listDepartures": _list}
