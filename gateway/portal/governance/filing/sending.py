"""Sending: the draft becomes a report, or is joined to one that others filed; a refusal leads back to its screen."""

from __future__ import annotations

import asyncio
from uuid import UUID

import grpc.aio
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import Problem, from_grpc
from gateway.callers.origins import origin_of
from gateway.callers.session import current_caller
from gateway.drafts.model import Draft, Photo, Said, Trouble
from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys, support
from gateway.portal.governance.filing import entries, screens
from gateway.portal.governance.photos import LATER
from gateway.portal.kit import forms
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.own_values import new_key
from services.kit.caller import Caller

PAUSES = (0.2, 0.5, 1.0)
"""Seconds between looks whether the same photo, which another request is moving, is through."""


async def send(request: Request, identity: UUID, draft: Draft, _code: str = "") -> Response:
    """Files the report, then moves its photos: one that is refused does not cost the report.

    With the login of staff too: nobody decides on what they reported.
    """
    gateway, caller = current_gateway(request), current_caller(request)
    origin = origin_of(request, draft.fields.get("email", ""))
    try:
        answer = await gateway.pillars.call(entries.filing(draft, origin), caller)
    except grpc.aio.AioRpcError as error:
        return await _refused(request, identity, from_grpc(error))
    code, key = answer.complaint.code, answer.link_key
    refused = await _give(request, draft.photos, code, key, draft.key, caller)
    ended_before = await _end(request, identity, code, [] if refused else draft.photos)
    # Of a form sent twice one of the two moves the photos; the other finds them on their way, or gone.
    told = refused and not ended_before and refused != "REQUEST_IN_FLIGHT"
    to = f"{link_keys.path_of(code)}/diterima" + (f"?foto={refused}" if told else "")
    response = link_keys.keep_and_go(request, code, key, to, link_keys.REPORTED)
    link_keys.mark_sent(request, response, code)
    return response


async def join(request: Request, identity: UUID, draft: Draft, code: str) -> Response:
    """Me too, instead of a new report."""
    try:
        response = await support.join(request, code, Fields(draft.fields | {"request_id": draft.key}))
    except grpc.aio.AioRpcError as error:
        return await _refused(request, identity, from_grpc(error))
    gateway = current_gateway(request)
    await gateway.drafts.drop(request.state.visitor, identity)
    for photo in draft.photos:
        await gateway.draft_photos.drop(photo)
    return response


async def _refused(request: Request, identity: UUID, problem: Problem) -> Response:
    """Leads to the screen on which the first refused entry stands."""
    errors: dict[str, tuple[Said, ...]] = {
        each.field.rpartition(".")[2]: (Said(words=each.message),) for each in problem.errors
    }
    trouble = Trouble(entries.step_of(errors), problem.status, problem.reason, problem.detail, errors)
    drafts, network = current_gateway(request).drafts, origin_of(request).network
    async with drafts.changing(request.state.visitor, identity, network) as draft:
        draft.trouble = trouble
        if not forms.may_have_happened(problem):
            draft.key = new_key()
    return screens.go_to(request, identity, trouble.step, at="problem")


async def _give(request: Request, photos: list[Photo], code: str, link_key: str, key: str, caller: Caller) -> str:
    """Moves the photos into the case; the reason why one was refused, if one was, or that they may come later."""
    if not photos:
        return ""
    gateway = current_gateway(request)
    for pause in (*PAUSES, 0.0):
        try:
            await gateway.draft_photos.give(gateway, photos, code, link_key, key, caller)
        except grpc.aio.AioRpcError as error:
            problem = from_grpc(error)
        except Problem as refused:
            problem = refused
        else:
            return ""
        if problem.reason != "REQUEST_IN_FLIGHT":
            break
        await asyncio.sleep(pause)
    return LATER if problem.status >= 500 else problem.reason


async def _end(request: Request, identity: UUID, code: str, moved: list[Photo]) -> bool:
    """The draft is filed; whether it was before. What cannot be said of it now expires by itself."""
    gateway = current_gateway(request)
    try:
        async with gateway.drafts.changing(request.state.visitor, identity, origin_of(request).network) as draft:
            before = bool(draft.code)
            draft.sent(code)
    except Problem:
        return False
    for photo in moved:
        await gateway.draft_photos.drop(photo)
    return before
