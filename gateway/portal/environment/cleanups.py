"""Clean-ups for officers: the list of jobs, and the steps of the job behind a case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.bodies.kinds import PHOTOS
from gateway.callers.session import FormChecked, csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.governance import photos
from gateway.portal.governance.work_page import act
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, tried
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.staff import staff
from gateway.portal.kit.way_back import trail
from services.kit.caller import Caller
from smartcity.environment.v1 import cleanups_pb2, cleanups_views

router = APIRouter(prefix="/petugas", route_class=PageRoute, include_in_schema=False)
CHECKED, WITH_PHOTOS = [Depends(csrf_checked)], [Depends(FormChecked(PHOTOS))]
Staff = Annotated[Caller, Depends(staff)]


@router.get("/pembersihan")
async def cleanups(request: Request, caller: Staff, done: str = "") -> Response:
    """Clean-up jobs: crews that are to be called back, then the soonest due first."""
    return await _listed(request, caller, FormState(done="called_back" if done == "called_back" else ""))


async def _listed(request: Request, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    asked = cleanups_pb2.ListCleanupsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await pillars.call(asked, caller)
    return render(
        request, "kit/officer_list.html", shown.status, private=True, here="officer", view="cleanups",
        title="officer.cleanups", part="environment/cleanups.html",
        cleanups=[cleanups_views.cleanup(each) for each in answer.cleanups],
        trail=trail("/petugas/pembersihan", page=page_token(request) or None),
        next_href=next_href("/petugas/pembersihan", answer.next_page_token),
        calls_back=caller.has("officer") or caller.has("admin"), **shown.context(),
    )  # fmt: skip


_CALLED_BACK = "Regu sudah dipanggil kembali."
"""What the record says, to whoever reads it: the city's own language."""


@router.post("/pembersihan/{id}/dipanggil", dependencies=CHECKED)
async def called_back(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002 - as the address has it
    """The crew of a cancelled job was called back."""
    form = await forms.read(request)
    asked = cleanups_pb2.AbandonCleanupRequest(
        request_id=form["request_id"], id=id, etag=form["etag"], reason=_CALLED_BACK
    )
    answer = await tried(request, caller, f"back-{id}", form, asked)
    if isinstance(answer, FormState):
        return await _listed(request, caller, answer)
    return RedirectResponse("/petugas/pembersihan?done=called_back", 303)


@router.post("/{code}/pembersihan/kirim", dependencies=CHECKED)
async def dispatch(request: Request, code: Code, caller: Staff) -> Response:
    """Sends a crew."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> None:
        asked = cleanups_pb2.DispatchCleanupRequest(
            request_id=form["request_id"], id=await _job(request, code, caller), etag=form["etag"], crew=form["crew"]
        )
        await pillars.call(asked, caller)

    return await act(request, code, caller, "dispatch", "dispatched", form, send())


@router.post("/{code}/pembersihan/selesai", dependencies=WITH_PHOTOS)
async def complete(request: Request, code: Code, caller: Staff) -> Response:
    """Completes the clean-up with note and photo; the complaint follows by event."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> None:
        evidence = await photos.evidence(request, code, form, caller)
        asked = cleanups_pb2.CompleteCleanupRequest(
            request_id=form["request_id"], id=await _job(request, code, caller), etag=form["etag"], note=form["note"],
            photos=evidence,
        )  # fmt: skip
        await pillars.call(asked, caller)

    return await act(request, code, caller, "complete", "completed", form, send())


@router.post("/{code}/pembersihan/kembalikan", dependencies=CHECKED)
async def abandon(request: Request, code: Code, caller: Staff) -> Response:
    """Gives the job back."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> None:
        asked = cleanups_pb2.AbandonCleanupRequest(
            request_id=form["request_id"], id=await _job(request, code, caller), etag=form["etag"],
            reason=form["reason"],
        )  # fmt: skip
        await pillars.call(asked, caller)

    return await act(request, code, caller, "abandon", "abandoned", form, send())


async def _job(request: Request, code: str, caller: Caller) -> str:
    """Id of the clean-up behind a case."""
    pillars = current_gateway(request).pillars
    asked = cleanups_pb2.GetCleanupRequest(id=code)
    return (await pillars.call(asked, caller)).cleanup.id
