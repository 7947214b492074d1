"""Files of photos that were taken out: one that the store does not delete is in nobody's way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from gateway.photos import erased
from gateway.photos.records import COMPLAINTS
from services.kit import tasks
from tests.gateway.running import Stand
from tests.kit.conftest import within


class Gone:
    """Files that governance says are to go, and what of them is there."""

    def __init__(self, stand: Stand, admin: Any) -> None:
        self._folder = Path(urlsplit(stand.settings.files_url).path)
        self._admin = admin

    async def say(self, paths: Sequence[str], *, stuck: bool) -> None:
        """They are to go, after those that were said before; what is stuck is a folder, which no store deletes."""
        for path in paths:
            at = self._folder / path / "full" if stuck else self._folder / path
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_bytes(b"a photo")
            await self._admin.execute("INSERT INTO governance.erased_file VALUES ($1, clock_timestamp())", path)

    async def listed(self) -> list[str]:
        """What governance still knows of."""
        found = await self._admin.fetch("SELECT path FROM governance.erased_file WHERE path LIKE 'complaints/e%'")
        return [row["path"] for row in found]

    def stored(self, path: str) -> bool:
        """Whether it lies in the store."""
        return (self._folder / path).exists()


@pytest.fixture
async def gone(stand: Stand, edge_database: str) -> AsyncIterator[Gone]:
    """With none so far."""
    admin = await asyncpg.connect(edge_database)
    yield Gone(stand, admin)
    await admin.execute("DELETE FROM governance.erased_file")
    await admin.close()


async def test_a_file_that_cannot_be_deleted_is_in_the_way_of_no_other(stand: Stand, gone: Gone) -> None:
    await gone.say(["complaints/e/stuck.jpg"], stuck=True)
    await gone.say(["complaints/e/a.jpg", "complaints/e/b.jpg"], stuck=False)
    done = await erased.erase_once(stand.gateway.files, stand.gateway.pillars, COMPLAINTS)
    assert done.left == ("complaints/e/stuck.jpg",)
    assert await gone.listed() == ["complaints/e/stuck.jpg"]
    assert not gone.stored("complaints/e/a.jpg")
    assert not gone.stored("complaints/e/b.jpg")


async def test_as_many_as_are_named_at_once_and_cannot_be_deleted_are_not_in_the_way_either(
    stand: Stand, gone: Gone, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = [f"complaints/e{number}/stuck.jpg" for number in range(120)]
    await gone.say(stuck, stuck=True)
    await gone.say(["complaints/e/c.jpg"], stuck=False)
    monkeypatch.setattr(erased, "EVERY_SECONDS", 0.05)
    erasing = asyncio.create_task(erased.erasing(stand.gateway.files, stand.gateway.pillars))

    async def forgotten() -> bool:
        return "complaints/e/c.jpg" not in await gone.listed()

    try:
        await within(forgotten)
    finally:
        await tasks.end(erasing)
    assert not gone.stored("complaints/e/c.jpg")
    assert sorted(await gone.listed()) == sorted(stuck)
