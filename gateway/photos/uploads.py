"""Photos on their way from a visitor to the file store: through the gateway, never through gRPC."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import grpc
import grpc.aio

from gateway.answers.problems import Problem, error_info
from gateway.calls.pillars import Pillars
from gateway.photos import small
from gateway.photos.images import CleanPhoto, Images
from gateway.photos.orphans import Orphans
from gateway.photos.store import Files
from services.kit.caller import Caller
from smartcity.economy.v1 import permit_documents_pb2 as permits_pb2
from smartcity.governance.v1 import complaints_pb2
from smartcity.governance.v1 import photos_pb2 as pb2

_UNKNOWN = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.INTERNAL,
    }
)
"""After these a photo may be recorded all the same."""


Answer = TypeVar("Answer")
_Asked = pb2.GetPhotoRequest | permits_pb2.GetPermitDocumentRequest


class Parts(Protocol):
    """The parts of the gateway that take in a photo."""

    images: Images
    files: Files
    orphans: Orphans
    pillars: Pillars


async def check_room(parts: Parts, caller: Caller, code: str, link_key: str, keys: Sequence[str]) -> None:
    """Refuses photos that the caller may not add, or that are too many, before anything is done for them.

    ``keys`` are those that the photos will be stored under. Raises what the pillar refuses, and TOO_MANY_PHOTOS.
    """
    ids = [str(identity(caller, code, key)) for key in keys]
    room = await parts.pillars.call(pb2.CheckPhotoRequest(code=code, link_key=link_key, ids=ids), caller)
    if len(ids) - len(room.known) > room.left:
        detail = f"The complaint has room for {room.left} more photos. What it has stays; send no more than that."
        raise Problem(409, "TOO_MANY_PHOTOS", detail)


async def store_photo(
    parts: Parts, caller: Caller, code: str, link_key: str, key: str, data: bytes | bytearray, address: str
) -> complaints_pb2.Photo:
    """Cleans, stores and records a photo whose bytes arrived from ``address``; the same key and bytes store it once.

    Call ``check_room`` first. Raises problems of the photo itself and what the pillar refuses; then nothing is left.
    """
    return await store_clean(parts, caller, code, link_key, key, await parts.images.clean(data, address))


async def store_clean(
    parts: Parts, caller: Caller, code: str, link_key: str, key: str, clean: CleanPhoto
) -> complaints_pb2.Photo:
    """The same for a photo that was made safe before."""
    own = identity(caller, code, key)
    # The digest in the name keeps another photo under a reused key from taking the place of the recorded one.
    path = f"complaints/{code.upper()}/{own}-{clean.sha256[:16]}.{clean.suffix}"
    message = pb2.CreatePhotoRequest(
        request_id=key, code=code, link_key=link_key, photo=_photo(own, clean), path=path, sha256=clean.sha256
    )
    made = (await keep(parts, path, clean, lambda: parts.pillars.call(message, caller))).photo
    await _require_there(parts, pb2.GetPhotoRequest(code=code, id=made.id, link_key=link_key), caller, path)
    return made


async def store_document(
    parts: Parts, caller: Caller, code: str, document: str, key: str, data: bytes | bytearray, address: str
) -> tuple[permits_pb2.PermitDocument, bool]:
    """Cleans, stores and records the photo of a permit's document; the same bytes store it once, whatever the key.

    The photo as it is kept, and whether another request had brought it before. Raises what the pillar refuses before
    anything is done for it, and problems of the photo itself.
    """
    own = identity(caller, code, f"{document}\n{key}")
    await parts.pillars.call(permits_pb2.CheckPermitDocumentRequest(code=code, document=document, id=str(own)), caller)
    clean = await parts.images.clean(data, address)
    path = f"permits/{code.upper()}/{own}-{clean.sha256[:16]}.{clean.suffix}"
    told = permits_pb2.PermitDocument(
        id=str(own), content_type=clean.content_type, width=clean.width, height=clean.height,
        size=len(clean.data),
    )  # fmt: skip
    message = permits_pb2.CreatePermitDocumentRequest(
        request_id=key, code=code, document=document, photo=told, path=path, sha256=clean.sha256
    )
    made = (await keep(parts, path, clean, lambda: parts.pillars.call(message, caller))).document
    before = made.id != str(own)
    if before:
        await parts.orphans.drop(path)
    await _require_there(parts, permits_pb2.GetPermitDocumentRequest(code=code, id=made.id), caller, path)
    return made, before


async def _require_there(parts: Parts, asked: _Asked, caller: Caller, path: str) -> None:
    """Refuses a photo that was taken out since it was added under the same key, and keeps no file of it."""
    try:
        await parts.pillars.call(asked, caller)
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        await parts.orphans.drop(path)
        raise Problem(
            409, "PHOTO_REMOVED", "This photo was taken out. To add it again send it with a new key."
        ) from None


async def keep(parts: Parts, path: str, clean: CleanPhoto, record: Callable[[], Awaitable[Answer]]) -> Answer:
    """Stores a photo and its small picture, and has them recorded; what is refused leaves nothing."""
    await parts.files.put(path, clean.data)
    await small.keep(parts.files, path, clean.small)
    try:
        return await record()
    except grpc.aio.AioRpcError as error:
        if is_refusal(error):
            await parts.orphans.drop(path)
        raise


def is_refusal(error: grpc.aio.AioRpcError) -> bool:
    """Whether the photo is certainly not recorded by this request, nor by one under the same key at this moment."""
    info = error_info(error)
    return error.code() not in _UNKNOWN and (info is None or info.reason != "REQUEST_IN_FLIGHT")


def identity(caller: Caller, code: str, key: str) -> uuid.UUID:
    """The photo's id, made of who sends it under which key: a repeated request must ask for the same thing."""
    return uuid.uuid5(_PHOTOS, "\n".join((caller.subject, code.upper(), key)))


_PHOTOS = uuid.UUID("7f0f4d3a-31f1-4d3c-9a55-4d6f3f0a8c21")


def _photo(identity: uuid.UUID, clean: CleanPhoto) -> complaints_pb2.Photo:
    return complaints_pb2.Photo(
        id=str(identity),
        content_type=clean.content_type,
        width=clean.width,
        height=clean.height,
        size=len(clean.data),
    )
