"""gRPC: photos. Only what they are; the bytes go from the gateway to the file store."""

from typing import Any
from uuid import UUID

from services.governance.complaints import access, views
from services.governance.complaints.access import Case
from services.governance.complaints.model import Party, is_open
from services.governance.photos import actions
from services.governance.photos.model import Photo
from services.kit.caller import Access, Scope
from services.kit.errors import forbidden, invalid, precondition
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.governance.v1 import photos_pb2, photos_pb2_grpc

# Reporters add to their own case, officers evidence to their agency's; a verifier may add evidence anywhere.
_ADDING = {
    "anonymous": Scope.OWN,
    "citizen": Scope.OWN,
    "officer": Scope.OWN_AGENCY,
    "verifier": Scope.ANY,
    "admin": Scope.ANY,
}

ACCESS: Access = {
    "CheckPhoto": _ADDING,
    "CreatePhoto": _ADDING,
    "GetPhoto": dict.fromkeys(_ADDING, Scope.ANY),
}


class PhotoService(photos_pb2_grpc.PhotoServiceServicer):
    """Records photos that the gateway stored."""

    def __init__(self, runtime: Runtime) -> None:
        """Takes the pillar's runtime."""
        self._runtime = runtime

    async def CheckPhoto(self, request: photos_pb2.CheckPhotoRequest, context: Any) -> photos_pb2.CheckPhotoResponse:
        """Errors: COMPLAINT_NOT_FOUND, PHOTO_NOT_YOURS, COMPLAINT_NOT_OPEN."""
        async with current_call().snapshot(self._runtime) as tx:
            case = await access.find(tx, request.code, request.link_key)
            evidence = _is_evidence(case, request.link_key)
            left = await actions.left(tx, case.complaint.id, evidence=evidence)
        return photos_pb2.CheckPhotoResponse(left=left)

    async def CreatePhoto(self, request: photos_pb2.CreatePhotoRequest, context: Any) -> photos_pb2.CreatePhotoResponse:
        """Errors: those of CheckPhoto, PHOTO_INVALID, PHOTO_EXISTS, TOO_MANY_PHOTOS."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> photos_pb2.CreatePhotoResponse:
                case = await access.find(tx, request.code, request.link_key, lock=True)
                evidence = _is_evidence(case, request.link_key)
                photo = _photo(request, evidence=evidence)
                agency = tx.caller.agency if evidence else ""
                added = await actions.add(tx, case.complaint.id, photo, agency=agency)
                return photos_pb2.CreatePhotoResponse(photo=views.photo(added))

            return await once(tx, request.request_id, request, act, photos_pb2.CreatePhotoResponse)

    async def GetPhoto(self, request: photos_pb2.GetPhotoRequest, context: Any) -> photos_pb2.GetPhotoResponse:
        """Errors: COMPLAINT_NOT_FOUND, PHOTO_UNKNOWN."""
        async with current_call().snapshot(self._runtime) as tx:
            case = await access.find(tx, request.code, request.link_key)
            found = await actions.find(tx, case.complaint.id, request.id, inside=case.inside)
        return photos_pb2.GetPhotoResponse(photo=views.photo(found), path=found.path)


def _is_evidence(case: Case, link_key: str) -> bool:
    """Whether the caller's photo is evidence (of an officer) or the reporter's; refuses everybody else."""
    desk = bool(case.parties & {Party.AGENCY, Party.VERIFIER})
    reporter = Party.REPORTER in case.parties
    if not desk and not reporter:
        raise forbidden(
            "PHOTO_NOT_YOURS",
            "Only the reporter (with the link key) and the agency that has the case can add photos.",
            field="link_key",
        )
    if not is_open(case.complaint):
        message = f"This case is {case.complaint.state}; photos can be added while it is open."
        raise precondition("COMPLAINT_NOT_OPEN", message, state=case.complaint.state.value)
    # An officer who reports as a citizen says so with the link key.
    return desk and not (reporter and link_key)


def _photo(request: photos_pb2.CreatePhotoRequest, *, evidence: bool) -> Photo:
    try:
        identity = UUID(request.photo.id)
    except ValueError:
        raise invalid("PHOTO_INVALID", "photo.id must be a UUID.", field="photo.id") from None
    return Photo(
        id=identity,
        content_type=request.photo.content_type,
        width=request.photo.width,
        height=request.photo.height,
        size=request.photo.size,
        path=request.path,
        sha256=request.sha256,
        evidence=evidence,
    )
