"""What is on in the city: the calendar, and a page of each event that one can print and keep."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.branding import event_words, json_ld, ticket_sales
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.paging import next_href, page_token, strange
from gateway.portal.kit.way_back import onward, public_trail, way_back
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1 import city_events_views as views
from smartcity.branding.v1 import visits_pb2

PATH = "/wisata/acara"
PAGE = 50
"""Events of a page."""
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
@for_crowds()
async def listed(request: Request, jenis: str = "") -> Response:
    """Events by the month of their next date, then those that await one; what is over for good is not listed."""
    if (back := strange(request, jenis=event_words.KINDS)) is not None:
        return back
    asked = pb.ListCityEventsRequest(page_size=PAGE, page_token=page_token(request))
    if jenis:
        asked.kind = views.CITY_EVENT_KIND_NUMBERS[jenis]
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    found = [views.city_event(one) for one in answer.events]
    zone = city_words(request).city.timezone
    dated = [one for one in found if one.next]

    def begins(one: views.CityEvent) -> datetime:
        assert one.next is not None
        assert one.next.starts_at is not None
        return one.next.starts_at.astimezone(zone)

    return render(
        request, "branding/city_events.html", sells=ticket_sales.sells(request), here="branding", kind=jenis,
        months=event_words.by_month(dated, begins, texts_of(request)),
        undated=[one for one in found if one.awaited],
        next_href=next_href(PATH, answer.next_page_token, **({"jenis": jenis} if jenis else {})),
        trail=public_trail(PATH, jenis=jenis, page=page_token(request)),
        **event_words.words(request),
    )  # fmt: skip


@router.get("/{code}")
async def shown(request: Request, code: Identifier, semua: str = "") -> Response:
    """One event: when and where, its programme, what it rests on, and what is not known."""
    gateway = current_gateway(request)
    answer = await gateway.pillars.call(pb.GetCityEventRequest(id=code), current_caller(request))
    event = views.city_event(answer.event)
    zone = city_words(request).city.timezone
    now = datetime.now(zone)
    sales = await ticket_sales.of_event(request, event.id)
    asked = visits_pb2.GetVisitsRequest(event=event.id)
    counted = await gateway.pillars.call(asked, current_caller(request)) if event.publish_time else None
    coming = [one for one in event.occasions if one.ends_at and one.ends_at > now]
    over = [] if coming or event.awaited else event.occasions
    return render(
        request, "branding/city_event.html", here="branding", back=way_back(request, PATH), event=event,
        coming=coming, all_dates=bool(semua), all_href=onward(request, f"{PATH}/{event.code}", PATH, semua="1"),
        over=over, earlier=[] if over else _earlier(event, now), sales=sales, visits=counted.total if counted else 0,
        json_ld=json_ld.of_event(event, gateway.settings.public_url, zone), **event_words.words(request),
    )  # fmt: skip


def _earlier(event: views.CityEvent, now: datetime) -> list[views.EventDate]:
    """The last dates that were told and are over, the newest first."""
    schedule = event.content.schedule if event.content else None
    over = [one for one in schedule.dates if (one.end or one.start) < now.date().isoformat()] if schedule else []
    return sorted(over, key=lambda one: one.start, reverse=True)[:5]
