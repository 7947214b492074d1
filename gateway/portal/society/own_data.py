"""One's own data: what each pillar of the city keeps of somebody, and its erasure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.own_records import gathered
from gateway.callers.session import csrf_checked
from gateway.city.participation import participates
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete, signed_in
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, render
from services.kit.caller import Caller
from smartcity.society.v1 import data_requests_pb2 as pb
from smartcity.society.v1 import data_requests_views as views

PATH = "/sosial/data-saya"
SOON = timedelta(minutes=2)
"""For how long the page looks by itself whether all have answered: then one of them is stopped."""
DONE = frozenset({"data_asked", "data_erasing"})

OWN_PAGE = OwnPage(PATH, "own_data.title", participates)
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Person = Annotated[Caller, Depends(signed_in)]


@router.get("")
async def own(request: Request, caller: Person, done: str = "") -> Response:
    """The caller's last request with what each pillar has answered."""
    return await _show(request, caller, FormState(done=done if done in DONE else ""))


@router.post("", dependencies=[Depends(csrf_checked)])
async def ask(request: Request, caller: Person) -> Response:
    """Asks all pillars, or (``erase``) has it erased, which takes a tick."""
    form = await forms.read(request)
    erase = form["act"] == "erase"
    if erase and not form.flag("sure"):
        return await _show(request, caller, incomplete(request, "erase", form, sure="own_data.tick"))
    asked = pb.CreateDataRequestRequest(request_id=form["request_id"], erase=erase)
    doing = "erase" if erase else "ask"
    answer: Any = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, caller, answer)
    return RedirectResponse(f"{PATH}?done={'data_erasing' if erase else 'data_asked'}", 303)


@router.get("/unduh")
async def export(request: Request, caller: Person) -> Response:
    """What every pillar keeps of the caller, as a file."""
    found = await gathered(current_gateway(request).pillars, caller)
    body = msgspec.json.format(msgspec.json.encode(found))
    headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="data-saya.json"'}
    return Response(body, media_type="application/json", headers=headers)


async def _show(request: Request, caller: Caller, shown: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(pb.ListDataRequestsRequest(page_size=1), caller)
    found = [views.data_request(one) for one in answer.data_requests]
    last = found[0] if found else None
    since = last.create_time if last is not None and not last.done else None
    fresh = since is not None and datetime.now(UTC) - since < SOON
    hours = f"{current_gateway(request).settings.session_hours:g}"
    return render(
        request, "society/own_data.html", shown.status, private=True, here="society", last=last, fresh=fresh,
        path=PATH, hours=hours, **shown.context(),
    )  # fmt: skip
