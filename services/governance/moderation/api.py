"""ComplaintService over gRPC, what staff put right and make public."""

from services.governance.moderation import actions
from services.governance.records import views
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.governance.v1 import complaints_pb2 as pb


@rpc
async def release(tx: Transaction, request: pb.ReleaseComplaintRequest) -> pb.ReleaseComplaintResponse:
    """Exactly these words and photos become public. Errors: those of `actions.release`."""
    released = await actions.release(
        tx, request.code, request.etag, request.public_text, request.photos, request.withheld
    )
    return pb.ReleaseComplaintResponse(complaint=views.complaint(released, tx.runtime.city))


@rpc
async def review(tx: Transaction, request: pb.ReviewEvidenceRequest) -> pb.ReviewEvidenceResponse:
    """What of the evidence the public sees. Errors: those of `actions.review`."""
    reviewed = await actions.review(tx, request.code, request.etag, request.photos, request.withheld)
    return pb.ReviewEvidenceResponse(complaint=views.complaint(reviewed, tx.runtime.city))


@rpc
async def correct(tx: Transaction, request: pb.CorrectComplaintRequest) -> pb.CorrectComplaintResponse:
    """Category or location is put right. Errors: those of `actions.correct`."""
    corrected = await actions.correct(tx, request.code, request.etag, request.category, request.area_code)
    return pb.CorrectComplaintResponse(complaint=views.complaint(corrected, tx.runtime.city))
