"""How the timetable is asked for: that of the local platform, made of the city's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


def _of(operation: str, **path: str) -> Seed:
    async def seed(_: Seeds) -> Call:
        return Call(operation, "anonymous", path=path)

    return seed


SEEDS: dict[str, Seed] = {
    "getFeed": _of("getFeed"),
    "getGtfs": _of("getGtfs"),
    "listStops": _of("listStops"),
    "getStop": _of("getStop", id="TS027"),
    "listRoutes": _of("listRoutes"),
    "getRoute": _of("getRoute", id="K1"),
}
