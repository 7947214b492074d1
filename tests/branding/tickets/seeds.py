"""How each operation on tickets is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.branding.orders.seeds import ticketed
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _get(seeds: Seeds) -> Call:
    (ticket,) = (await ticketed(seeds))["tickets"]
    return Call("getTicket", "citizen", path={"code": ticket["code"]})


SEEDS: dict[str, Seed] = {"getTicket": _get}
