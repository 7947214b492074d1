"""How each operation on what goes back is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.branding.orders.seeds import APPEARS_S, held
from tests.branding.sales.seeds import SELLER, on_sale
from tests.fixtures.house import until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _cancel(seeds: Seeds) -> Call:
    sale, body = await on_sale(seeds), seeds.api.example("cancelTicketSale")
    return Call("cancelTicketSale", SELLER, path={"id": sale["id"]}, body=body, version=sale["etag"])


async def _list(seeds: Seeds) -> Call:
    return Call("listTicketRefunds", SELLER, path={"sale": (await on_sale(seeds))["id"]})


async def _retry(seeds: Seeds) -> Call:
    """Of a ticket that was paid in cash at the agency's counter, and given back."""
    code = (await held(seeds))["code"]

    async def order(ready: str) -> Any:
        found = await seeds.done(Call("getOrder", "citizen", path={"code": code}))
        return found if found[ready] else None

    payment = (await until(partial(order, "payment"), APPEARS_S, f"a payment of {code}"))["payment"]
    await seeds.done(Call("recordCash", SELLER, path={"id": payment}))
    (ticket,) = (await until(partial(order, "tickets"), APPEARS_S, f"the ticket of {code}"))["tickets"]
    version = ticket["etag"]
    await seeds.done(Call("cancelTicket", "citizen", path={"code": ticket["code"]}, version=version))
    return Call("retryTicketRefund", SELLER, path={"id": (await order("refunds"))["refunds"][0]["id"]})


SEEDS: dict[str, Seed] = {
    "cancelTicketSale": _cancel,
    "listTicketRefunds": _list,
    "retryTicketRefund": _retry,
}
