"""What a sale can be opened for, to choose from: dates of events that an agency may sell, and destinations."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.branding import event_words
from gateway.portal.kit.page import texts_of
from services.kit.caller import Caller
from smartcity.branding.v1 import city_events_pb2, city_events_views, destinations_pb2, ticket_sales_pb2

_MOST = 200
"""Of each: what one page of a list holds."""


class Choice(NamedTuple):
    """One of them."""

    value: str
    words: str


async def offered(request: Request, caller: Caller) -> Mapping[str, Any]:
    """Dates by event that are not on sale, and destinations; what is another agency's is left out."""
    pillars, texts = current_gateway(request).pillars, texts_of(request)
    dates, events, places, sales = await asyncio.gather(
        pillars.call(city_events_pb2.ListOccasionsRequest(page_size=_MOST), caller),
        pillars.call(city_events_pb2.ListCityEventsRequest(page_size=_MOST), caller),
        pillars.call(destinations_pb2.ListDestinationsRequest(page_size=_MOST), caller),
        pillars.call(ticket_sales_pb2.ListTicketSalesRequest(for_sale=True, page_size=_MOST), caller),
    )
    others = {one.id for one in events.events if one.agency not in ("", caller.agency)}
    sold = {one.occasion for one in sales.ticket_sales}
    when = event_words.words(request)["when"]
    by_event: dict[str, list[Choice]] = {}
    for one in map(city_events_views.occasion, dates.occasions):
        if one.state == "planned" and one.event_id not in others and one.id not in sold:
            by_event.setdefault(texts.pick(one.name, one.name_en), []).append(Choice(one.id, when(one)))
    found = sorted((Choice(one.code, one.name) for one in places.destinations), key=lambda one: one.words)
    return {"dates": by_event, "places": found}
