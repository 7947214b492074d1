"""What a pillar keeps of a person. In events it tells kinds and numbers, and nothing of the person's; what there is it
lists to whose it is alone (``OwnRecordService``, one in each pillar).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from asyncpg import Record

from services.kit.database import Transaction, idempotency
from services.kit.events import Event
from smartcity.types.v1.own_records_pb2 import OwnField, OwnRecord
from smartcity.types.v1.personal_data_pb2 import PersonalDataReported

MOST = 200
"""Of a kind, in an export: so many of any fit into an answer."""


class Kind(NamedTuple):
    """What is kept of one kind."""

    kind: str
    held: int
    erased: int = 0
    reason: str = ""
    """Why what is not erased is kept, a word that pages explain."""


OFFICE = "office"
"""Why what somebody did in office is kept: who decided belongs to the decision, and who looked to its audit."""
OFFICE_MOST = 10_000
"""Acts in office that are counted of each of their columns; of more it is told that there are so many."""


class By(NamedTuple):
    """Rows of a table that name who did something."""

    table: str
    column: str
    """With the login; empty where nobody is named. It has an index, by the time."""
    at: str
    where: str = "true"
    """Which of them staff did."""


class Deed(NamedTuple):
    """What staff do, as far as rows name who did it."""

    kind: str
    rows: tuple[By, ...]


class Kept(NamedTuple):
    """What is exported of one kind."""

    kind: str
    sql: str
    """What a login ($1) has, the newest first, $2 at most. Its columns are told by their names; of a name that is kept
    ``sealed`` under its ``id`` it is told whose it is, as ``holder``.
    """
    most: int = MOST


Unseal = Callable[[UUID, bytes | None], str]
"""The name that is sealed under an id; empty where there is none."""


async def export(
    tx: Transaction, kept: Iterable[Kept], deeds: Sequence[Deed], unseal: Unseal | None = None
) -> list[OwnRecord]:
    """What the caller has of each kind, and of what they did as staff how often, since when, until when, and why."""
    subject = tx.caller.subject
    own = [record(one.kind, _opened(row, unseal)) for one in kept for row in await tx.fetch(one.sql, subject, one.most)]
    office = [
        record(row["kind"], {"count": row["held"], "first": row["first"], "last": row["last"], "kept_for": OFFICE})
        for row in await _done(tx, deeds, subject)
    ]
    return [*own, *office]


def _opened(row: Record, unseal: Unseal | None) -> Mapping[str, object]:
    fields = dict(row)
    if unseal is not None and "sealed" in fields:
        fields["holder"] = unseal(fields.pop("id"), fields.pop("sealed"))
    return fields


async def _done(tx: Transaction, deeds: Sequence[Deed], subject: str) -> Sequence[Record]:
    return await tx.fetch(_counting(tuple(deeds)), subject, OFFICE_MOST) if subject and deeds else ()


@lru_cache(maxsize=16)
def _counting(deeds: tuple[Deed, ...]) -> str:
    each = " UNION ALL ".join(
        f"(SELECT '{deed.kind}' AS kind, {one.at} AS at FROM {one.table}"  # noqa: S608 - names of ours
        f" WHERE {one.column} = $1 AND {one.column} <> '' AND {one.where} ORDER BY {one.at} DESC LIMIT $2)"
        for deed in deeds
        for one in deed.rows
    )
    return (
        "SELECT kind, count(*)::integer AS held, min(at) AS first, max(at) AS last"  # noqa: S608 - names of ours
        f" FROM ({each}) AS done GROUP BY kind ORDER BY kind"
    )


def record(kind: str, fields: Mapping[str, object]) -> OwnRecord:
    """Something that is kept, without what is empty of it."""
    told = {name: text for name, value in fields.items() if (text := _text(value))}
    return OwnRecord(kind=kind, fields=[OwnField(name=name, value=text) for name, text in told.items()])


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


async def report(
    tx: Transaction, event: Event[Any], kinds: Iterable[Kind], deeds: Sequence[Deed], repeated: Collection[str] = ()
) -> None:
    """Answers a request of society's (``PersonalDataRequested``), once for each pillar: the request's own event comes
    once. With it how often they did what staff do, of which nothing is erased. What idempotency answered their login
    goes with what is erased, but to requests of the names that may be ``repeated``, whose answers hold nothing of them.
    """
    asked = event.message
    if asked.erase:
        await idempotency.let_go(tx, asked.subject, repeated)
    office = [Kind(row["kind"], row["held"], 0, OFFICE) for row in await _done(tx, deeds, asked.subject)]
    told = [
        PersonalDataReported.Kind(
            kind=one.kind, held=one.held, erased=one.erased, reason=one.reason if one.held > one.erased else ""
        )
        for one in (*kinds, *office)
    ]
    answer = PersonalDataReported(request=asked.request, kinds=told)
    tx.emit(answer, aggregate=f"personal:{asked.request}", version=1, correlation=event.correlation)
