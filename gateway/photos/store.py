"""The photo store: a folder on one machine, S3 in the cluster (obstore)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from gateway.answers.problems import Problem

SECONDS = 20.0
"""The longest that storing or fetching one photo may take."""


SMALL = "small"
"""Folder of small pictures, below which they have the paths of their photos."""
BATCH = 200
"""Files of a listing that come at once."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is stored."""

    path: str
    stored: datetime
    """When it was written last."""


class Files:
    """Stores bytes under relative paths."""

    def __init__(self, url: str) -> None:
        """``url`` as in SMARTCITY_FILES_URL; credentials of S3 come from the AWS_ variables."""
        parts = urlsplit(url)
        self._store: ObjectStore
        if parts.scheme == "file":
            folder = Path(unquote(parts.path))
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(folder, automatic_cleanup=True)  # a folder goes with its last file
        else:
            self._store = from_url(url)

    async def put(self, path: str, data: bytes) -> None:
        """Stores a file, replacing what was there."""
        try:
            async with asyncio.timeout(SECONDS):
                await self._store.put_async(path, data)
        except (BaseError, OSError, TimeoutError) as error:
            raise _unavailable() from error

    async def get(self, path: str) -> bytes:
        """The bytes of a file; FILE_MISSING when there is none."""
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._store.get_async(path)
                return bytes(await answer.bytes_async())
        except FileNotFoundError as error:
            raise Problem(404, "FILE_MISSING", "The photo's file is not in the store.") from error
        except (BaseError, OSError, TimeoutError) as error:
            raise _unavailable() from error

    async def has(self, path: str) -> bool:
        """Whether there is such a file."""
        try:
            async with asyncio.timeout(SECONDS):
                await self._store.head_async(path)
        except FileNotFoundError:
            return False
        except (BaseError, OSError, TimeoutError) as error:
            raise _unavailable() from error
        return True

    async def delete(self, path: str) -> None:
        """Deletes a photo, and then its small picture; what is not there is gone already."""
        for each in (path, small_of(path)):
            await self._delete(each)

    async def _delete(self, path: str) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await self._store.delete_async(path)
        except FileNotFoundError:
            return
        except (BaseError, OSError, TimeoutError) as error:
            raise _unavailable() from error

    async def is_older(self, path: str, than: datetime) -> bool:
        """Whether a file was last written before a moment; false for one that is not there."""
        try:
            async with asyncio.timeout(SECONDS):
                return (await self._store.head_async(path))["last_modified"] < than
        except FileNotFoundError:
            return False
        except (BaseError, OSError, TimeoutError) as error:
            raise _unavailable() from error

    async def under(self, folder: str) -> AsyncIterator[list[Found]]:
        """All files of a folder, however deep, some at a time."""
        listing = self._store.list(folder, chunk_size=BATCH)
        while True:
            try:
                async with asyncio.timeout(SECONDS):
                    batch = await anext(listing, None)
            except (BaseError, OSError, TimeoutError) as error:
                raise _unavailable() from error
            if batch is None:
                return
            yield [Found(each["path"], each["last_modified"]) for each in batch]


def small_of(path: str) -> str:
    """Where the small picture of a photo lies."""
    return f"{SMALL}/{path}.webp"


def photo_of(small: str) -> str:
    """Where the photo of a small picture lies."""
    return small.removeprefix(f"{SMALL}/").removesuffix(".webp")


def _unavailable() -> Problem:
    detail = "The photo store does not answer. Try again in a moment."
    return Problem(503, "FILE_STORE_UNAVAILABLE", detail, headers={"retry-after": "2"})
