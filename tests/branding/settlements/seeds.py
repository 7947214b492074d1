"""How settlements are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.branding.sales.seeds import SELLER, on_sale
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(seeds: Seeds) -> Call:
    return Call("listTicketSettlements", SELLER, query={"sale": (await on_sale(seeds))["id"]})


SEEDS: dict[str, Seed] = {"listTicketSettlements": _list}
