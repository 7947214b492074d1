"""Small pictures of photos, for pages: made with the photo by the worker that makes it safe, and stored beside it.

A photo from before, or one whose small picture could not be stored, gets it when it is first shown. ``Files.delete``
takes both away.
"""

import structlog

from gateway.answers.problems import Problem
from gateway.photos.images import Images
from gateway.photos.store import Files, small_of

_log = structlog.get_logger(__name__)

CONTENT_TYPE = "image/webp"


async def keep(files: Files, path: str, small: bytes) -> None:
    """Stores the small picture of the photo at ``path``. One that fails is made again when it is shown."""
    if not small:
        return
    try:
        await files.put(small_of(path), small)
    except Problem as error:
        _log.warning("a small picture is not stored", error=error.reason)


async def kept(files: Files, path: str) -> bytes:
    """The small picture that is stored; empty where there is none. Raises FILE_STORE_UNAVAILABLE."""
    try:
        return await files.get(small_of(path))
    except Problem as error:
        if error.status != 404:
            raise
    return b""


async def shown(files: Files, images: Images, path: str, address: str) -> bytes:
    """The small picture, made now if there is none, for whoever asks from ``address``.

    Raises FILE_MISSING, FILE_STORE_UNAVAILABLE, and what ``Images.clean`` raises.
    """
    if found := await kept(files, path):
        return found
    made = (await images.clean(await files.get(path), address)).small
    await keep(files, path, made)
    if not await files.has(path):  # it was erased meanwhile, perhaps before there was a small one to take away
        await files.delete(path)
        raise Problem(404, "FILE_MISSING", "The photo's file is not in the store.")
    return made
