"""How the read side of SensorThings is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _root(_: Seeds) -> Call:
    return Call("getSensorThingsRoot", "anonymous")


async def _read(_: Seeds) -> Call:
    return Call("readSensorThings", "anonymous", path={"address": "Things"})


SEEDS: dict[str, Seed] = {"getSensorThingsRoot": _root, "readSensorThings": _read}
