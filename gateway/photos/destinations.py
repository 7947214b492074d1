"""Photos of destinations on their way from an officer to the file store, out of it to everybody, and away again."""

from dataclasses import dataclass, field

from starlette.responses import Response

from gateway.answers.etags import etag_matches, of_bytes
from gateway.answers.problems import Problem
from gateway.photos import small
from gateway.photos.records import DESTINATIONS
from gateway.photos.uploads import Parts, identity, keep
from services.kit.caller import ANONYMOUS, Caller
from smartcity.branding.v1 import destination_photos_pb2 as pb

FRESH_SECONDS = 600
"""How long others may keep a picture: so long one that was withdrawn may still be seen where it was seen before."""


@dataclass(frozen=True)
class Arrived:
    """What arrived of a photo: its bytes, from where."""

    data: bytes | bytearray = field(repr=False)
    address: str


async def check_room(parts: Parts, caller: Caller, asked: pb.CreateDestinationPhotoRequest) -> str:
    """The code of the destination, which has room for a photo of the caller's, before anything is done for it.

    Raises what the pillar refuses, and PLACE_PHOTOS_FULL.
    """
    own = str(identity(caller, asked.destination, asked.request_id))
    check = pb.CheckDestinationPhotoRequest(destination=asked.destination, ids=[own])
    room = await parts.pillars.call(check, caller)
    if not room.left and not room.known:
        detail = "The place has no room for more photos. Withdraw one of them first."
        raise Problem(409, "PLACE_PHOTOS_FULL", detail)
    return str(room.destination)


async def store(
    parts: Parts, caller: Caller, asked: pb.CreateDestinationPhotoRequest, arrived: Arrived
) -> pb.DestinationPhoto:
    """Cleans, stores and records a photo; the same key and bytes do it once.

    Raises problems of the photo itself and what the pillar refuses; then nothing is left.
    """
    code = await check_room(parts, caller, asked)
    clean = await parts.images.clean(arrived.data, arrived.address)
    own = identity(caller, asked.destination, asked.request_id)
    path = f"{DESTINATIONS.folder}/{code}/{own}-{clean.sha256[:16]}.{clean.suffix}"
    message = pb.CreateDestinationPhotoRequest()
    message.CopyFrom(asked)
    message.MergeFrom(
        pb.CreateDestinationPhotoRequest(
            id=str(own), content_type=clean.content_type, width=clean.width, height=clean.height,
            size=len(clean.data), path=path, sha256=clean.sha256,
        )
    )  # fmt: skip
    made: pb.DestinationPhoto = (await keep(parts, path, clean, lambda: parts.pillars.call(message, caller))).photo
    return made


async def withdraw(parts: Parts, caller: Caller, asked: pb.WithdrawDestinationPhotoRequest) -> None:
    """Takes one back, and its file out of the store; if that fails the sweep does. Raises what the pillar refuses."""
    path = (await parts.pillars.call(asked, caller)).path
    if path:
        await parts.orphans.drop(path)


async def answer(parts: Parts, destination: str, id_: str, etag: str | None, *, address: str, little: bool) -> Response:
    """A picture that is shown, or its small one (``little``), with how long it may be kept; 304 for who has it."""
    asked = pb.GetDestinationPhotoRequest(destination=destination, id=id_)
    found = await parts.pillars.call(asked, ANONYMOUS)
    tag = of_bytes(found.photo.etag, f"{found.path}{' small' if little else ''}".encode())  # its path is of its bytes
    headers = {"etag": tag, "cache-control": f"public, max-age={FRESH_SECONDS}", "content-disposition": "inline"}
    if etag_matches(etag, tag):
        return Response(status_code=304, headers=headers)
    if little:
        picture = await small.shown(parts.files, parts.images, found.path, address)
        return Response(picture, headers=headers, media_type=small.CONTENT_TYPE)
    return Response(await parts.files.get(found.path), headers=headers, media_type=found.photo.content_type)
