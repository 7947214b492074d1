"""Tickets on sale, and ordering them: without a login, without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.callers.origins import origin_of
from gateway.callers.session import csrf_checked, current_caller
from gateway.calls.pages import pages
from gateway.city.ticketing import sellers_of
from gateway.gateway import current_gateway
from gateway.portal.branding import own_orders, ticket_keys
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.dates import MOST_LETTERS, day_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from services.kit import codes
from services.kit.city import opening_hours
from services.kit.rpc.text import clean
from smartcity.branding.v1 import (
    destinations_pb2,
    destinations_views,
    orders_pb2,
    ticket_sales_pb2,
    ticket_sales_views,
    waiting_pb2,
)

PATH = "/wisata/tiket"
ORDERS = "/wisata/pesanan"
WAITING = "/wisata/antre"
ALL = (PATH, "ticket.title")
"""The way to all tickets."""
CHECKED = [Depends(csrf_checked)]
_MOST_TYPES, _MOST_PAGES = 12, 20
MOST_DATES = 100
"""Dates of an event that its page may show, and sales of them that are asked for at once."""
UNORDERED = "unordered"
"""Told once of a day that somebody asked for with the button that orders."""
AHEAD = timedelta(days=90)
"""How far ahead the pillar sells the days of a destination."""


def selling(request: Request) -> None:
    """Dependency: a city that sells tickets."""
    if not sells(request):
        raise Problem(404, "TICKETS_OFF", "This city sells no tickets here.")


SELLING = [Depends(selling)]
OWN_PAGE = OwnPage(PATH, "ticket.own", sellers_of)
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def listed(request: Request, kode: str = "") -> Response:
    """What is on sale, the caller's own orders, and the way to a ticket or an order by its code."""
    typed = "".join(one for one in kode if one.isascii() and (one.isalnum() or one == "-"))[:32].upper()
    prefix = current_gateway(request).city.code_prefix
    for where, kind in ((ORDERS, "B"), (PATH, "E")):
        if (code := codes.parse(f"{prefix}{kind}", typed)) is not None:
            return RedirectResponse(f"{where}/{code}", 303)
    mistyped = FormState()
    if kode.strip():
        mistyped = incomplete(request, "find", Fields({"kode": typed}), kode="reason.TICKET_CODE_MISTYPED")
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    if not caller.has("citizen"):  # who bought while the city sold still has a list
        selling(request)
    asked = ticket_sales_pb2.ListTicketSalesRequest(for_sale=True, page_size=PAGE, page_token=page_token(request))
    answer = await pillars.call(asked, caller)
    own, older = await own_orders.page(request)
    now, on_sale = datetime.now(UTC), [ticket_sales_views.ticket_sale(one) for one in answer.ticket_sales]
    soon = [one for one in on_sale if one.open_time and one.open_time > now]
    return render(
        request, "branding/ticket_sales.html", mistyped.status, private=True, here="branding",
        orders_here=caller.has("citizen"), own=own,
        older_href=next_href(PATH, older, name=own_orders.OWN),
        sales=[one for one in on_sale if one not in soon], soon=soon,
        next_href=next_href(PATH, answer.next_page_token), example=f"{prefix}E-…",
        **mistyped.context(),
    )  # fmt: skip


@router.get("/tanggal/{occasion}", dependencies=SELLING)
async def of_date(request: Request, occasion: Identifier) -> Response:
    """Leads from a date of an event to its sale."""
    asked = ticket_sales_pb2.ListTicketSalesRequest(occasion=occasion, page_size=1)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    if not answer.ticket_sales:
        raise Problem(404, "SALE_NOT_FOUND", "No tickets are sold here for this date.")
    return RedirectResponse(f"{PATH}/beli/{answer.ticket_sales[0].id}", 303)


@router.get("/beli/{sale}", dependencies=SELLING)
async def form(request: Request, sale: Identifier, hari: str = "", done: str = "") -> Response:
    """What can be had, and the form that orders it; of a destination on a day, with how many were chosen."""
    chosen = Fields(_chosen(request.query_params))
    return await _form(request, sale, hari, FormState(form=chosen), unordered=done == UNORDERED)


