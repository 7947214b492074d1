"""What the pages of the emergency number share: who may see them, the protocol's names, and doing what a form asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any

from fastapi import Depends
from google.protobuf.message import Message
from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import acting
from gateway.portal.kit.acting import OVERTAKEN, FormState, attempted
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import texts_of
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import incidents_views as views
from smartcity.types.v1 import place_pb2

BOARD = "/petugas/112"
CALLS = f"{BOARD}/panggilan"
CHECKED = [Depends(csrf_checked)]

Made = Callable[[Fields, str], Message]
"""Makes the request of a form about something of that id."""


Names = Mapping[str, Mapping[str, str]]
"""Names in the reader's language by what they are of, and by the identifiers of the protocol."""


def dispatchers(request: Request) -> Caller:
    """Dependency: a dispatcher of the emergency number."""
    caller = staff(request)
    if not caller.has("dispatcher"):
        raise Problem(403, "ROLE_NOT_ALLOWED", "This desk is for dispatchers of the emergency number.")
    return caller


Dispatcher = Annotated[Caller, Depends(dispatchers)]


async def protocol(request: Request) -> views.EmergencyProtocol:
    """The city's protocol. Raises AioRpcError, also where it has none."""
    asked = pb.GetEmergencyProtocolRequest()
    answer = await current_gateway(request).pillars.look(asked, pb.GetEmergencyProtocolResponse, within=5.0)
    return views.emergency_protocol(answer.protocol)


def names(request: Request, found: views.EmergencyProtocol) -> Names:
    """Names of kinds, services and parties in the reader's language."""
    texts = texts_of(request)

    def of(rows: Any) -> dict[str, str]:
        return {one.id: texts.pick(one.name, one.name_en) for one in rows}

    return {"kind": of(found.kinds), "service": of(found.services), "party": of(found.parties)}


def position(form: Fields) -> place_pb2.Point | None:
    """The point of a form, where it has one."""
    lon, lat = form.number("lon"), form.number("lat")
    return None if lon is None or lat is None else place_pb2.Point(lon=lon, lat=lat)


def guessed(request: Request, one: Any) -> str:
    """Name of the known place that the position of a call, an incident or a job is that of, as its words are like it;
    empty where the position was told, or none is known.
    """
    found = current_gateway(request).city.place(one.place) if one.place and one.location else None
    return found.name if found and (found.lon, found.lat) == (one.location.lon, one.location.lat) else ""


async def done(request: Request, doing: str, form: Fields, asked: Any, caller: Caller) -> Any:
    """The answer to what a form asks, or the state of the form that shows why there is none."""
    return await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))


def ended(request: Request, shown: FormState, acts: Collection[str], text: str) -> FormState:
    """The same (``acting.overtaken``) of one of these acts, which what has ended offers no more."""
    kept_its_key = shown.form is not None and bool(shown.form["request_id"])  # it may have been done itself
    if shown.doing not in acts or shown.status not in OVERTAKEN or kept_its_key:
        return shown
    return acting.overtaken(request, shown, text)


def taken(answer: Any) -> str:
    """Address of the page of a call that was just taken, which warns of a number that nobody can call."""
    unclear = "paper_unclear" if answer.call.paper else "call_unclear"  # nobody is on the line of a form
    return f"{CALLS}/{answer.call.id}?done={unclear if answer.phone_unclear else 'call_taken'}"


def refused(answer: object) -> FormState | None:
    """The state of a form that was refused."""
    return answer if isinstance(answer, FormState) else None
