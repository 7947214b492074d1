"""PhotoService over gRPC. Only what photos are; the bytes go from the gateway to the file store."""

from datetime import datetime

from services.governance.cases import actions as cases
from services.governance.cases.model import Case, is_open
from services.governance.keys.acting import Act
from services.governance.photos import actions, views
from services.governance.photos.model import Photo
from services.governance.states.model import Party
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import forbidden, invalid, precondition
from services.kit.rpc import rpc
from smartcity.governance.v1 import photos_pb2 as pb


@rpc
async def check(tx: Transaction, request: pb.CheckPhotoRequest) -> pb.CheckPhotoResponse:
    """Errors: COMPLAINT_NOT_FOUND, PHOTO_NOT_YOURS, COMPLAINT_NOT_OPEN, OWN_MATTER."""
    case = await cases.find(tx, request.code, request.link_key, act=Act.ADD_PHOTOS)
    evidence = await _is_evidence(tx, case, request.link_key)
    room = await actions.room(tx, case.complaint, request.ids, evidence=evidence)
    return pb.CheckPhotoResponse(left=room.left, known=room.known)


@rpc
async def create(tx: Transaction, request: pb.CreatePhotoRequest) -> pb.CreatePhotoResponse:
    """Errors: those of CheckPhoto, PHOTO_INVALID, PHOTO_EXISTS, TOO_MANY_PHOTOS."""
    case = await cases.find(tx, request.code, request.link_key, act=Act.ADD_PHOTOS, lock=True)
    evidence = await _is_evidence(tx, case, request.link_key)
    photo = _photo(request, tx.now, evidence=evidence)
    agency = tx.caller.agency if evidence else ""
    added = await actions.add(tx, case.complaint, photo, agency=agency)
    return pb.CreatePhotoResponse(photo=views.photo(added))


@rpc
async def paths(tx: Transaction, request: pb.ListPhotoPathsRequest) -> pb.ListPhotoPathsResponse:
    """For the file store's own order: which files somebody refers to."""
    wanted = [found for each in request.ids if (found := ids.parse(each)) is not None]
    return pb.ListPhotoPathsResponse(paths=await actions.paths(tx, wanted))


@rpc
async def read(tx: Transaction, request: pb.GetPhotoRequest) -> pb.GetPhotoResponse:
    """Errors: COMPLAINT_NOT_FOUND, PHOTO_UNKNOWN."""
    case = await cases.find(tx, request.code, request.link_key, act=Act.READ)
    found = await actions.find(tx, case.complaint.id, request.id, inside=case.inside)
    return pb.GetPhotoResponse(photo=views.photo(found), path=found.path)


async def _is_evidence(tx: Transaction, case: Case, link_key: str) -> bool:
    """Whether the caller's photo is evidence (of an officer) or the reporter's; refuses everybody else.

    Nobody proves what became of their own report, nor of what they joined: a clean-up resolves a case by its evidence,
    and environment does not know who reported it. What the desk adds without a link key is meant as evidence.
    """
    desk = bool(case.parties & {Party.AGENCY, Party.VERIFIER})
    reporter = Party.REPORTER in case.parties
    if not desk and not reporter:
        raise forbidden(
            "PHOTO_NOT_YOURS",
            "Only the reporter (with the link key, X-Link-Key) and the agency that has the case can add photos.",
            field="link_key",
        )
    if not is_open(case.complaint):
        message = f"This case is {case.complaint.state}; photos can be added while it is open."
        raise precondition("COMPLAINT_NOT_OPEN", message, state=case.complaint.state.value)
    if reporter and (link_key or not desk):
        return False
    await cases.require_disinterested(tx, case.complaint)
    return True


def _photo(request: pb.CreatePhotoRequest, now: datetime, *, evidence: bool) -> Photo:
    identity = ids.parse(request.photo.id)
    if identity is None:
        raise invalid("PHOTO_INVALID", "photo.id must be a UUID.", field="photo.id")
    return Photo(
        id=identity,
        content_type=request.photo.content_type,
        width=request.photo.width,
        height=request.photo.height,
        size=request.photo.size,
        path=request.path,
        sha256=request.sha256,
        evidence=evidence,
        create_time=now,
    )
