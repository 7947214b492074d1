"""PostgreSQL: one pool per process, one schema and role per pillar, and the one seam every write goes through.

``api``, ``reactions`` and ``timers`` open a ``Transaction`` from the runtime; actions receive it. What it emits goes to
the outbox in one statement before the commit, so that rows and events stand or fall together.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import asyncpg
from google.protobuf.message import Message

from observability import metrics, semconv
from observability.telemetry import SpanKind, current_span, span
from services.kit import faults
from services.kit.caller import Caller, Scope
from services.kit.context import Context
from services.kit.database import outbox


class Fence(Protocol):
    """What only its present owner may do."""

    async def fence_in(self, tx: "Transaction") -> None:
        """Makes the transaction fail when its owner has changed."""


class Write(NamedTuple):
    """A statement that changes rows, without RETURNING, and its arguments."""

    sql: str
    args: tuple[object, ...]
    rows: int | None = None
    """How many it must write; None: any number."""
    otherwise: type[Exception] = RuntimeError
    """What it means when it writes fewer."""


def rows(tag: str) -> int:
    """How many rows a command tag of PostgreSQL tells: ``DELETE 3``."""
    return int(tag.rsplit(" ", 1)[1])


@dataclass
class Transaction:
    """One unit of work: what is saved and emitted through it is committed together, or not at all."""

    connection: Any  # asyncpg hands out a proxy of its connection
    runtime: Context
    caller: Caller
    scope: Scope
    now: datetime
    """UTC, the same for all that is done in the transaction."""
    causation: UUID | None = None
    """The event that led here, in a reaction."""
    emitted: list[outbox.Row] = field(default_factory=list)
    """Events that are not in the outbox yet."""
    recorded: list[outbox.Row] = field(default_factory=list)
    """Events that are."""
    last: list[Write] = field(default_factory=list)
    """What is written with the events, in the round trip before the commit."""

    def allows(self, agency: str) -> bool:
        """Whether the caller's scope reaches what is an agency's.

        Who may only do something with what is their own is no officer there, whatever agency their login names.
        """
        return self.scope is Scope.ANY or (self.scope is Scope.OWN_AGENCY and self.caller.agency == agency != "")

    @property
    def agency(self) -> str | None:
        """The agency whose rows the caller's scope reaches: empty for any; None for none, as the login names none or
        the scope is what is the caller's own.
        """
        if self.scope is Scope.OWN:
            return None
        return "" if self.scope is Scope.ANY else self.caller.agency or None

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """All rows."""
        rows: list[asyncpg.Record] = await self.connection.fetch(sql, *args)
        return rows

    async def fetchrow(self, sql: str, *args: object) -> asyncpg.Record | None:
        """The first row, or None."""
        row: asyncpg.Record | None = await self.connection.fetchrow(sql, *args)
        return row

    async def fetchval(self, sql: str, *args: object) -> Any:
        """The first value of the first row, or None."""
        return await self.connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: object) -> str:
        """Runs a statement; answers with its command tag."""
        tag: str = await self.connection.execute(sql, *args)
        return tag

    async def one_at_a_time(self, about: str) -> None:
        """Waits until no other transaction does the same, in whatever process; ``about`` names what it is."""
        await self.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", about)

    async def together(self, *writes: Write) -> None:
        """Runs writes in one round trip. They must not depend on each other: none sees what the others do.

        A write without arguments has nothing to write and is left out.
        Raises what a write says when it writes another number of rows than it must.
        """
        made = [write for write in writes if write.args]
        if not made:
            return
        if len(made) == 1 and made[0].rows is None:
            await self.execute(made[0].sql, *made[0].args)
            return
        args = [arg for write in made for arg in write.args]
        counts = await self.fetchrow(_combined(tuple((write.sql, len(write.args)) for write in made)), *args)
        assert counts is not None
        for write, count in zip(made, counts, strict=True):
            if write.rows is not None and write.rows != count:
                raise write.otherwise(f"{count} rows were written instead of {write.rows}")

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What fails within leaves nothing behind, neither rows nor events, and the transaction can go on: for who
        answers a refusal instead of failing with it.
        """
        emitted, last = len(self.emitted), len(self.last)
        try:
            async with self.connection.transaction():
                yield
        except BaseException:
            del self.emitted[emitted:], self.last[last:]
            raise

    async def check(self) -> None:
        """Checks now what is deferred to the commit, where it could not be told any more whose fault it is."""
        await self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        await self.connection.execute("SET CONSTRAINTS ALL DEFERRED")

    def at_commit(self, write: Write) -> None:
        """Writes it in the round trip that writes the events; until then nothing reads it."""
        self.last.append(write)

    def events(self) -> Write:
        """The write that puts what was emitted into the outbox, for ``together``."""
        rows, self.emitted = self.emitted, []
        self.recorded += rows
        return Write(outbox.APPEND, outbox.columns(rows, self.now))

    def emit(
        self,
        message: Message,
        *,
        aggregate: str,
        version: int,
        correlation: str,
        exercise: bool = False,
        traceparent: str | None = None,
    ) -> None:
        """Appends an event to the outbox at commit.

        ``aggregate`` and ``version`` order the events of one thing; ``correlation`` joins the actions of a case into
        its story; ``exercise`` marks a drill. The event goes on in the trace of the current span, or of ``traceparent``
        where several callers share the transaction (group commit). Raises EVENT_TOO_LARGE.
        """
        if traceparent is None:
            around = current_span()
            around.set(semconv.CORRELATION_ID, correlation)
            traceparent = around.traceparent
        self.emitted.append(
            outbox.row(
                message,
                aggregate=aggregate,
                version=version,
                correlation=correlation,
                causation=self.causation,
                exercise=exercise,
                traceparent=traceparent,
            )
        )


