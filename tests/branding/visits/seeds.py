"""How each operation on visits is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fixtures.house import new_key
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _count(_: Seeds) -> Call:
    return Call("countVisits", "admin", body={"counts": [{"id": new_key(), "destination": "lawang-sewu", "visits": 1}]})


async def _get(_: Seeds) -> Call:
    return Call("getVisits", "anonymous")


SEEDS: dict[str, Seed] = {"countVisits": _count, "getVisits": _get}
