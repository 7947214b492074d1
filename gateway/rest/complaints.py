"""Complaints as citizens use them: file, follow, answer, rate."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from gateway.rest import examples
from gateway.rest.answers import answer, answer_versioned, documented
from gateway.rest.requests import (
    Body,
    Code,
    ContactDetails,
    Key,
    LinkKey,
    Location,
    Name,
    Parts,
    RequiredKey,
    Who,
    Words,
    example,
)
from smartcity.governance.v1 import complaints_pb2 as pb2
from smartcity.governance.v1 import complaints_views as views
from smartcity.types.v1.place_pb2 import Point

router = APIRouter(prefix="/v1", tags=["Complaints"])


class NewComplaint(Body):
    """What somebody wants to tell the city."""

    model_config = example(
        {
            "text": "Sampah menumpuk di depan pasar sejak tiga hari, baunya sampai ke sekolah.",
            "category": "sampah-menumpuk",
            "location": {"lon": 110.4105, "lat": -6.9837},
            "contact": {"name": "Siti", "email": "siti@example.org"},
        }
    )

    text: Annotated[Words, Field(min_length=10, max_length=5000)]
    """What is wrong, in your own words. Nobody but the city reads it before it is released."""
    location: Location
    """Where it is."""
    category: Name = ""
    """Category id, see `/v1/categories`; suggested from the text when left out."""
    contact: ContactDetails | None = None
    """How to reach you; optional."""
    anonymous: bool = False
    """The agency must not learn who you are."""
    secret: bool = False
    """The public must not see the case."""
    exercise: bool = False
    """A drill: everything happens, nothing counts. For staff."""


class Description(Body):
    """What may already be known to the city."""

    model_config = example({"text": "Lampu jalan mati di Jalan Pandanaran", "location": {"area_code": "33.74.01.1007"}})

    text: Annotated[Words, Field(max_length=5000)]
    """What is wrong."""
    category: Name = ""
    """Category id; suggested from the text when left out."""
    location: Location | None = None
    """Where it is; the landmark plays no part."""


class Rating(Body):
    """How the reporter finds the resolution."""

    model_config = example({"rating": 4, "note": "Cepat, terima kasih."})

    rating: Annotated[int, Field(ge=1, le=5, strict=True)]
    """From 1 (bad) to 5 (good)."""
    note: Annotated[Words, Field(max_length=2000)] = ""
    """What you want to add; not public."""


class Reopening(Body):
    """Why it is not done."""

    model_config = example({"note": "Sampahnya masih ada di sisi timur pasar."})

    note: Annotated[Words, Field(min_length=10, max_length=2000)]
    """Why."""


class Reply(Body):
    """The answer to the agency's question."""

    model_config = example({"note": "Di depan kios nomor 14."})

    note: Annotated[Words, Field(min_length=1, max_length=2000)]
    """Your answer."""


class Support(Body):
    """Somebody who has the same trouble."""

    model_config = example({"contact": {"email": "budi@example.org"}})

    contact: ContactDetails | None = None
    """How to tell you news of the case; optional."""


@router.post(
    "/complaints",
    summary="File a complaint",
    operation_id="createComplaint",
    **documented(
        "FiledComplaint", status=201, etag=True, problems=(400, 409, 413, 422, 503, 504), example=examples.FILED
    ),
)
async def create(body: NewComplaint, key: RequiredKey, parts: Parts, who: Who) -> Response:
    """Files a complaint; no account is needed.

    Answers with the code, where it goes and why, the due dates, and the link key, which is shown this once: keep it to
    rate, reply or reopen later.
    """
    message = pb2.CreateComplaintRequest(
        request_id=key,
        text=body.text,
        category=body.category,
        location=point(body.location),
        area_code=body.location.area_code,
        landmark=body.location.landmark,
        contact=contact(body.contact),
        anonymous=body.anonymous,
        secret=body.secret,
        channel=pb2.CHANNEL_KIND_API,
        exercise=body.exercise,
    )
    found = await parts.pillars.call(parts.pillars.complaints.CreateComplaint, message, who)
    filed = msgspec.json.encode(views.complaint(found.complaint))
    ready = b'%b,"link_key":%b}' % (filed[:-1], msgspec.json.encode(found.link_key))
    headers = {
        "location": f"/v1/complaints/{found.complaint.code}",
        "etag": f'"{found.complaint.etag}"',
        "cache-control": "no-store",
    }
    return Response(ready, 201, headers, "application/json")


@router.post(
    "/complaints/similar",
    summary="Find complaints like this one",
    operation_id="listSimilarComplaints",
    **documented("ListSimilarComplaintsResponse", problems=(400, 413, 422, 503, 504)),
)
async def similar(body: Description, parts: Parts, who: Who) -> Response:
    """Lists open complaints that may be the same matter, likeliest first, so that you can join instead of filing."""
    message = pb2.ListSimilarComplaintsRequest(
        text=body.text,
        category=body.category,
        location=point(body.location),
        area_code=body.location.area_code if body.location else "",
    )
    found = await parts.pillars.call(parts.pillars.complaints.ListSimilarComplaints, message, who)
    return answer(views.list_similar_complaints_response(found))


