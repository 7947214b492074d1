"""How each operation on orders is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.branding.sales.seeds import on_sale
from tests.fixtures.house import until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

APPEARS_S = 20.0


def ordering(sale: dict[str, Any], role: str = "anonymous", quantity: int = 1) -> Call:
    """Orders of a sale's first type."""
    wishes = [{"type": sale["types"][0]["id"], "quantity": quantity}]
    return Call("createOrder", role, body={"sale": sale["id"], "wishes": wishes, "holder": "Siti Rahma"})


async def held(seeds: Seeds, role: str = "citizen") -> dict[str, Any]:
    """An order that is to be paid."""
    return await seeds.done(ordering(await on_sale(seeds), role))


async def ticketed(seeds: Seeds, role: str = "citizen", **fields: Any) -> dict[str, Any]:
    """An order with its tickets: they cost nothing."""
    return await seeds.done(ordering(await on_sale(seeds, price=0, **fields), role))


async def _create(seeds: Seeds) -> Call:
    return ordering(await on_sale(seeds))


async def _get(seeds: Seeds) -> Call:
    return Call("getOrder", "citizen", path={"code": (await held(seeds))["code"]})


async def _list(_: Seeds) -> Call:
    return Call("listOrders", "citizen")


async def _cancel(seeds: Seeds) -> Call:
    code = (await held(seeds))["code"]

    async def payable() -> Any:
        found = await seeds.done(Call("getOrder", "citizen", path={"code": code}))
        return found if found["payment"] else None

    order = await until(payable, APPEARS_S, f"a payment of {code}")
    return Call("cancelOrder", "citizen", path={"code": code}, version=order["etag"])


SEEDS: dict[str, Seed] = {
    "createOrder": _create,
    "getOrder": _get,
    "listOrders": _list,
    "cancelOrder": _cancel,
}
