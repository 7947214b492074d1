"""How settlements are asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.branding.sales.seeds import SELLER, on_sale
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(operation: str, seeds: Seeds) -> Call:
    return Call(operation, SELLER, query={"sale": (await on_sale(seeds))["id"]})


SEEDS: dict[str, Seed] = {
    "listTicketSettlements": partial(_list, "listTicketSettlements"),
    "getTicketSettlementsCsv": partial(_list, "getTicketSettlementsCsv"),
}
