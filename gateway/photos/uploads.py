"""Photos of complaints on their way from a visitor to the file store: through the gateway, never through gRPC."""

import uuid
from typing import Protocol

from gateway.calls.pillars import Pillars
from gateway.photos.images import CleanPhoto, Images
from gateway.photos.store import Files
from services.kit.caller import Caller
from smartcity.governance.v1 import complaints_pb2
from smartcity.governance.v1 import photos_pb2 as pb2


class Parts(Protocol):
    """The parts of the gateway that take in a photo."""

    images: Images
    files: Files
    pillars: Pillars


async def store_photo(
    parts: Parts, caller: Caller, code: str, link_key: str, key: str, data: bytes
) -> complaints_pb2.Photo:
    """Cleans, stores and records a photo whose bytes arrived; the same key and bytes store it once.

    Ask ``CheckPhoto`` first. Raises problems of the photo itself and what the pillar refuses.
    """
    clean = await parts.images.clean(data)
    identity = _identity(caller, code, key)
    # The digest in the name keeps another photo under a reused key from taking the place of the recorded one.
    path = f"complaints/{code.upper()}/{identity}-{clean.sha256[:16]}.{clean.suffix}"
    await parts.files.put(path, clean.data)
    message = pb2.CreatePhotoRequest(
        request_id=key, code=code, link_key=link_key, photo=_photo(identity, clean), path=path, sha256=clean.sha256
    )
    return (await parts.pillars.call(message, caller)).photo


def _identity(caller: Caller, code: str, key: str) -> uuid.UUID:
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
