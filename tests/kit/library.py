"""A table with every kind of column in a real PostgreSQL, and orders of it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.kit.caller import ANONYMOUS, Scope
from services.kit.database import Transaction
from services.kit.database.pool import connect_pool
from services.kit.database.table import Keyset, Table

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DDL = """
CREATE TABLE book (
    id uuid PRIMARY KEY, shelf text NOT NULL, state text NOT NULL, marks text[] NOT NULL DEFAULT '{}',
    kinds text[] NOT NULL DEFAULT '{}',
    pages bigint NOT NULL, lent boolean NOT NULL, created_at timestamptz NOT NULL, due_at timestamptz, lon float8,
    place integer NOT NULL DEFAULT 0, before text
)
"""


class State(Enum):
    """Where a book is."""

    HERE = "here"
    LENT = "lent"
    LOST = "lost"


class Kind(Enum):
    """What it is."""

    THIN = "thin"
    OLD = "old"


@dataclass(frozen=True)
class Book:
    """An entity with every kind of column."""

    id: UUID
    shelf: str = "a"
    state: State = State.HERE
    marks: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    pages: int = 100
    lent: bool = False
    created_at: datetime = NOW
    due_at: datetime | None = None
    lon: float | None = None
    before: State | None = None


@dataclass(frozen=True)
class Leaflet:
    """A book without what has several values."""

    id: UUID
    shelf: str = "a"
    state: State = State.HERE
    pages: int = 100
    lent: bool = False
    created_at: datetime = NOW
    due_at: datetime | None = None
    lon: float | None = None
    before: State | None = None


BOOKS = Table(Book, "book", fixed=("shelf", "created_at"))
LEAFLETS = Table(Leaflet, "book")
SOONEST: Keyset[Book] = Keyset(
    {"coalesce(due_at, 'infinity'::timestamptz)": datetime, "id": UUID}, of=lambda one: (one.due_at, one.id)
)
LATEST: Keyset[Book] = replace(SOONEST, descending=True)
THINNEST: Keyset[Book] = Keyset({"pages": int, "shelf": str, "id": UUID}, of=lambda one: (one.pages, one.shelf, one.id))

PLACED: Keyset[Book] = Keyset({"place": int, "id": UUID}, of=lambda one: (0, one.id))
"""By a column that is narrower than what a token may say."""


@pytest.fixture(scope="module")
async def pool(postgres: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    """Connections to a schema with one table."""
    schema = f"library_{secrets.token_hex(4)}"
    owner = await asyncpg.connect(postgres)
    await owner.execute(f"CREATE SCHEMA {schema}; SET search_path TO {schema}; {DDL}")
    made = await connect_pool(postgres, schema, 4)
    yield made
    await made.close()
    await owner.execute(f"DROP SCHEMA {schema} CASCADE")
    await owner.close()


@asynccontextmanager
async def transaction(pool: Any) -> AsyncIterator[Transaction]:
    """A transaction as a pillar's actions get it."""
    async with pool.acquire() as connection, connection.transaction():
        runtime: Any = SimpleNamespace()
        yield Transaction(connection, runtime, ANONYMOUS, Scope.ANY, NOW)


@pytest.fixture
async def tx(pool: Any) -> AsyncIterator[Transaction]:
    """A transaction on an empty table."""
    await pool.execute("TRUNCATE book")
    async with transaction(pool) as made:
        yield made


async def walked(tx: Transaction, order: Keyset[Book], size: int, **wanted: object) -> list[Book]:
    """All pages, one after the other."""
    found: list[Book] = []
    token = ""
    while True:
        page = await BOOKS.page(tx, order, size, token, **wanted)
        assert len(page.rows) <= size
        found += page.rows
        if not page.token:
            return found
        assert len(page.rows) == size
        token = page.token


@pytest.fixture
async def shelves(tx: Transaction) -> list[Book]:
    """Books of which many are due at the same time, or never."""
    due = [None, NOW, NOW + timedelta(microseconds=1), datetime(1970, 1, 1, tzinfo=UTC), NOW]
    books = [
        Book(uuid4(), "ab"[each % 2], list(State)[each % 3], due_at=due[each % 5], pages=each % 4, lent=each % 2 == 0)
        for each in range(23)
    ]
    for book in books:
        await BOOKS.save(tx, book)
    return books


def soonest(book: Book) -> tuple[bool, datetime, UUID]:
    """Where a book stands among those that are due: never comes last."""
    return book.due_at is None, book.due_at or NOW, book.id
