"""How each operation on sales of tickets is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.branding.city_events.seeds import published
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

SELLER = "seller"


async def opening(seeds: Seeds, **fields: Any) -> Call:
    """Opens the sale of a date that no other has."""
    event = await published(seeds)
    return Call(
        "createTicketSale",
        SELLER,
        body={"occasion": event["occasions"][-1]["id"], **fields},
        other={"waiting_room": True},
    )


def adding(seeds: Seeds, sale: str, **fields: Any) -> Call:
    """Adds a type to a sale."""
    body = {**seeds.api.example("createTicketType"), "gates": [], **fields}
    return Call("createTicketType", SELLER, path={"sale": sale}, body=body, other={"quota": 7})


async def on_sale(seeds: Seeds, **fields: Any) -> dict[str, Any]:
    """A sale with one type, of which there are many."""
    sale = await seeds.done(await opening(seeds))
    return await seeds.done(adding(seeds, sale["id"], **fields))


async def _create(seeds: Seeds) -> Call:
    return await opening(seeds)


async def _get(seeds: Seeds) -> Call:
    return Call("getTicketSale", path={"id": (await on_sale(seeds))["id"]})


async def _list(_: Seeds) -> Call:
    return Call("listTicketSales")


async def _add(seeds: Seeds) -> Call:
    return adding(seeds, (await seeds.done(await opening(seeds)))["id"])


async def _change(seeds: Seeds) -> Call:
    one = (await on_sale(seeds))["types"][0]
    path, body = {"id": one["id"]}, {**seeds.api.example("changeTicketType"), "gates": {"names": []}}
    return Call("changeTicketType", SELLER, path=path, body=body, version=one["etag"], other={"quota": 7})


async def _stop(seeds: Seeds) -> Call:
    sale = await on_sale(seeds)
    body = seeds.api.example("stopTicketSale")
    return Call("stopTicketSale", SELLER, path={"id": sale["id"]}, body=body, version=sale["etag"])


SEEDS: dict[str, Seed] = {
    "createTicketSale": _create,
    "getTicketSale": _get,
    "listTicketSales": _list,
    "createTicketType": _add,
    "changeTicketType": _change,
    "stopTicketSale": _stop,
}
