"""What a sale can be opened for, to choose from: dates of events that an agency may sell, and destinations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from itertools import chain
from typing import Any, NamedTuple

from starlette.requests import Request

from gateway.calls.pages import every
from gateway.gateway import current_gateway
from gateway.portal.branding import event_words
from gateway.portal.kit.page import texts_of
from services.kit.caller import Caller
from smartcity.branding.v1 import city_events_pb2, city_events_views, destinations_pb2, ticket_sales_pb2

PAGE, _MOST_PAGES = 200, 5
"""Of each list: items of a page, and pages that are read at most."""


class Choice(NamedTuple):
    """One of them."""

    value: str
    words: str


async def offered(request: Request, caller: Caller) -> Mapping[str, Any]:
    """Dates of events that are not on sale, event by event, and destinations; what is another agency's is left out.

    Each date names its event: a browser shows of what is chosen its own words alone.
    """
    pillars, texts = current_gateway(request).pillars, texts_of(request)

    def listed(asked: Any, field: str) -> Awaitable[list[Any]]:
        return every(lambda more: pillars.call(more, caller), asked, field, _MOST_PAGES)

    dates, events, places, sales = await asyncio.gather(
        listed(city_events_pb2.ListOccasionsRequest(page_size=PAGE), "occasions"),
        listed(city_events_pb2.ListCityEventsRequest(page_size=PAGE), "events"),
        listed(destinations_pb2.ListDestinationsRequest(page_size=PAGE), "destinations"),
        listed(ticket_sales_pb2.ListTicketSalesRequest(for_sale=True, page_size=PAGE), "ticket_sales"),
    )
    others = {one.id for one in events if one.agency not in ("", caller.agency)}
    sold = {one.occasion for one in sales}
    when = event_words.words(request)["when"]
    by_event: dict[str, list[Choice]] = {}
    for one in map(city_events_views.occasion, dates):
        if one.state == "planned" and one.event_id not in others and one.id not in sold:
            name = texts.pick(one.name, one.name_en)
            by_event.setdefault(name, []).append(Choice(one.id, f"{name} · {when(one)}"))
    found = sorted((Choice(one.code, one.name) for one in places), key=lambda one: one.words)
    return {"dates": [*chain.from_iterable(by_event.values())], "places": found}
