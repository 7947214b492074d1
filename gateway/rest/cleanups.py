"""Clean-ups: the environment pillar's jobs for its crews."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from gateway.rest import examples
from gateway.rest.answers import PRIVATE, answer, answer_versioned, documented
from gateway.rest.requests import (
    Body,
    Identifier,
    Key,
    Name,
    PageSize,
    PageToken,
    Parts,
    Version,
    Who,
    Words,
    example,
)
from smartcity.environment.v1 import cleanups_pb2 as pb2
from smartcity.environment.v1 import cleanups_views as views

router = APIRouter(tags=["Clean-ups"], prefix="/v1/cleanups")
_CHANGES = (400, 401, 403, 404, 409, 412, 413, 422, 428, 503, 504)


class Dispatch(Body):
    """Who goes."""

    model_config = example({"crew": "Semarang Barat 2"})

    crew: Annotated[Words, Field(min_length=1, max_length=100)]
    """Crew to send."""


class Completion(Body):
    """What was done, with proof."""

    model_config = example({"note": "Dua truk sampah diangkut, lokasi disapu.", "photos": ["0192f3a4-..."]})

    note: Annotated[Words, Field(min_length=10, max_length=2000)]
    """What was done; shown to the public."""
    photos: Annotated[list[Name], Field(min_length=1, max_length=20)]
    """Ids of photos recorded with the complaint as evidence."""


class Abandonment(Body):
    """Why it was not done."""

    model_config = example({"reason": "Lokasi tidak dapat dijangkau truk, perlu gerobak."})

    reason: Annotated[Words, Field(min_length=10, max_length=2000)]
    """Why: nothing to clean, not reachable."""


@router.get(
    "",
    summary="List clean-ups",
    operation_id="listCleanups",
    **documented("ListCleanupsResponse", problems=(401, 403, 422, 503, 504)),
)
async def list_cleanups(
    parts: Parts,
    who: Who,
    state: Annotated[
        list[views.CleanupState],
        Query(max_length=5, description="Only these states; open and dispatched ones when left out."),
    ] = [],  # noqa: B006 - FastAPI copies defaults
    complaint: Annotated[str, Query(max_length=32, description="Only this complaint's.")] = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists clean-ups, the soonest due first."""
    message = pb2.ListCleanupsRequest(
        page_size=page_size,
        page_token=page_token,
        states=[views.CLEANUP_STATE_NUMBERS[each] for each in state],
        complaint=complaint,
    )
    found = await parts.pillars.call(parts.pillars.cleanups.ListCleanups, message, who)
    return answer(views.list_cleanups_response(found), headers=dict(PRIVATE))


@router.get(
    "/{id}",
    summary="Read a clean-up",
    operation_id="getCleanup",
    **documented(
        "Cleanup", etag=True, conditional=True, problems=(401, 403, 404, 422, 503, 504), example=examples.CLEANUP
    ),
)
async def read(request: Request, id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002 - the path's word
    """Reads a clean-up by its id or by the code of the complaint behind it."""
    found = await parts.pillars.call(parts.pillars.cleanups.GetCleanup, pb2.GetCleanupRequest(id=id), who)
    return _cleanup(request, found.cleanup)


@router.post(
    "/{id}/dispatch",
    summary="Send a crew",
    operation_id="dispatchCleanup",
    **documented("Cleanup", etag=True, problems=_CHANGES),
)
async def dispatch(
    request: Request,
    id: Identifier,  # noqa: A002
    body: Dispatch,
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Sends a crew."""
    message = pb2.DispatchCleanupRequest(request_id=key, id=id, etag=version, crew=body.crew)
    found = await parts.pillars.call(parts.pillars.cleanups.DispatchCleanup, message, who)
    return _cleanup(request, found.cleanup)


@router.post(
    "/{id}/completion",
    summary="Complete a clean-up",
    operation_id="completeCleanup",
    **documented("Cleanup", etag=True, problems=_CHANGES),
)
async def complete(
    request: Request,
    id: Identifier,  # noqa: A002
    body: Completion,
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Completes a clean-up with evidence; the complaint behind it resolves by itself."""
    message = pb2.CompleteCleanupRequest(request_id=key, id=id, etag=version, note=body.note, photos=body.photos)
    found = await parts.pillars.call(parts.pillars.cleanups.CompleteCleanup, message, who)
    return _cleanup(request, found.cleanup)


@router.post(
    "/{id}/abandonment",
    summary="Give a clean-up back",
    operation_id="abandonCleanup",
    **documented("Cleanup", etag=True, problems=_CHANGES),
)
async def abandon(
    request: Request,
    id: Identifier,  # noqa: A002
    body: Abandonment,
    version: Version,
    key: Key,
    parts: Parts,
    who: Who,
) -> Response:
    """Gives a clean-up back with a reason; the agency decides what happens to the complaint."""
    message = pb2.AbandonCleanupRequest(request_id=key, id=id, etag=version, reason=body.reason)
    found = await parts.pillars.call(parts.pillars.cleanups.AbandonCleanup, message, who)
    return _cleanup(request, found.cleanup)


def _cleanup(request: Request, cleanup: pb2.Cleanup) -> Response:
    return answer_versioned(request, views.cleanup(cleanup), cleanup.etag)
