"""Photos that wait for their report: made safe when they come, and moved into the case when it is sent.

They lie below ``drafts/``, and their small pictures below ``small/drafts/``, where nothing lives longer than a draft
may: so what is older is deleted, whosever it was.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import grpc.aio
import structlog

from gateway.answers.problems import Problem
from gateway.drafts.model import LIFE, Photo
from gateway.drafts.store import Drafts
from gateway.photos import small
from gateway.photos.images import CleanPhoto, Images
from gateway.photos.store import SMALL, Files
from gateway.photos.uploads import Parts, check_room, store_clean
from services.kit.caller import Caller
from services.kit.database.lost import LOST
from services.kit.ids import uuid7

_log = structlog.get_logger(__name__)

FOLDER = "drafts"
NETWORK_BYTES = 256 << 20
"""Most bytes of photos that wait from one network a day; many people may share one."""
SWEEP_SECONDS = 1800.0


class DraftPhotos:
    """Takes photos in, gives them on, and deletes those whose time is over."""

    def __init__(self, files: Files, images: Images, drafts: Drafts) -> None:
        """Where they lie, what makes them safe, and where they are counted."""
        self._files = files
        self._images = images
        self._drafts = drafts

    async def take(self, draft: UUID, data: bytes | bytearray, name: str, address: str, network: str) -> Photo:
        """A photo, made safe and stored. Raises what ``Images.clean`` and ``Files.put`` raise, and PHOTOS_WAITING."""
        if await self._drafts.bytes_of(network) + len(data) > NETWORK_BYTES:
            detail = (
                "Too many photos from your connection wait to be sent. Send the report, and add photos on its page."
            )
            raise Problem(409, "PHOTOS_WAITING", detail)
        clean = await self._images.clean(data, address)
        own = str(uuid7())
        photo = Photo(
            id=own, path=f"{FOLDER}/{draft}/{own}.{clean.suffix}", content_type=clean.content_type, name=name,
            suffix=clean.suffix, width=clean.width, height=clean.height, size=len(clean.data), sha256=clean.sha256,
        )  # fmt: skip
        await self._files.put(photo.path, clean.data)
        await small.keep(self._files, photo.path, clean.small)
        return photo

    async def data(self, photo: Photo) -> bytes:
        """Its bytes. Raises FILE_MISSING, FILE_STORE_UNAVAILABLE."""
        return await self._files.get(photo.path)

    async def small(self, photo: Photo) -> tuple[bytes, str]:
        """Bytes and type of its small picture, or of the photo itself where there is none. Raises as ``data``."""
        if picture := await small.kept(self._files, photo.path):
            return picture, small.CONTENT_TYPE
        return await self.data(photo), photo.content_type

    async def drop(self, photo: Photo) -> None:
        """Deletes one; a failure is the sweep's."""
        try:
            await self._files.delete(photo.path)
        except Problem as error:
            _log.warning("a photo of a draft stays until the sweep", error=error.reason)

    async def give(self, parts: Parts, photos: list[Photo], code: str, link_key: str, key: str, caller: Caller) -> None:
        """Moves photos into the case that was filed under ``key``; again is harmless.

        Raises what the pillar refuses, and problems of the store; what was not moved goes with the sweep.
        """
        keys = [f"{key}-photo-{number}" for number in range(1, len(photos) + 1)]
        await check_room(parts, caller, code, link_key, keys)
        for own_key, photo in zip(keys, photos, strict=True):
            clean = CleanPhoto(
                await self.data(photo), photo.content_type, photo.suffix, photo.width, photo.height,
                await small.kept(self._files, photo.path),
            )  # fmt: skip
            await store_clean(parts, caller, code, link_key, own_key, clean)

    async def sweep(self, now: datetime | None = None) -> int:
        """Deletes all that are older than any draft; how many. Raises FILE_STORE_UNAVAILABLE."""
        before, deleted = (now or datetime.now(UTC)) - LIFE, 0
        for folder in (FOLDER, f"{SMALL}/{FOLDER}"):
            async for batch in self._files.under(folder):
                for each in batch:
                    if each.stored < before:
                        await self._files.delete(each.path)
                        deleted += 1
        return deleted

    async def sweeping(self) -> None:
        """Sweeps for ever; each gateway does, and deleting what is gone already is harmless."""
        while True:
            try:
                await self._drafts.sweep()
                await self.sweep()
            except LOST as error:
                _log.warning("drafts not swept", error=type(error).__name__)
            except (Problem, grpc.aio.AioRpcError) as error:
                _log.warning("photos of drafts not swept", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)
