"""What was written while a login ended: found again by the same person, in the same browser, for an hour."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import Problem
from gateway.gateway import current_gateway
from gateway.portal.kit import again
from gateway.portal.kit.acting import signed_in
from gateway.portal.kit.held import PATH
from gateway.portal.kit.page import PageRoute, render, texts_of
from services.kit.caller import Caller

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("/{id_}")
async def show(request: Request, id_: UUID, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Shows it, to be sent now or written into its page once more."""
    gateway = current_gateway(request)
    found = await gateway.held.find(request.state.visitor, gateway.sessions.login(caller), id_)
    if found is None:
        raise Problem(404, "FORM_GONE", "Nothing is kept here for you any more; it is kept for an hour.")
    return render(
        request, "city/held.html", private=True, page=found.page, again=again.held(found, texts_of(request))
    )  # fmt: skip
