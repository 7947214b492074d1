"""What is remembered of devices: read together, never kept past a change, and nobody waits for another's statement."""

import asyncio
import time
from typing import Any

import pytest

from services.environment.devices.door import DOOR
from services.kit.door import known, store
from services.kit.door.known import AwayError, Known


class Database:
    """Its connections answer at once, or hang where a statement holds ``hangs``."""

    def __init__(self) -> None:
        """One device, and nothing hangs."""
        self.edition = 1
        self.generations = {"duga-1": 1}
        self.hangs = "nothing"
        self.asked: list[str] = []
        self.ended = 0

    async def acquire(self) -> "Database":
        """A connection."""
        return self

    async def release(self, _: object) -> None:
        """Takes it back."""

    def terminate(self) -> None:
        """Ends it."""
        self.ended += 1

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        """What it holds when it is asked."""
        self.asked.append(sql)
        found = [[self.edition]] if not args else [
            {"id": name, "generation": self.generations[name]} for name in args[0] if name in self.generations
        ]  # fmt: skip
        if self.hangs in sql:
            await asyncio.Event().wait()
        await asyncio.sleep(0.01)
        return found


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    """With little patience."""
    monkeypatch.setattr(store, "ANSWER_S", 0.3)
    return Database()


async def test_nobody_waits_for_the_look_that_hangs(database: Database) -> None:
    remembered = Known(database, DOOR)  # type: ignore[arg-type]
    await remembered.refresh()
    database.hangs = "registry"
    looking = asyncio.create_task(remembered.refresh())
    await asyncio.sleep(0.02)
    began = time.monotonic()
    assert await remembered.generation("duga-1") == 1
    assert time.monotonic() - began < 0.2
    with pytest.raises(TimeoutError):
        await looking
    assert database.ended == 1, "a connection that hangs is given up"


async def test_a_read_that_hangs_keeps_nobody_longer_than_it_may_last(database: Database) -> None:
    remembered = Known(database, DOOR)  # type: ignore[arg-type]
    await remembered.refresh()
    database.hangs = "device"
    began = time.monotonic()
    with pytest.raises(AwayError):
        await remembered.generation("duga-1")
    database.hangs = "nothing"
    assert await remembered.generation("duga-1") == 1
    assert time.monotonic() - began < 0.5
    assert await remembered.refresh() is False


async def test_what_was_read_while_it_changed_is_not_remembered(database: Database) -> None:
    """It is read before the change, and comes back after the change was taken in."""
    remembered = Known(database, DOOR)  # type: ignore[arg-type]
    await remembered.refresh()
    reading = asyncio.create_task(remembered.generation("duga-1"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert "device" in database.asked[-1]
    database.edition, database.generations = 2, {"duga-1": 2}
    remembered._edition = 2  # as a refresh that is quicker than the read leaves it
    assert await reading == 1
    assert await remembered.generation("duga-1") == 2


async def test_nothing_is_remembered_before_the_first_look(database: Database) -> None:
    remembered = Known(database, DOOR)  # type: ignore[arg-type]
    assert [await remembered.generation("duga-1") for _ in range(2)] == [1, 1]


async def test_no_more_names_are_remembered_than_may_be(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST", 2)
    remembered = Known(database, DOOR)  # type: ignore[arg-type]
    await remembered.refresh()
    for number in range(5):
        await remembered.generation(f"nobody-{number}")
    assert len(remembered._generations) <= 2
