"""How a whole account number is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _read(seeds: Seeds) -> Call:
    merchant = await seeds.money.business(active=False)
    return Call("readSettlementAccount", "citizen", path={"id": merchant["id"]})


SEEDS: dict[str, Seed] = {"readSettlementAccount": _read}
