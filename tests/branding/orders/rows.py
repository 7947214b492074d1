"""Whom an order concerns: who made it, and nobody else."""

from typing import Any

from smartcity.branding.v1 import orders_pb2 as pb
from tests.branding.tickets.ticketing import DLH, SELLER, SITI, Ticketing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id


async def _held(served: Served) -> Any:
    office = Ticketing(served)
    return (await office.order(*await office.on_sale())).order


async def _get(served: Served) -> Any:
    return pb.GetOrderRequest(code=(await _held(served)).code)


async def _list(_: Served) -> Any:
    return pb.ListOrdersRequest()


async def _cancel(served: Served) -> Any:
    order = await _held(served)
    return pb.CancelOrderRequest(request_id=request_id(), code=order.code, etag=order.etag)


ROWS = {
    "OrderService.GetOrder": Row(_get, (SITI,), (SELLER, DLH)),
    "OrderService.ListOrders": Row(_list, (SITI,), (DLH,), own=True),
    "OrderService.CancelOrder": Row(_cancel, (SITI,), (SELLER, DLH)),
}
NOBODY_OWNS = {
    "OrderService.CreateOrder": "buying is everybody's right, at the price and from the seats that all have",
    "OrderService.CancelOrder": "the buyer's own right, as long as nothing is paid",
}
