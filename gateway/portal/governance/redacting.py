"""Taking something out of a case at the desk: one verifier asks for it, another approves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.governance.work_page import act
from gateway.portal.kit import forms
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.page import PageRoute
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from services.kit.numbers import typed
from smartcity.governance.v1 import redactions_pb2 as pb
from smartcity.governance.v1 import redactions_views as views

router = APIRouter(prefix="/petugas/{code}", route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]


@router.post("/redaksi", dependencies=CHECKED)
async def ask(request: Request, code: Code, caller: Staff) -> Response:
    """Asks for it."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    entries = [typed(each, 5) for each in form.all("entries")]
    asked = pb.RedactComplaintRequest(
        request_id=form["request_id"],
        code=code,
        words=form.flag("words"),
        photos=form.all("photos"),
        entries=[each for each in entries if each is not None],
        reason=views.REDACTION_REASON_NUMBERS.get(form["reason"], pb.REDACTION_REASON_UNSPECIFIED),
    )
    return await act(request, code, caller, "redact", "redaction_asked", form, pillars.call(asked, caller))


@router.post("/redaksi/{redaction}", dependencies=CHECKED)
async def approve(request: Request, code: Code, redaction: Identifier, caller: Staff) -> Response:
    """Approves what somebody else asked for."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.ApproveRedactionRequest(request_id=form["request_id"], code=code, id=redaction)
    return await act(request, code, caller, "approve", "redacted", form, pillars.call(asked, caller))
