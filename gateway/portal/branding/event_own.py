"""Events of organisers: what somebody proposes, what became of it, and how they call it off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import csrf_checked
from gateway.portal.branding import event_work as work
from gateway.portal.kit.acting import FormState, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute
from services.kit.caller import Caller

PATH = "/wisata/usul"
LIST, NEW, ONE = (f"branding/own_{name}.html" for name in ("events", "event_new", "event"))
OWN_PAGE = OwnPage(PATH, "event_own.title")
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
Organiser = Annotated[Caller, Depends(signed_in)]


@router.get("")
async def listed(request: Request, caller: Organiser, keadaan: str = "", done: str = "") -> Response:
    """Events in a state, those that wait, or all of them; and where a new one is written."""
    return await work.listed(request, caller, PATH, LIST, keadaan, done)


@router.get("/baru")
async def blank(request: Request, caller: Organiser) -> Response:
    """The form for another."""
    return await work.blank(request, PATH, NEW, FormState())


@router.post("/baru", dependencies=CHECKED)
async def create(request: Request, caller: Organiser) -> Response:
    """Saves a draft."""
    return await work.create(request, caller, PATH, NEW)


@router.get("/{id}")
async def shown(request: Request, id: Identifier, caller: Organiser, done: str = "") -> Response:  # noqa: A002
    """One of them."""
    return await work.shown(request, id, caller, PATH, ONE, FormState(done=done if done in work.DONE else ""))


@router.post("/{id}/ubah", dependencies=CHECKED)
async def update(request: Request, id: Identifier, caller: Organiser) -> Response:  # noqa: A002
    """Writes it anew."""
    return await work.act(request, id, caller, PATH, ONE, "update")


@router.post("/{id}/batal", dependencies=CHECKED)
async def cancel(request: Request, id: Identifier, caller: Organiser) -> Response:  # noqa: A002
    """Calls it, or one of its dates, off."""
    return await work.act(request, id, caller, PATH, ONE, "cancel")
