"""How each operation on city indicators is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listCityIndicators", "anonymous")


async def _sheet(_: Seeds) -> Call:
    return Call("getCityIndicatorsCsv", "anonymous")


SEEDS: dict[str, Seed] = {"listCityIndicators": _list, "getCityIndicatorsCsv": _sheet}
