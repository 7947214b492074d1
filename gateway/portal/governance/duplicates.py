"""Before a case is joined to another for good: both side by side."""

from __future__ import annotations

import asyncio

import grpc.aio
from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.governance.work_page import TRANSITION_PATHS, path_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import render
from gateway.portal.kit.way_back import kept
from services.kit.caller import Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_views as views

_NO_CASE = {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.PERMISSION_DENIED}


async def compared(request: Request, code: str, caller: Caller, form: Fields) -> Response | None:
    """The page that asks once more; None where the other one is no case to be read: the pillar says why it is none.

    Raises AioRpcError where that cannot be known now: nothing is joined that was not seen.
    """
    named = form["duplicate_of"].strip().upper()
    if not named:
        return None
    try:
        one, other = await asyncio.gather(_of(request, code, caller), _of(request, named, caller))
    except grpc.aio.AioRpcError as error:
        if error.code() not in _NO_CASE:
            raise
        return None
    if one.code == other.code:
        return None
    base = path_of(one.code)
    return render(
        request, "governance/officer_duplicate.html", private=True, here="officer", view="case", pair=(one, other),
        it=one, other=other, form=form, base=base, trail=kept(request),
        action=f"{base}/{TRANSITION_PATHS['mark_duplicate']}{kept(request)}",
    )  # fmt: skip


async def _of(request: Request, code: str, caller: Caller) -> views.Complaint:
    answer = await current_gateway(request).pillars.call(pb.GetComplaintRequest(code=code), caller)
    return views.complaint(answer.complaint)
