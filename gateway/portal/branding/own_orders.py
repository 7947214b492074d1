"""The list of the caller's own orders of tickets, each as it is now."""

import asyncio

from msgspec.structs import replace
from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.paging import PAGE, page_token
from smartcity.branding.v1 import orders_pb2 as pb
from smartcity.branding.v1 import orders_views as views

OWN = "pesanan"
"""Where the list goes on."""


async def page(request: Request) -> tuple[list[views.Order], str]:
    """A page of them, and the token of the next; none of who has not logged in."""
    caller = current_caller(request)
    if not caller.has("citizen"):
        return [], ""
    asked = pb.ListOrdersRequest(page_size=PAGE, page_token=page_token(request, OWN))
    found = await current_gateway(request).pillars.call(asked, caller)
    return list(await asyncio.gather(*(_as_it_is(request, one) for one in found.orders))), found.next_page_token


async def _as_it_is(request: Request, one: pb.Order) -> views.Order:
    """An order, of which the list does not tell the tickets: whose date was called off may have tickets that were
    changed for another one, and hold.
    """
    order = views.order(one)
    if order.state != "paid" or order.sale_state != "cancelled":
        return order
    asked = pb.GetOrderRequest(code=order.code)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    states = (each.sale_state for each in views.order(answer.order).tickets if each.state == "valid")
    return replace(order, sale_state=next((state for state in states if state != "cancelled"), "cancelled"))