@router.post("/beli/{sale}", dependencies=[*SELLING, *CHECKED])
async def order(request: Request, sale: Identifier) -> Response:
    """Orders, and leads to the order with its key kept."""
    given = await forms.read(request)
    if asks_day(given):
        return await _other_day(request, sale, given)
    counts = {name.removeprefix("n-"): value for name, value in _chosen(given).items()}
    wishes = [
        orders_pb2.OrderWish(type=type_[:40], quantity=min(int(value[:3]), 99))
        for type_, value in list(counts.items())[:_MOST_TYPES]
        if value[:3].strip("0")
    ]
    if not wishes:
        none = incomplete(request, "order", given, wishes="ticket.none_chosen")
        return await _form(request, sale, given["day"], none)
    said: dict[str, Any] = {
        "request_id": given["request_id"],
        "sale": sale,
        "wishes": wishes,
        "day": given["day"][:10],
        "holder": given["holder"][:80],
        "origin": origin_of(request),
    }
    waits = given.flag("waiting_room")
    asked: Any = waiting_pb2.TakeWaitingPlaceRequest(**said) if waits else orders_pb2.CreateOrderRequest(**said)
    answer: Any = await attempted(
        request, "order", given, current_gateway(request).pillars.call(asked, current_caller(request))
    )
    if isinstance(answer, FormState):
        return await _form(request, sale, given["day"], answer)
    if waits:
        return ticket_keys.keep_and_go(request, f"{WAITING}/{answer.place.id}", answer.link_key)
    return ticket_keys.keep_and_go(request, f"{ORDERS}/{answer.order.code}", answer.link_key)


async def _other_day(request: Request, sale: str, given: Fields) -> Response:
    """Shows the day that was chosen by its address, so that Back finds it; a name that was entered is in no address."""
    unordered = given["go"] != "day"
    if given["holder"]:
        return await _form(request, sale, given["hari"], FormState(form=given), unordered=unordered)
    query = {"hari": given["hari"][:MOST_LETTERS], **_chosen(given), **({"done": UNORDERED} if unordered else {})}
    return RedirectResponse(f"{PATH}/beli/{sale}?{urlencode(query)}", 303)


def _chosen(given: Mapping[str, str]) -> dict[str, str]:
    """How many of each kind of ticket were chosen: entries ``n-...``, at most as many as there are kinds of."""
    found = ((name, value) for name, value in given.items() if name.startswith("n-") and value.isdecimal())
    return dict(islice(found, _MOST_TYPES))


async def _form(request: Request, sale: str, day: str, shown: FormState, *, unordered: bool = False) -> Response:
    zone = city_words(request).city.timezone
    (today, last), read = days_sold(request), read_day(request, day)
    wanted = read or today.isoformat()
    found = await sale_of(request, sale, wanted)
    place = await place_of(request, found.destination) if found.destination else None
    if place and not day and (coming := _opens_next(place, datetime.now(zone))) > today:
        wanted = min(coming, last).isoformat()
        found = await sale_of(request, sale, wanted)
    opens = found.open_time if found.open_time and found.open_time > datetime.now(zone) else None
    over = bool(found.end_time and found.end_time < datetime.now(zone))
    by_day = found.start_time is None
    if by_day and read is None:
        shown = unreadable(request, shown, day)
    return render(
        request, "branding/ticket_buy.html", shown.status, private=True, here="branding", sale=found, day=wanted,
        unordered=unordered, first=today.isoformat(), last=last.isoformat(), opens=opens, over=over,
        by_day=by_day, gone=bool(place and place.content and place.content.closed),
        no_day=found.day_refused if by_day else "",
        closed=_closed(request, place, date.fromisoformat(wanted)) if place else "", **shown.context(),
    )  # fmt: skip


async def sale_of(request: Request, sale: str, day: str) -> ticket_sales_views.TicketSale:
    """A sale, of a destination with what is left on a day."""
    asked = ticket_sales_pb2.GetTicketSaleRequest(id=sale, day=day)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return ticket_sales_views.ticket_sale(answer.ticket_sale)


def days_sold(request: Request) -> tuple[date, date]:
    """The first and the last day of a destination that can be had now."""
    today = datetime.now(city_words(request).city.timezone).date()
    return today, today + AHEAD


async def place_of(request: Request, destination: str) -> destinations_views.Destination:
    """The destination of a sale."""
    asked = destinations_pb2.GetDestinationRequest(id=destination)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return destinations_views.destination(answer.destination)


