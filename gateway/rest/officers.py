"""Complaints as the city's officers and verifiers use them: queue, moves, corrections, releases."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from gateway.rest.answers import PRIVATE, answer, documented
from gateway.rest.complaints import complaint_answer
from gateway.rest.requests import Body, Code, Key, Name, PageSize, PageToken, Parts, Version, Who, Words, example
from smartcity.governance.v1 import complaints_pb2 as pb2
from smartcity.governance.v1 import complaints_views as views

router = APIRouter(prefix="/v1", tags=["Officers"])

PhotoIds = Annotated[list[Name], Field(max_length=20)]
_CHANGES = (400, 401, 403, 404, 409, 412, 413, 422, 428, 503, 504)


class Move(Body):
    """One step along the state table."""

    model_config = example(
        {"transition": "resolve", "note": "Sampah sudah diangkut dan lokasi dibersihkan.", "photos": ["0192f3a4-..."]}
    )

    transition: views.Transition
    """The edge to take; `transitions` of the complaint names those you may take now."""
    note: Annotated[Words, Field(max_length=2000)] = ""
    """Public note: the question when asking, the reason when rejecting, transferring or refusing, what was done when
    resolving."""
    agency: Name = ""
    """Agency to assign or transfer to."""
    duplicate_of: Name = ""
    """Code of the complaint this one duplicates."""
    photos: PhotoIds = Field(default_factory=list)
    """Ids of evidence photos that prove the resolution."""
    refusal: bool = False
    """The resolution is a reasoned refusal, which needs no photo."""


class Correction(Body):
    """What was filed wrongly; what is left out stays."""

    model_config = example({"category": "pju-mati"})

    category: Name = ""
    """New category id."""
    area_code: Name = ""
    """New kelurahan or desa, by its Kemendagri code."""


class Release(Body):
    """What the public may see."""

    model_config = example({"public_text": "Sampah menumpuk di depan pasar sejak tiga hari.", "photos": []})

    public_text: Annotated[Words, Field(max_length=5000)] = ""
    """The words as the public may read them, without personal data; empty keeps them back."""
    photos: PhotoIds = Field(default_factory=list)
    """Ids of the photos to release."""


@router.get(
    "/complaints",
    summary="List complaints",
    operation_id="listComplaints",
    **documented("ListComplaintsResponse", problems=(401, 403, 422, 503, 504)),
)
async def list_complaints(
    parts: Parts,
    who: Who,
    state: Annotated[
        list[views.ComplaintState], Query(max_length=12, description="Only these states; all open ones when left out.")
    ] = [],  # noqa: B006 - FastAPI copies defaults
    agency: Annotated[str, Query(max_length=100, description="Only this agency; officers see only their own.")] = "",
    category: Annotated[str, Query(max_length=100, description="Only this category.")] = "",
    area_code: Annotated[str, Query(max_length=20, description="Only areas whose code begins so.")] = "",
    overdue: Annotated[bool, Query(description="Only cases past their next deadline.")] = False,
    code: Annotated[str, Query(max_length=32, description="Only the case of this code.")] = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists complaints for officers, the most urgent due date first, without timelines."""
    message = pb2.ListComplaintsRequest(
        page_size=page_size,
        page_token=page_token,
        states=[views.COMPLAINT_STATE_NUMBERS[each] for each in state],
        agency=agency,
        category=category,
        area_code=area_code,
        overdue=overdue,
        code=code,
    )
    found = await parts.pillars.call(parts.pillars.complaints.ListComplaints, message, who)
    return answer(views.list_complaints_response(found), headers=dict(PRIVATE))


@router.post(
    "/complaints/{code}/transitions",
    summary="Move a complaint",
    operation_id="transitionComplaint",
    **documented("Complaint", etag=True, problems=_CHANGES),
)
async def transition(
    request: Request, code: Code, body: Move, version: Version, key: Key, parts: Parts, who: Who
) -> Response:
    """Moves a complaint along one edge of the state table: verify, assign, start, ask, resolve and so on."""
    message = pb2.TransitionComplaintRequest(
        request_id=key,
        code=code,
        etag=version,
        transition=views.TRANSITION_NUMBERS[body.transition],
        note=body.note,
        agency=body.agency,
        duplicate_of=body.duplicate_of,
        photos=body.photos,
        refusal=body.refusal,
    )
    found = await parts.pillars.call(parts.pillars.complaints.TransitionComplaint, message, who)
    return complaint_answer(request, found.complaint)


@router.post(
    "/complaints/{code}/corrections",
    summary="Correct category or place",
    operation_id="correctComplaint",
    **documented("Complaint", etag=True, problems=_CHANGES),
)
async def correct(
    request: Request, code: Code, body: Correction, version: Version, key: Key, parts: Parts, who: Who
) -> Response:
    """Corrects category or place before the agency starts; the agency follows from the routing rules."""
    message = pb2.CorrectComplaintRequest(
        request_id=key, code=code, etag=version, category=body.category, area_code=body.area_code
    )
    found = await parts.pillars.call(parts.pillars.complaints.CorrectComplaint, message, who)
    return complaint_answer(request, found.complaint)


@router.post(
    "/complaints/{code}/releases",
    summary="Release text and photos",
    operation_id="releaseComplaint",
    **documented("Complaint", etag=True, problems=_CHANGES),
)
async def release(
    request: Request, code: Code, body: Release, version: Version, key: Key, parts: Parts, who: Who
) -> Response:
    """Makes text and photos public, redacted where needed, as a verifier."""
    message = pb2.ReleaseComplaintRequest(
        request_id=key, code=code, etag=version, public_text=body.public_text, photos=body.photos
    )
    found = await parts.pillars.call(parts.pillars.complaints.ReleaseComplaint, message, who)
    return complaint_answer(request, found.complaint)