@asynccontextmanager
async def transaction(
    runtime: Context, caller: Caller, scope: Scope, lease: Fence | None = None, *, snapshot: bool = False
) -> AsyncIterator[Transaction]:
    """Opens a transaction; with a ``lease`` it commits only while the lease is still held.

    A ``snapshot`` writes nothing and reads everything as of one moment, however many statements it takes.

    One that nobody asked for is traced when it emits, fails or is slow: timers look thirty times a second what is due.
    """
    isolation: dict[str, Any] = {"isolation": "repeatable_read", "readonly": True} if snapshot else {}
    attributes = {semconv.DB_SYSTEM_NAME: "postgresql", semconv.DB_NAMESPACE: runtime.pillar}
    with span(f"transaction {runtime.pillar}", SpanKind.CLIENT, attributes) as around:
        async with runtime.pool.acquire() as connection, connection.transaction(**isolation):
            tx = Transaction(connection, runtime, caller, scope, runtime.clock())
            if lease is not None:
                await lease.fence_in(tx)
            yield tx
            await tx.together(*tx.last, tx.events())
            if tx.recorded:
                faults.point("action.before-commit")
        if not tx.recorded:
            around.forget()
    if tx.recorded:
        faults.point("action.committed")
        for row in tx.recorded:
            metrics.count(*semconv.EVENTS_RECORDED, 1, {semconv.EVENT_TYPE: row.type, semconv.EXERCISE: row.exercise})
        runtime.wake_relay()


class _OneStatement:
    """Stands for the connection where a read is one statement, which is of one moment without a transaction."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool: asyncpg.Pool[asyncpg.Record] | None = pool

    def __getattr__(self, name: str) -> Any:
        """The pool's own way to run a statement; there is none for a second."""
        pool, self._pool = self._pool, None
        if pool is None:
            raise RuntimeError("a read of one statement runs a second: it needs a snapshot (see one_statement)")
        return getattr(pool, name)


@asynccontextmanager
async def statement(runtime: Context, caller: Caller, scope: Scope) -> AsyncIterator[Transaction]:
    """What a read of one statement, or none, is given: no transaction, so three round trips become one."""
    attributes = {semconv.DB_SYSTEM_NAME: "postgresql", semconv.DB_NAMESPACE: runtime.pillar}
    with span(f"transaction {runtime.pillar}", SpanKind.CLIENT, attributes):
        yield Transaction(_OneStatement(runtime.pool), runtime, caller, scope, runtime.clock())


@lru_cache(maxsize=64)
def _combined(writes: tuple[tuple[str, int], ...]) -> str:
    """One statement of several, each with how many parameters it has; it answers with the rows that each wrote."""
    before, parts = 0, []
    for place, (sql, size) in enumerate(writes):
        parts.append(f"write_{place} AS ({_shifted(sql, before)} RETURNING 1)")
        before += size
    counts = (f"(SELECT count(*) FROM write_{place})" for place in range(len(writes)))  # noqa: S608 - numbers
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"


def _shifted(sql: str, by: int) -> str:
    """A statement whose first parameter is not $1."""
    return re.sub(r"\$(\d+)", lambda found: f"${int(found[1]) + by}", sql)
