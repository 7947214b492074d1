"""DestinationPhotoService over gRPC: proto -> action -> proto. The bytes go from the gateway to the file store."""

from services.branding.destinations import actions as destinations
from services.branding.destinations.model import Destination
from services.branding.photo_records import actions
from services.branding.photos.model import Photo, State
from services.branding.photos.views import view
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import rpc
from smartcity.branding.v1 import destination_photos_pb2 as pb


@rpc
async def check(tx: Transaction, request: pb.CheckDestinationPhotoRequest) -> pb.CheckDestinationPhotoResponse:
    """Says what there is room for."""
    of, room = await actions.room(tx, request.destination, request.ids)
    return pb.CheckDestinationPhotoResponse(left=room.left, known=room.known, destination=of.code)


@rpc
async def create(tx: Transaction, request: pb.CreateDestinationPhotoRequest) -> pb.CreateDestinationPhotoResponse:
    """Shows one that was stored."""
    of = await destinations.known(tx, request.destination, lock=True)
    return pb.CreateDestinationPhotoResponse(photo=view(await actions.add(tx, of, _photo(tx, request, of))))


@rpc
async def read(tx: Transaction, request: pb.GetDestinationPhotoRequest) -> pb.GetDestinationPhotoResponse:
    """Finds one that is shown."""
    found = await actions.get(tx, request.destination, request.id)
    return pb.GetDestinationPhotoResponse(photo=view(found), path=found.path)


@rpc
async def withdraw(
    tx: Transaction, request: pb.WithdrawDestinationPhotoRequest
) -> pb.WithdrawDestinationPhotoResponse:  # fmt: skip
    """Takes one back."""
    path = await actions.withdraw(tx, request.destination, request.id, request.etag, request.reason)
    return pb.WithdrawDestinationPhotoResponse(path=path)


@rpc
async def paths(
    tx: Transaction, request: pb.ListDestinationPhotoPathsRequest
) -> pb.ListDestinationPhotoPathsResponse:  # fmt: skip
    """For the file store's own order: which files are shown."""
    wanted = [found for each in request.ids if (found := ids.parse(each)) is not None]
    return pb.ListDestinationPhotoPathsResponse(paths=await actions.paths(tx, wanted))


def _photo(tx: Transaction, request: pb.CreateDestinationPhotoRequest, of: Destination) -> Photo:
    identity = ids.parse(request.id)
    if identity is None:
        raise invalid("PHOTO_INVALID", "id must be a UUID.", field="id")
    return Photo(
        id=identity,
        version=1,
        state=State.SHOWN,
        destination=of.id,
        code=of.code,
        content_type=request.content_type,
        width=request.width,
        height=request.height,
        size=request.size,
        path=request.path,
        sha256=request.sha256,
        author=request.author,
        licence=request.licence,
        source=request.source,
        text=request.text,
        text_en=request.text_en,
        by=tx.caller.subject,
        created_at=tx.now,
        updated_at=tx.now,
    )
