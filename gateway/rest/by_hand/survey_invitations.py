"""Codes of invitations to judge a service, for who has shown that it is their case, payment or permit: a payment's code
is no proof of that, since its agency lists those of its counters.

Pillars never call each other: the one that has the case says whose it is, then the one that asks hands out the code.
"""

from typing import Any

import grpc.aio
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import FieldError, Problem, error_info
from gateway.bodies.kinds import JSON
from gateway.callers.session import current_caller
from gateway.city.permitting import UNDECIDED
from gateway.gateway import Gateway
from gateway.rest.answering import PRIVATE, encode
from gateway.rest.route import by_hand
from services.kit.caller import ANONYMOUS, Caller
from smartcity.economy.v1 import payments_pb2, permits_pb2, permits_views
from smartcity.governance.v1 import complaints_pb2, photos_pb2
from smartcity.society.v1 import satisfaction_pb2 as pb2
from smartcity.society.v1 import satisfaction_views as views

_ENDED = frozenset({complaints_pb2.COMPLAINT_STATE_CLOSED, complaints_pb2.COMPLAINT_STATE_REJECTED})
_DOCUMENTED: dict[str, Any] = {"answers": "OfferInvitationResponse"}


@by_hand(
    "GET",
    "/v1/complaints/{code}/survey-invitation",
    photos_pb2.CheckPhotoRequest,
    "getComplaintInvitation",
    only=("code", "link_key"),
    refusals=(409,),
    **_DOCUMENTED,
)
async def of_complaint(parts: Gateway, request: Request, message: photos_pb2.CheckPhotoRequest) -> Response:
    """Reads the code by which the reporter of a case that has ended can judge.

    It is empty where nobody is asked, and while the case is open again.
    Errors: LINK_KEY_REQUIRED, COMPLAINT_NOT_FOUND; of a link in a mail also MAIL_LINK_EXPIRED, MAIL_LINK_ENDED,
    MAIL_LINK_OTHER_PURPOSE.
    """
    await require_reporter(parts, message, current_caller(request))
    asked = complaints_pb2.GetComplaintRequest(code=message.code, link_key=message.link_key)
    if (await parts.pillars.call(asked, current_caller(request))).complaint.state not in _ENDED:
        return _told(pb2.OfferInvitationResponse())
    return await _offered(parts, request, pb2.ENDED_KIND_COMPLAINT, message.code)


@by_hand(
    "GET",
    "/v1/payments/{id}/survey-invitation",
    payments_pb2.GetPaymentRequest,
    "getPaymentInvitation",
    **_DOCUMENTED,
)
async def of_payment(parts: Gateway, request: Request, message: payments_pb2.GetPaymentRequest) -> Response:
    """Reads the code by which whoever paid from their wallet, or was asked to by their login, can judge the service.

    It is empty where nobody is asked, and for everybody else.
    """
    found = await parts.pillars.call(message, current_caller(request))
    if not found.payment.own:
        return _told(pb2.OfferInvitationResponse())
    return await _offered(parts, request, pb2.ENDED_KIND_PAYMENT, found.payment.code)


@by_hand(
    "GET",
    "/v1/permits/{code}/survey-invitation",
    permits_pb2.GetPermitRequest,
    "getPermitInvitation",
    **_DOCUMENTED,
)
async def of_permit(parts: Gateway, request: Request, message: permits_pb2.GetPermitRequest) -> Response:
    """Reads the code by which whoever applied for a permit can judge how it was decided.

    It is empty where nobody is asked, while an objection is looked at, and for everybody else who may read it.
    """
    found = await parts.pillars.call(message, current_caller(request))
    if not found.permit.own or permits_views.permit(found.permit).state in UNDECIDED:
        return _told(pb2.OfferInvitationResponse())
    return await _offered(parts, request, pb2.ENDED_KIND_PERMIT, found.permit.code)


async def require_reporter(parts: Gateway, asked: photos_pb2.CheckPhotoRequest, caller: Caller) -> None:
    """Lets only the reporter of a case pass, by key or login: not its agency, whatever else it may do with the case.

    Who may add photos as one of the public is its reporter. Raises LINK_KEY_REQUIRED; what else the pillar refuses.
    """
    public = caller if caller.roles <= {"anonymous", "citizen"} else ANONYMOUS
    try:
        await parts.pillars.call(asked, public)
    except grpc.aio.AioRpcError as error:
        found = error_info(error)
        reason = found.reason if found is not None else ""
        if reason == "PHOTO_NOT_YOURS":
            detail = "Only the reporter can do this: give the link key (X-Link-Key), or log in as whoever filed it."
            raise Problem(403, "LINK_KEY_REQUIRED", detail, errors=[FieldError("X-Link-Key", detail)]) from error
        if reason != "COMPLAINT_NOT_OPEN":  # it is theirs, and takes no more photos
            raise


async def _offered(parts: Gateway, request: Request, kind: "pb2.EndedKind.ValueType", code: str) -> Response:
    asked = pb2.OfferInvitationRequest(kind=kind, code=code)
    return _told(await parts.pillars.call(asked, current_caller(request)))


def _told(offered: pb2.OfferInvitationResponse) -> Response:
    return Response(encode(views.offer_invitation_response(offered)), headers=PRIVATE, media_type=JSON)