@router.get(
    "/complaints/{code}",
    summary="Follow a complaint",
    operation_id="getComplaint",
    **documented("Complaint", etag=True, conditional=True, problems=(404, 422, 503, 504), example=examples.COMPLAINT),
)
async def read(request: Request, code: Code, parts: Parts, who: Who, link_key: LinkKey = "") -> Response:
    """Reads a complaint with its timeline, effects in other pillars included, as far as you may see it.

    Unknown and secret complaints answer alike. With the link key or the right login you see more.
    """
    message = pb2.GetComplaintRequest(code=code, link_key=link_key)
    found = await parts.pillars.call(parts.pillars.complaints.GetComplaint, message, who)
    return complaint_answer(request, found.complaint)


@router.post(
    "/complaints/{code}/rating",
    summary="Rate the resolution",
    operation_id="rateComplaint",
    **documented("Complaint", etag=True, problems=(400, 401, 403, 404, 409, 413, 422, 503, 504)),
)
async def rate(
    request: Request, code: Code, body: Rating, key: Key, parts: Parts, who: Who, link_key: LinkKey = ""
) -> Response:
    """Rates a resolved complaint from 1 to 5, as its reporter."""
    message = pb2.RateComplaintRequest(request_id=key, code=code, link_key=link_key, rating=body.rating, note=body.note)
    found = await parts.pillars.call(parts.pillars.complaints.RateComplaint, message, who)
    return complaint_answer(request, found.complaint)


@router.post(
    "/complaints/{code}/reopening",
    summary="Reopen a complaint",
    operation_id="reopenComplaint",
    **documented("Complaint", etag=True, problems=(400, 401, 403, 404, 409, 413, 422, 503, 504)),
)
async def reopen(
    request: Request, code: Code, body: Reopening, key: Key, parts: Parts, who: Who, link_key: LinkKey = ""
) -> Response:
    """Reopens a resolved complaint, as its reporter, within the city's time for it."""
    message = pb2.ReopenComplaintRequest(request_id=key, code=code, link_key=link_key, note=body.note)
    found = await parts.pillars.call(parts.pillars.complaints.ReopenComplaint, message, who)
    return complaint_answer(request, found.complaint)


@router.post(
    "/complaints/{code}/replies",
    summary="Answer the agency's question",
    operation_id="replyComplaint",
    **documented("Complaint", etag=True, problems=(400, 401, 403, 404, 409, 413, 422, 503, 504)),
)
async def reply(
    request: Request, code: Code, body: Reply, key: Key, parts: Parts, who: Who, link_key: LinkKey = ""
) -> Response:
    """Answers what the agency asked, as its reporter; the case goes on."""
    message = pb2.ReplyComplaintRequest(request_id=key, code=code, link_key=link_key, note=body.note)
    found = await parts.pillars.call(parts.pillars.complaints.ReplyComplaint, message, who)
    return complaint_answer(request, found.complaint)


@router.post(
    "/complaints/{code}/withdrawal",
    summary="Withdraw a complaint",
    operation_id="withdrawComplaint",
    **documented("Complaint", etag=True, problems=(400, 401, 403, 404, 409, 422, 503, 504)),
)
async def withdraw(request: Request, code: Code, key: Key, parts: Parts, who: Who, link_key: LinkKey = "") -> Response:
    """Takes an open complaint back, as its reporter."""
    message = pb2.WithdrawComplaintRequest(request_id=key, code=code, link_key=link_key)
    found = await parts.pillars.call(parts.pillars.complaints.WithdrawComplaint, message, who)
    return complaint_answer(request, found.complaint)


@router.post(
    "/complaints/{code}/me-too",
    summary="Join a complaint",
    operation_id="joinComplaint",
    **documented(
        "JoinComplaintResponse",
        problems=(400, 404, 409, 413, 422, 503, 504),
        example={"code": "SMG-7K4P-92", "supporters": 3},
    ),
)
async def join(code: Code, key: Key, parts: Parts, who: Who, body: Support | None = None) -> Response:
    """Says "me too" instead of filing the same matter again."""
    message = pb2.JoinComplaintRequest(request_id=key, code=code, contact=contact(body.contact if body else None))
    found = await parts.pillars.call(parts.pillars.complaints.JoinComplaint, message, who)
    return answer(views.join_complaint_response(found))


def complaint_answer(request: Request, complaint: pb2.Complaint) -> Response:
    """A complaint with its ETag."""
    return answer_versioned(request, views.complaint(complaint), complaint.etag)


def point(location: Location | None) -> Point | None:
    """The position in a location, if there is one."""
    if location is None or location.lon is None or location.lat is None:
        return None
    return Point(lon=location.lon, lat=location.lat)


def contact(details: ContactDetails | None) -> pb2.Contact | None:
    """Contact details as the pillar takes them."""
    return None if details is None else pb2.Contact(name=details.name, email=details.email, phone=details.phone)
