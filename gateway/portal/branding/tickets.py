"""A ticket: its QR code on the phone, on paper, and in the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import papers, qr, ticket_files
from gateway.answers.problems import Problem
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.branding import ticket_keys
from gateway.portal.branding.ticket_sales import ALL, PATH, days_sold, place_of, sale_of
from gateway.portal.kit import dates
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from smartcity.branding.v1 import tickets_pb2 as pb
from smartcity.branding.v1 import tickets_views as views

DONE = frozenset({"ticket_passed", "ticket_recalled", "ticket_taken", "ticket_changed", "ticket_cancelled", "already"})
OPENS = {"E": PATH}
"""Codes that are opened here, by the letter after the city's own, and where."""
KEYED = {"TICKET_NOT_FOUND": ALL, "TICKET_RECALLED": ALL}
"""Reasons of what is not found without its link or its login, and where all of it is."""
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("/{code}")
async def shown(request: Request, code: Code, k: str = "", done: str = "") -> Response:
    """The ticket; a key in the address is kept and leaves it."""
    if (there := ticket_keys.rewritten(request, "E", PATH, code)) is not None:
        return there
    if k:
        return ticket_keys.keep_and_go(request, f"{PATH}/{code}", k)
    return await show(request, code, FormState(done=done if done in DONE else ""))


@router.get("/{code}/tiket.pdf")
async def as_pdf(request: Request, code: Code) -> Response:
    """The ticket on a page to print."""
    one, texts = await held(request, code), texts_of(request)
    name, kind = (one.title_en, one.type_en) if texts.language == "en" else (one.title_id, one.type_id)
    lines = [kind, when(request, one), one.venue, one.holder]
    made = ticket_files.pdf(
        name, [line for line in lines if line], one.code, one.token, texts("ticket.paper_note"),
        by=city_words(request).name, language=texts.language,
    )  # fmt: skip
    return _file(made, "application/pdf", f"{one.code}.pdf")


@router.get("/{code}/tiket.ics")
async def as_calendar(request: Request, code: Code) -> Response:
    """The ticket as an entry of a calendar."""
    one, settings = await held(request, code), current_gateway(request).settings
    name = one.title_en if texts_of(request).language == "en" else one.title_id
    base = settings.public_url.rstrip("/")
    host = base.partition("://")[2].partition(":")[0] or "localhost"
    times = (one.start_time, one.end_time) if one.start_time and one.end_time and not one.all_day else None
    where, point = one.venue, None
    if one.destination:
        place = await place_of(request, one.destination)
        where = where or place.name
        point = (place.location.lat, place.location.lon) if place.location else None
    made = ticket_files.calendar(
        one.code, name, where, times, (one.first_day, one.last_day), f"{base}{PATH}/{one.code}", host, point
    )
    return _file(made, "text/calendar; charset=utf-8", f"{one.code}.ics")


@router.get("/{code}/tiket.png")
async def as_picture(request: Request, code: Code) -> Response:
    """The QR code as a picture to keep."""
    one = await held(request, code)
    return qr.answer(one.token, "png", one.code)


async def held(request: Request, code: str) -> views.Ticket:
    """The ticket of who has it in hand and can use it. Problem 404 for everybody else."""
    one = await ticket_of(request, code)
    if not one.token:
        raise Problem(404, "TICKET_NOT_FOUND", "There is no such ticket for you.")
    return one


async def ticket_of(request: Request, code: str) -> views.Ticket:
    """The ticket as the caller may see it."""
    return views.ticket((await _read(request, code)).ticket)


async def _read(request: Request, code: str) -> pb.GetTicketResponse:
    asked = pb.GetTicketRequest(code=code, link_key=ticket_keys.key_of(request))
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    assert isinstance(answer, pb.GetTicketResponse)
    return answer


async def show(request: Request, code: str, shown: FormState) -> Response:
    """The ticket's page."""
    answer = await _read(request, code)
    return await page(request, views.ticket(answer.ticket), shown, map(views.ticket_change, answer.changes))


async def page(
    request: Request, one: views.Ticket, shown: FormState, changes: Iterable[views.TicketChange] = ()
) -> Response:
    """The page of a ticket that was read, with what it could be changed for."""
    usable = one.own and one.state == "valid" and not one.admissions and not one.at_gates
    base = f"{PATH}/{one.code}"
    keyed = bool(ticket_keys.key_of(request))
    # Whoever has it by a login finds it by that again; the link of what is not taken over is not to be kept.
    link = ticket_keys.link_of(request, base, one.link_key) if keyed and not one.offered else ""
    handed = ticket_keys.link_of(request, base, one.offer_key) if one.offer_key else ""
    offers, (first, last) = list(changes), days_sold(request)
    sale = await sale_of(request, one.sale, one.first_day) if offers else None
    return render(
        request, "branding/ticket.html", shown.status, private=True, here="branding", ticket=one,
        base=base, link=link, code=qr.drawing(one.token) if one.token else "", when=when(request, one),
        usable=usable, changes=offers, rules={each.id: each for each in sale.types} if sale else {},
        first=first.isoformat(), last=last.isoformat(),
        offered=keyed and one.offered and one.state == "valid" and not handed, handed=handed,
        unprinted=papers.lacking(one.holder), **shown.context(),
    )  # fmt: skip


def when(request: Request, one: views.Ticket) -> str:
    """When it lets in, in words: until its last day, where that is another."""
    texts, zone = texts_of(request), city_words(request).city.timezone
    day = partial(dates.plain_day, texts=texts, zone=zone)
    timed = one.start_time if not one.all_day else None
    begins = dates.moment(timed, texts, zone) if timed else day(one.first_day)
    return begins if one.last_day == one.first_day else f"{begins} – {day(one.last_day)}"


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=kind)
