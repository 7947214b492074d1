"""How journeys are asked for: in the local platform's timetable, made of the city's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _search(_: Seeds) -> Call:
    return Call("searchJourneys", "anonymous", query={"from": "TS001", "to": "-6.9837,110.4105"})


SEEDS: dict[str, Seed] = {"searchJourneys": _search}
