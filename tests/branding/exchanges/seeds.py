"""How each operation on tickets that change hands is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.branding.orders.seeds import ordering, ticketed
from tests.branding.sales.seeds import adding, on_sale
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


def _about(operation: str, ticket: dict[str, Any], other: dict[str, Any] | None = None, **body: Any) -> Call:
    path, version = {"code": ticket["code"]}, ticket["etag"]
    return Call(operation, "citizen", path=path, body=body or None, version=version, other=other or {})


async def _transfer(seeds: Seeds) -> Call:
    return _about("transferTicket", (await ticketed(seeds))["tickets"][0], holder="Budi Santoso")


async def _take_over(seeds: Seeds) -> Call:
    passed = await seeds.done(await _transfer(seeds))
    return replace(_about("takeTicketOver", passed), role="anonymous", key=passed["link_key"])


async def _recall(seeds: Seeds) -> Call:
    return _about("recallTicket", await seeds.done(await _transfer(seeds)))


async def _change(seeds: Seeds) -> Call:
    sale = await seeds.done(adding(seeds, (await on_sale(seeds, price=0))["id"], price=0))
    ticket = (await seeds.done(ordering(sale, "citizen")))["tickets"][0]
    first, second = (each["id"] for each in sale["types"])
    return _about("changeTicket", ticket, {"type": first}, type=second)


async def _cancel(seeds: Seeds) -> Call:
    return _about("cancelTicket", (await ticketed(seeds))["tickets"][0])


SEEDS: dict[str, Seed] = {
    "transferTicket": _transfer,
    "takeTicketOver": _take_over,
    "recallTicket": _recall,
    "changeTicket": _change,
    "cancelTicket": _cancel,
}
