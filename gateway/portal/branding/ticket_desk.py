"""The desk of tickets, for the agencies that sell them: sales, types, what is left."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.calls.pillars import Pillars
from gateway.gateway import current_gateway
from gateway.portal.branding import ticket_choices
from gateway.portal.branding.ticket_sales import asks_day, of_occasion, read_day, unreadable
from gateway.portal.kit import forms, money
from gateway.portal.kit.acting import FormState, incomplete, tried, wanting
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.dates import moment_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from services.kit.numbers import grouped
from smartcity.branding.v1 import (
    city_events_pb2,
    city_events_views,
    gates_pb2,
    gates_views,
    ticket_settlements_pb2,
    ticket_settlements_views,
    tickets_pb2,
    tickets_views,
)
from smartcity.branding.v1 import ticket_sales_pb2 as pb
from smartcity.branding.v1 import ticket_sales_views as views

PATH = "/petugas/tiket"
CHECKED = [Depends(csrf_checked)]
DONE = frozenset(
    {
        "sale_opened",
        "sale_stopped",
        "sale_resumed",
        "sale_begins",
        "type_added",
        "type_changed",
        "gate_opened",
        "sale_cancelled",
        "refund_asked",
    }
)
_NUMBERS = ("price", "quota", "most", "refund_percent", "refund_hours")
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def desk(request: Request, caller: Staff, tanggal: str = "", tempat: str = "") -> Response:
    """Sales, the newest first, and the form that opens one, of a date or a destination that a page leads from; a date
    that is on sale leads to that.
    """
    if tanggal and (sold := await of_occasion(request, tanggal[:40])):
        return RedirectResponse(f"{PATH}/{sold}", 303)
    given = Fields({"occasion": tanggal[:40], "destination": tempat[:80]})
    return await _desk(request, caller, FormState(form=given))


@router.post("", dependencies=CHECKED)
async def create(request: Request, caller: Staff) -> Response:
    """Opens a sale."""
    form = await forms.read(request)
    times = {name: _instant(request, form[name]) for name in ("open_time",)}
    wrong = {name: "ticket_desk.time_wrong" for name, at in times.items() if form[name] and at is None}
    if bool(form["occasion"]) == bool(form["destination"]):
        wrong["occasion"] = "reason.SALE_FOR_ONE_THING"
    asked = pb.CreateTicketSaleRequest(
        request_id=form["request_id"], occasion=form["occasion"][:40], destination=form["destination"][:80],
        title_id=form["title_id"], title_en=form["title_en"], venue=form["venue"],
        waiting_room=form.flag("waiting_room"), **{name: at for name, at in times.items() if at is not None},
    )  # fmt: skip
    answer = await tried(request, caller, "create", form, asked, wrong)
    if isinstance(answer, FormState):
        return await _desk(request, caller, answer)
    return RedirectResponse(f"{PATH}/{answer.ticket_sale.id}?done=sale_opened", 303)


@router.get("/{sale}")
async def one(request: Request, sale: Identifier, caller: Staff, done: str = "") -> Response:
    """One sale with its types."""
    return await show(request, sale, caller, FormState(done=done if done in DONE else ""))


@router.post("/{sale}/jenis", dependencies=CHECKED)
async def add_type(request: Request, sale: Identifier, caller: Staff) -> Response:
    """Adds a type of tickets; or shows another day, with what was entered."""
    form = await forms.read(request)
    named = form.all("gate") or [part.strip() for part in form["gates"].split(",") if part.strip()]
    if asks_day(form):
        return await show(request, sale, caller, FormState(doing="type", form=form))
    asked = pb.CreateTicketTypeRequest(
        request_id=form["request_id"], sale=sale, name_id=form["name_id"], name_en=form["name_en"],
        price=_price(form["price"]), quota=_number(form["quota"]), most=_number(form["most"]) or 6,
        admission=views.TICKET_ADMISSION_NUMBERS.get(form["admission"]) or pb.TICKET_ADMISSION_UNSPECIFIED,
        reentry=views.TICKET_REENTRY_NUMBERS.get(form["reentry"]) or pb.TICKET_REENTRY_UNSPECIFIED,
        gates=[one[:60] for one in named[:12]],
        refund_hours=_number(form["refund_hours"]), refund_percent=_number(form["refund_percent"]),
    )  # fmt: skip
    wrong = {name: "ticket_desk.no_number" for name in _NUMBERS if getattr(asked, name) < 0}
    if wants := wanting(request, "type", form, asked, wrong):
        return await show(request, sale, caller, wants)
    return await _did(request, sale, caller, "type", form, asked, "type_added")


@router.post("/{sale}/jenis/{type_}", dependencies=CHECKED)
async def change_type(request: Request, sale: Identifier, type_: Identifier, caller: Staff) -> Response:
    """Changes how many there are, whether they are on sale, and what gates let them in."""
    form = await forms.read(request)
    chosen = [one[:60] for one in form.all("gate")][:12]
    asked = pb.ChangeTicketTypeRequest(
        request_id=form["request_id"], id=type_, etag=form["etag"], quota=_number(form["quota"]),
        open=form.flag("open"), gates=pb.TicketTypeGates(names=chosen) if form.flag("gates_shown") else None,
    )  # fmt: skip
    if asked.quota < 0:
        none = incomplete(request, f"change-{type_}", form, quota="ticket_desk.no_number")
        return await show(request, sale, caller, none)
    return await _did(request, sale, caller, f"change-{type_}", form, asked, "type_changed")


@router.post("/{sale}/batal", dependencies=CHECKED)
async def cancel(request: Request, sale: Identifier, caller: Staff) -> Response:
    """Calls off what tickets are sold for: all money goes back."""
    form = await forms.read(request)
    asked = pb.CancelTicketSaleRequest(request_id=form["request_id"], id=sale, etag=form["etag"], note=form["why"])
    return await _did(request, sale, caller, "cancel", form, asked, "sale_cancelled")


@router.post("/{sale}/uang/{refund}", dependencies=CHECKED)
async def retry(request: Request, sale: Identifier, refund: Identifier, caller: Staff) -> Response:
    """Asks once more for what could not be given back."""
    form = await forms.read(request)
    asked = tickets_pb2.RetryTicketRefundRequest(request_id=form["request_id"], id=refund)
    return await _did(request, sale, caller, "retry", form, asked, "refund_asked")


@router.post("/{sale}/gerbang", dependencies=CHECKED)
async def open_gate(request: Request, sale: Identifier, caller: Staff) -> Response:
    """Opens a gate."""
    form = await forms.read(request)
    asked = gates_pb2.CreateGateRequest(request_id=form["request_id"], sale=sale, name=form["gate_name"])
    return await _did(request, sale, caller, "gate", form, asked, "gate_opened")


@router.post("/{sale}/mulai", dependencies=CHECKED)
async def begin(request: Request, sale: Identifier, caller: Staff) -> Response:
    """Lets it go on from another time on."""
    form = await forms.read(request)
    at = _instant(request, form["open_time"])
    if at is None:
        none = incomplete(request, "begin", form, open_time="ticket_desk.time_wrong")
        return await show(request, sale, caller, none)
    asked = pb.StopTicketSaleRequest(
        request_id=form["request_id"], id=sale, etag=form["etag"], open=True, note=form["note"], open_time=at
    )
    answer = await tried(request, caller, "begin", form, asked)
    if not isinstance(answer, FormState) and answer.ticket_sale.open_time != at:
        # By the version before, while it is upgraded: it knows no other begin. What is sent next is another request.
        again = Fields({**form, "request_id": ""})
        answer = incomplete(request, "begin", again, open_time="ticket_desk.begin_not_kept")
    return await _after(request, sale, caller, answer, "sale_begins")


@router.post("/{sale}/{verb}", dependencies=CHECKED)
async def stop(request: Request, sale: Identifier, verb: Identifier, caller: Staff) -> Response:
    """Stops it (``berhenti``), or lets it go on (anything else)."""
    form = await forms.read(request)
    goes_on = verb != "berhenti"
    asked = pb.StopTicketSaleRequest(
        request_id=form["request_id"], id=sale, etag=form["etag"], open=goes_on, note=form["note"]
    )
    return await _did(request, sale, caller, "stop", form, asked, "sale_resumed" if goes_on else "sale_stopped")


async def _did(
    request: Request, sale: str, caller: Caller, doing: str, form: Fields, asked: Any, done: str
) -> Response:
    return await _after(request, sale, caller, await tried(request, caller, doing, form, asked), done)


async def _after(request: Request, sale: str, caller: Caller, answer: Any, done: str) -> Response:
    if isinstance(answer, FormState):
        return await show(request, sale, caller, answer)
    return RedirectResponse(f"{PATH}/{sale}?done={done}", 303)


async def _desk(request: Request, caller: Caller, shown: FormState) -> Response:
    asked = pb.ListTicketSalesRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    choices = await ticket_choices.offered(request, caller)
    return render(
        request, "branding/officer_ticket_sales.html", shown.status, private=True, here="officer", view="tickets",
        sales=[views.ticket_sale(each) for each in answer.ticket_sales],
        next_href=next_href(PATH, answer.next_page_token), **choices, **shown.context(),
    )  # fmt: skip


async def show(request: Request, sale: str, caller: Caller, shown: FormState) -> Response:
    """The page of one sale."""
    pillars = current_gateway(request).pillars
    given = shown.form or Fields()
    entered = given["hari"] or request.query_params.get("hari", "")
    read = read_day(request, entered)
    day = read or str(read_day(request, ""))
    answer = await pillars.call(pb.GetTicketSaleRequest(id=sale, day=day), caller)
    found = views.ticket_sale(answer.ticket_sale)
    if found.start_time is None and read is None:
        shown = unreadable(request, shown, entered)
    own = caller.has("admin") or caller.agency == found.agency
    context: dict[str, Any] = await _of_the_agency(pillars, found, caller) if own else {}
    return render(
        request, "branding/officer_ticket_sale.html", shown.status, private=True, here="officer", view="tickets",
        sale=found, base=f"{PATH}/{found.id}", admissions=("once", "daily"),
        reentries=("none", "after_exit", "free"), own=own, day=day, without_gate=_without_gate(found, context),
        **context, **shown.context(),
    )  # fmt: skip


def _without_gate(sale: views.TicketSale, context: dict[str, Any]) -> set[str]:
    """Gates that types name and nobody has opened: their tickets let in nowhere until somebody does."""
    opened = {one.name.casefold() for one in context.get("gates", ())}
    return {gate for one in sale.types for gate in one.gates if "gates" in context and gate.casefold() not in opened}


async def _of_the_agency(pillars: Pillars, sale: views.TicketSale, caller: Caller) -> dict[str, Any]:
    """What the agency that sells sees of a sale beside what everybody sees."""
    gates, amiss, open_, took, event = await asyncio.gather(
        pillars.call(gates_pb2.ListGatesRequest(sale=sale.id), caller),
        pillars.call(gates_pb2.ListAmissScansRequest(sale=sale.id, page_size=PAGE), caller),
        pillars.call(tickets_pb2.ListTicketRefundsRequest(sale=sale.id, page_size=PAGE), caller),
        pillars.call(ticket_settlements_pb2.ListTicketSettlementsRequest(sale=sale.id), caller),
        _event_of(pillars, sale, caller),
    )
    return {
        **event,
        "gates": [gates_views.gate(one) for one in gates.gates],
        "refunds": [tickets_views.ticket_refund(one) for one in open_.refunds],
        "more_refunds": bool(open_.next_page_token),
        "under_way": open_.under_way,
        "settlement": ticket_settlements_views.ticket_settlement(took.settlements[0]),
        "tax": ticket_settlements_views.ticket_tax(took.tax) if took.HasField("tax") else None,
        "amiss": [gates_views.amiss_scan(one) for one in amiss.scans],
    }


async def _event_of(pillars: Pillars, sale: views.TicketSale, caller: Caller) -> dict[str, Any]:
    """The event of a sale, and whether the date that is sold is called off, to come, and the caller's to call off."""
    if not sale.event:
        return {}
    answer = await pillars.call(city_events_pb2.GetCityEventRequest(id=sale.event), caller)
    event = city_events_views.city_event(answer.event)
    state = next((one.state for one in event.occasions if one.id == sale.occasion), "")
    announced = state == "planned" and bool(sale.end_time and sale.end_time > datetime.now(UTC))
    goes_along = announced and event.theirs
    return {"event": event, "date_off": state == "cancelled", "announced": announced, "goes_along": goes_along}


def _instant(request: Request, text: str) -> Timestamp | None:
    """What a field of day and time says, in the city's own time."""
    at = moment_of(text, city_words(request).city.timezone)
    if at is None:
        return None
    made = Timestamp()
    made.FromDatetime(at)
    return made


def _price(text: str) -> int:
    """An amount, 0 where a ticket is free; below it where that is none."""
    amount = money.entered(text)
    return -1 if amount is None else amount


def _number(text: str) -> int:
    """A whole number, 0 where nothing is written; below it where that is none."""
    number = grouped(text, 9) if text else 0
    return -1 if number is None else number
