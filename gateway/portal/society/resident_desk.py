"""The desk of the registration office: declarations of residence that wait, and each of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, strange
from gateway.portal.kit.staff import staff
from gateway.portal.society.residents import office
from services.kit.caller import Caller
from smartcity.society.v1 import residents_pb2 as pb
from smartcity.society.v1 import residents_views as views

PATH = "/petugas/warga"
STATES = ("waiting", "verified", "ended")
DONE = frozenset({"resident_verified", "resident_declined"})

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False, dependencies=[Depends(office)])
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def desk(request: Request, caller: Staff, keadaan: str = "", done: str = "") -> Response:
    """Those in a state; those that wait with the oldest first."""
    elsewhere = strange(request, keadaan=STATES)
    if elsewhere is not None:
        return elsewhere
    return await _desk(request, caller, keadaan or STATES[0], FormState(done=done if done in DONE else ""))


async def _desk(request: Request, caller: Caller, state: str, shown: FormState) -> Response:
    asked = pb.ListResidentsRequest(
        page_size=PAGE, page_token=page_token(request), state=pb.ResidentState.Value(f"RESIDENT_STATE_{state.upper()}")
    )
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "society/officer_residents.html", shown.status, private=True, here="officer", view="residents",
        state=state, states=STATES, found=[views.resident(one) for one in answer.residents],
        next_href=next_href(PATH, answer.next_page_token, keadaan=state), **shown.context(),
    )  # fmt: skip


@router.post("/kode", dependencies=[Depends(csrf_checked)])
async def by_code(request: Request, caller: Staff) -> Response:
    """Opens the one whose code somebody says at the counter, with the code in its form: in no address."""
    form = await forms.read(request)
    asked = pb.ListResidentsRequest(code=form["code"])
    answer: Any = await attempted(request, "code", form, current_gateway(request).pillars.call(asked, caller))
    if not isinstance(answer, FormState) and not (form["code"] and answer.residents):
        answer = incomplete(request, "code", form, code="resident_desk.code_unknown")
    if isinstance(answer, FormState):
        return await _desk(request, caller, STATES[0], answer)
    return await _show(request, answer.residents[0].id, caller, FormState(doing="verify", form=form))


@router.get("/{id}")
async def one(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """One of them."""
    return await _show(request, id, caller, FormState())


@router.post("/{id}/{verb}", dependencies=[Depends(csrf_checked)])
async def decide(request: Request, id: Identifier, verb: Code, caller: Staff) -> Response:  # noqa: A002
    """Verifies it (``verifikasi``), declines it or takes it back (anything else)."""
    form = await forms.read(request)
    said = {"request_id": form["request_id"], "id": id, "etag": form["etag"]}
    asked: Any = pb.DeclineResidentRequest(**said, note=form["note"])
    doing, done = "decline", "declined"
    if verb == "verifikasi":
        number, doing, done = "".join(form["nik"].split()), "verify", "verified"
        asked = pb.VerifyResidentRequest(**said, code=form["code"], nik=number, area_code=form["area_code"])
    answer: Any = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, id, caller, answer)
    return RedirectResponse(f"{PATH}?done=resident_{done}", 303)


async def _show(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(pb.GetResidentRequest(id=id_), caller)
    found = views.resident(answer.resident)
    return render(
        request, "society/officer_resident.html", shown.status, private=True, here="officer", view="residents",
        one=found, base=f"{PATH}/{found.id}", **shown.context(),
    )  # fmt: skip
