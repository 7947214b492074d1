"""The photo store: a folder on one machine, S3 in the cluster (obstore)."""

import asyncio
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from gateway.answers.problems import Problem

SECONDS = 20.0
"""The longest that storing or fetching one photo may take."""


class Files:
    """Stores bytes under relative paths."""

    def __init__(self, url: str) -> None:
        """``url`` as in SMARTCITY_FILES_URL; credentials of S3 come from the AWS_ variables."""
        parts = urlsplit(url)
        self._store: ObjectStore
        if parts.scheme == "file":
            folder = Path(unquote(parts.path))
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(folder)
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


def _unavailable() -> Problem:
    detail = "The photo store does not answer. Try again in a moment."
    return Problem(503, "FILE_STORE_UNAVAILABLE", detail, headers={"retry-after": "2"})