def _opens_next(place: destinations_views.Destination, now: datetime) -> date:
    """The day that a place lets in next: today but where it is known to be closed until another."""
    closed_until = place.open_state_until if place.open_state == "closed" else None
    return (closed_until or now).astimezone(now.tzinfo).date()


def _closed(request: Request, place: destinations_views.Destination, day: date) -> str:
    """What is to be said of a place that is closed on a day, or by now, as far as its week tells: nobody has said of
    that very day that it is. The key of a text, or nothing.
    """
    said = place.content
    if said is None or not said.hours or _own_times(said, day) is not None:
        return ""
    spans = _spans(request, said, day)
    if spans == ():
        return "ticket.closed_day"
    return "ticket.closed_by_now" if _over(request, spans, day) else ""


def _own_times(said: destinations_views.DestinationContent, day: date) -> str | None:
    """The hours that were said of that very day, empty where it is closed; None without."""
    return next((one.times for one in said.exceptions if one.day == day.isoformat()), None)


def _spans(request: Request, said: destinations_views.DestinationContent, day: date) -> opening_hours.Spans | None:
    """The hours of a day; None where they are not known."""
    if own := _own_times(said, day):
        return opening_hours.parse(own).week[day.weekday()]
    hours = opening_hours.parse(said.hours) if said.hours else None
    return opening_hours.on(hours, day, current_gateway(request).city.calendar)


def _over(request: Request, spans: opening_hours.Spans | None, day: date) -> bool:
    return opening_hours.over(spans or (), day, datetime.now(UTC), current_gateway(request).city.calendar)


def asks_day(given: Fields) -> bool:
    """Whether a form asks to see another day than it shows, instead of what its own button does."""
    return given["go"] == "day" or given["hari"] not in ("", given["day"])


def read_day(request: Request, text: str) -> str | None:
    """The day that somebody asks for, as 2026-12-24; today, where they name none; None where it cannot be read."""
    if not text.strip():
        return datetime.now(city_words(request).city.timezone).date().isoformat()
    read = day_of(text)
    return read.isoformat() if read else None


def unreadable(request: Request, shown: FormState, day: str) -> FormState:
    """What a form shows whose day is none: the entry as it was, and nothing of another day."""
    entered = Fields({**(shown.form or {}), "hari": clean(day)[:MOST_LETTERS]})
    return incomplete(request, shown.doing or "order", entered, hari="ticket.day_wrong")


async def of_event(request: Request, event: str) -> dict[str, str]:
    """What can be bought of an event, the nearest dates first: ids of sales by date."""
    if not sells(request):
        return {}
    asked = ticket_sales_pb2.ListTicketSalesRequest(event=event, for_sale=True, page_size=MOST_DATES)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return {one.occasion: one.id for one in answer.ticket_sales}


async def every_of_event(request: Request, event: str) -> dict[str, str]:
    """The sales of an event's dates that were not called off, those that are stopped or over too: ids by date."""
    if not sells(request):
        return {}
    asked = ticket_sales_pb2.ListTicketSalesRequest(event=event, page_size=MOST_DATES)
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    off, found = ticket_sales_pb2.TICKET_SALE_STATE_CANCELLED, dict[str, str]()
    async for page in pages(lambda more: pillars.call(more, caller), asked, _MOST_PAGES):
        found |= {one.occasion: one.id for one in page.ticket_sales if one.state != off}
    return found


async def of_occasion(request: Request, occasion: str) -> str:
    """The id of the sale of a date of an event that was not called off; empty without."""
    asked = ticket_sales_pb2.ListTicketSalesRequest(occasion=occasion)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    off = ticket_sales_pb2.TICKET_SALE_STATE_CANCELLED
    return next((one.id for one in answer.ticket_sales if one.state != off), "")


async def of_destination(request: Request, destination: str) -> str:
    """The id of a sale of a destination that is open; empty without."""
    if not sells(request):
        return ""
    asked = ticket_sales_pb2.ListTicketSalesRequest(destination=destination, for_sale=True, page_size=1)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return answer.ticket_sales[0].id if answer.ticket_sales else ""


def sells(request: Request) -> bool:
    """Whether the city sells tickets."""
    return bool(sellers_of(current_gateway(request).city))
