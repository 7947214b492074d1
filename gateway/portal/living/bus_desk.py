"""The desk of buses: which an agency has registered, which are silent, which follow each other too closely."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.city.riding import riding_of
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, tried
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.city_words import drawing_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.rewriting import shown_again
from gateway.portal.kit.staff import staff
from gateway.portal.living import boarding
from gateway.portal.living.bus_map import buses_of, drawn, labels
from services.kit.caller import Caller
from services.kit.numbers import grouped
from smartcity.living.v1 import departures_views
from smartcity.living.v1 import vehicles_pb2 as pb
from smartcity.living.v1 import vehicles_views as views

router = APIRouter(prefix="/petugas/bus", route_class=PageRoute, include_in_schema=False)
PATH = "/petugas/bus"
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]
ACCESS = ("unknown", "yes", "no")
DONE = frozenset({"vehicle_registered", "vehicle_updated", "vehicle_retired", "credential_revoked"})


@router.get("")
async def listed(request: Request, caller: Staff, done: str = "") -> Response:
    """The agency's buses; those of all for administrators."""
    return await _listed(request, caller, FormState(done=done if done in DONE else ""))


async def _listed(request: Request, caller: Caller, shown: FormState) -> Response:
    found: list[views.VehicleRegistration] = []
    token = ""
    if caller.has("admin") or (caller.has("officer") and caller.agency):
        asked = pb.ListVehicleRegistrationsRequest(page_size=PAGE, page_token=page_token(request))
        answer = await current_gateway(request).pillars.call(asked, caller)
        found, token = [views.vehicle_registration(one) for one in answer.registrations], answer.next_page_token
    buses = await buses_of(request)
    city = drawing_of(current_gateway(request).city)
    return render(
        request, "living/officer_buses.html", shown.status, private=True, here="officer", view="buses", found=found,
        now={one.id: one for one in buses}, close=[one for one in buses if one.bunched_behind],
        silent=sum(one.state == "silent" for one in buses), live=sum(one.state == "live" for one in buses),
        now_at=datetime.now(UTC), labels=labels(buses), drawing=drawn(city, buses), map=city,
        registers=bool(caller.agency) and caller.has("officer"), access=ACCESS,
        everybodys=caller.has("admin"), next_href=next_href(PATH, token), **shown.context(),
    )  # fmt: skip


@router.post("", dependencies=CHECKED)
async def register(request: Request, caller: Staff) -> Response:
    """Registers a bus for the officer's agency."""
    form = await forms.read(request)
    asked = pb.RegisterVehicleRequest(request_id=form["request_id"], id=form["id"])
    answer = await tried(request, caller, "register", form, asked, _told(form, asked))
    if isinstance(answer, FormState):
        return await _listed(request, caller, answer)
    return RedirectResponse(f"{PATH}/{answer.registration.id}?done=vehicle_registered", 303)


def _told(form: Fields, asked: pb.RegisterVehicleRequest | pb.UpdateVehicleRequest) -> dict[str, str]:
    """Writes what is told of a bus into a request; of what cannot be read the keys of texts, by the entries' names."""
    asked.label, asked.plate = form["label"], form["plate"]
    if form["accessible"] in departures_views.TRANSIT_ACCESS_NUMBERS:
        asked.accessible = departures_views.TRANSIT_ACCESS_NUMBERS[form["accessible"]]
    capacity = grouped(form["capacity"] or "0", 4)
    asked.capacity = capacity or 0
    return {"capacity": "bus_desk.capacity_wrong"} if capacity is None else {}


@router.get("/{id}")
async def bus(request: Request, id: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """One bus, and what can be done with it."""
    return await _bus(request, id, caller, FormState(done=done if done in DONE else ""))


async def _bus(
    request: Request, id_: str, caller: Caller, shown: FormState, *, user: str = "", password: str = ""
) -> Response:
    answer = await current_gateway(request).pillars.call(pb.GetVehicleRegistrationRequest(id=id_), caller)
    found = views.vehicle_registration(answer.registration)
    address, texts = _code(request, found), texts_of(request)
    present = Fields(label=found.label, plate=found.plate, capacity=str(found.capacity or ""))
    present["accessible"] = found.accessible or ""
    context = shown_again(
        shown, "update", present, words={"accessible": texts.maybe(f"transit_access.{found.accessible}", "")}
    )
    return render(
        request, "living/officer_bus.html", shown.status, private=True, here="officer", view="buses", one=found,
        base=f"{PATH}/{found.id}", user=user, password=password, address=address,
        code=qr.drawing(address) if address else "", access=ACCESS, **context,
    )  # fmt: skip


def _code(request: Request, found: views.VehicleRegistration) -> str:
    """What the code for boarding it says; empty where nobody boards by it."""
    gateway = current_gateway(request)
    if found.retire_time or not riding_of(gateway.city).agency:
        return ""
    return boarding.address(gateway.settings.public_url, found.id)


@router.get("/{id}/kode")
async def code(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """The code for boarding a bus, to be printed."""
    answer = await current_gateway(request).pillars.call(pb.GetVehicleRegistrationRequest(id=id), caller)
    found = views.vehicle_registration(answer.registration)
    address = _code(request, found)
    if not address:
        raise Problem(404, "VEHICLE_RETIRED", "Nobody boards this vehicle by a code.")
    return render(
        request, "living/officer_bus_code.html", private=True, here="officer", view="buses", one=found,
        address=address, code=qr.drawing(address),
    )  # fmt: skip


@router.post("/{id}/ubah", dependencies=CHECKED)
async def update(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Corrects what was told of a bus."""
    form = await forms.read(request)
    asked = pb.UpdateVehicleRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    answer = await tried(request, caller, "update", form, asked, _told(form, asked))
    if isinstance(answer, FormState):
        return await _bus(request, id, caller, answer)
    return RedirectResponse(f"{PATH}/{id}?done=vehicle_updated", 303)


@router.post("/{id}/sandi", dependencies=CHECKED)
async def issue(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Gives a bus a password, its first or a new one. The page that answers is the only one with it."""
    form = await forms.read(request)
    asked = pb.IssueVehicleCredentialRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    answer = await attempted(request, "issue", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _bus(request, id, caller, answer)
    return await _bus(request, id, caller, FormState(), user=answer.user, password=answer.password)


@router.post("/{id}/cabut", dependencies=CHECKED)
async def revoke(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Takes a bus' password away."""
    form = await forms.read(request)
    asked = pb.RevokeVehicleCredentialRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    answer = await attempted(request, "revoke", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _bus(request, id, caller, answer)
    return RedirectResponse(f"{PATH}/{id}?done=credential_revoked", 303)


@router.post("/{id}/pensiun", dependencies=CHECKED)
async def retire(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Retires a bus."""
    form = await forms.read(request)
    asked = pb.RetireVehicleRequest(request_id=form["request_id"], id=id, etag=form["etag"], reason=form["reason"])
    answer = await attempted(request, "retire", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _bus(request, id, caller, answer)
    return RedirectResponse(f"{PATH}/{id}?done=vehicle_retired", 303)
