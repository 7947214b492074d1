"""A table that holds the entities of one dataclass: its columns are said once, and where they are the entity's own
fields, that is where.

    CLEANUPS = Table(Cleanup, "cleanup", fixed=("complaint_id", "created_at"))
    SOONEST = Keyset({"due_at": datetime, "id": UUID}, of=lambda one: (one.due_at, one.id))

A query that is a noun's own stays SQL, in its store.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cached_property
from types import NoneType
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from services.kit.database import paging
from services.kit.database.transaction import Transaction

E = TypeVar("E")

_DAY = timedelta(days=1)
_MERGED = 16
"""Most lists that are merged, one for each combination of the values of columns."""
_TYPES: Mapping[type, str] = {
    UUID: "uuid",
    str: "text",
    bytes: "bytea",
    bool: "boolean",
    int: "bigint",
    float: "double precision",
    datetime: "timestamptz",
    date: "date",
    timedelta: "interval",
}
"""What a field is while it travels in a column's list; the column itself may be narrower."""


class Page(NamedTuple, Generic[E]):
    """One page of a list."""

    rows: list[E]
    token: str = ""
    """Of the next page; empty on the last."""


@dataclass(frozen=True)
class Keyset(Generic[E]):
    """An order of a list, of columns (or expressions) whose values together are unique. None sorts as infinity."""

    columns: Mapping[str, type]
    """Each with the type of its values: datetime, UUID, int or str."""
    of: Callable[[E], Sequence[Any]]
    """Those values of an entity."""
    descending: bool = False
    only: str = ""
    """A condition that all of the list meets, as its index has it; ``Table.page`` asks for it."""

    def sql(self, first: int) -> str:
        """The condition of going on after parameters from ``$first`` on."""
        # A column may be narrower than what a token holds, which everybody can write.
        wide = ("::bigint" if kind is int else "" for kind in self.columns.values())
        places = ", ".join(f"${place}{cast}" for place, cast in enumerate(wide, first))
        return f"({', '.join(self.columns)}) {'<' if self.descending else '>'} ({places})"

    @property
    def order(self) -> str:
        """The ORDER BY."""
        return ", ".join(f"{column} DESC" if self.descending else column for column in self.columns)

    def token(self, last: E, wanted: object) -> str:
        """The token that goes on after an entity, in the list of ``wanted``."""
        return paging.written(self.of(last), wanted)

    def after(self, token: str, wanted: object) -> list[Any] | None:
        """Where a token goes on; None for the first page. Errors: PAGE_TOKEN_INVALID."""
        values = paging.read(token, wanted, tuple(self.columns.values()))
        if values is None:
            return None
        return [datetime.max if value is None else value for value in values]  # asyncpg's infinity

    def cut(self, rows: list[E], size: int, wanted: object) -> Page[E]:
        """A page of ``size`` out of rows of which one more was asked for."""
        return Page(rows) if len(rows) <= size else Page(rows[:size], self.token(rows[size - 1], wanted))


class Table(Generic[E]):
    """Reads and writes entities of a frozen dataclass; the key of what is saved again is the column ``id``."""

    def __init__(self, entity: type[E], name: str, *, fixed: Sequence[str] = ()) -> None:
        """``fixed`` are columns that are written once and never changed."""
        hints = get_type_hints(entity)
        self._entity, self._name, self._hints = entity, name, hints
        self._names = [field.name for field in fields(entity)]  # type: ignore[arg-type]
        self._ids = [each for each in self._names if hints[each] == tuple[UUID, ...]]
        self._read = {each: read for each in self._names if (read := _reader(hints[each])) is not None}
        columns = ", ".join(self._names)
        places = ", ".join(f"${place}" for place in range(1, len(self._names) + 1))
        changed = ", ".join(f"{each} = excluded.{each}" for each in self._names if each not in {"id", *fixed})
        self._select = f"SELECT {columns} FROM {name}"  # noqa: S608 - names of ours
        self._insert = f"INSERT INTO {name} ({columns}) VALUES ({places})"  # noqa: S608
        self._save = f"{self._insert} ON CONFLICT (id) DO UPDATE SET {changed}"

    async def get(self, tx: Transaction, key: UUID, *, lock: bool = False) -> E | None:
        """The entity of that id; locked until the end of the transaction if asked."""
        return await self.first(tx, "id = $1", key, lock=lock)

    async def first(self, tx: Transaction, tail: str, *args: object, lock: bool = False) -> E | None:
        """The first entity for a condition and what may follow it: ``"code = $1 ORDER BY version DESC"``."""
        row = await tx.fetchrow(f"{self._select} WHERE {tail} LIMIT 1{' FOR NO KEY UPDATE' if lock else ''}", *args)
        return self.entity(row) if row is not None else None

    async def every(self, tx: Transaction, tail: str, *args: object) -> list[E]:
        """All entities for a condition and what may follow it."""
        return [self.entity(row) for row in await tx.fetch(f"{self._select} WHERE {tail}", *args)]

    async def wait(self, tx: Transaction, most: int, **wanted: object) -> timedelta | None:
        """After how long one more may be made, of which there are at most so many within a day; None: at once.

        ``wanted`` are the columns that those have in common; their ids are in the order in which they were made.
        """
        common = " AND ".join(f"{name} = ${place}" for place, name in enumerate(wanted, 2))
        sql = f"SELECT created_at FROM {self._name} WHERE {common} ORDER BY id DESC OFFSET $1 LIMIT 1"  # noqa: S608
        first: datetime | None = await tx.fetchval(sql, most - 1, *map(_written, wanted.values()))
        wait = first + _DAY - tx.now if first else timedelta()
        return wait if wait > timedelta() else None

    def nested(self, tail: str) -> str:
        """All entities for a condition as one value of a row of the statement around; ``unnested`` reads it."""
        # Within a row the client reads scalars only.
        columns = (f"array_to_string({each}, ',')" if each in self._ids else each for each in self._names)
        return f"ARRAY(SELECT ROW({', '.join(columns)}) FROM {self._name} WHERE {tail})"  # noqa: S608 - names of ours

    def unnested(self, rows: Sequence[Sequence[Any]]) -> list[E]:
        """The entities of a value that ``nested`` made."""
        found = [dict(zip(self._names, row, strict=True)) for row in rows]
        for values in found:
            for name in self._ids:
                values[name] = tuple(map(UUID, values[name].split(","))) if values[name] else ()
        return [self.entity(values) for values in found]

    async def add(self, tx: Transaction, entity: E) -> None:
        """Writes a new entity; one with its key must not be there yet, whatever the key is."""
        await tx.execute(self._insert, *self._values(entity))

    async def save(self, tx: Transaction, entity: E) -> None:
        """Writes an entity, new or changed."""
        await tx.execute(self._save, *self._values(entity))

    async def add_all(self, tx: Transaction, entities: Sequence[E]) -> set[UUID]:
        """Writes new entities, however many, in one statement; answers with the ids of those that were written. What is
        there already, by whatever unique index, stays as it is and is not among them.

        Raises TypeError for an entity with a tuple: lists of several lengths are none of PostgreSQL's.
        """
        if not entities:
            return set()
        columns = ([_written(getattr(one, name)) for one in entities] for name in self._names)
        return {row["id"] for row in await tx.fetch(self._add, *columns)}

    @cached_property
    def _add(self) -> str:
        columns = ", ".join(self._names)
        lists = (f"${place}::{_type(self._hints[name])}[]" for place, name in enumerate(self._names, 1))
        return f"""
            INSERT INTO {self._name} ({columns}) SELECT * FROM unnest({", ".join(lists)})
            ON CONFLICT DO NOTHING RETURNING id
        """  # noqa: S608 - names of ours

    async def page(self, tx: Transaction, order: Keyset[E], size: int, token: str, **wanted: object) -> Page[E]:
        """At most ``size`` entities (0: the usual number) whose columns have the wanted values, one of several if it is
        a collection. What is not given, None or empty, is no condition and not in the statement: each set of conditions
        has a plan of its own. A list for each of several values, merged, where there are few: an index has the order
        for one value. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
        """
        given = {
            name: _written(value) for name, value in wanted.items() if value not in (None, "", (), [], frozenset())
        }
        most = paging.page_size(size)
        values: list[object] = []
        lists: list[list[str]] = [[order.only] if order.only else []]
        for name, value in given.items():
            if isinstance(value, list) and len(lists) * len(several := dict.fromkeys(value)) <= _MERGED:
                places = range(len(values) + 1, len(values) + len(several) + 1)
                lists = [[*each, f"{name} = ${place}"] for each in lists for place in places]
                values += several
            else:
                values.append(value)
                condition = f"{name} = ANY(${len(values)})" if isinstance(value, list) else f"{name} = ${len(values)}"
                lists = [[*each, condition] for each in lists]
        after = order.after(token, given)
        if after is not None:
            lists = [[*each, order.sql(len(values) + 1)] for each in lists]
        tail = f"ORDER BY {order.order} LIMIT {most + 1}"
        parts = [f"{self._select} {'WHERE ' if each else ''}{' AND '.join(each)} {tail}" for each in lists]
        merged = " UNION ALL ".join(f"({one})" for one in parts)
        sql = parts[0] if len(parts) == 1 else f"SELECT * FROM ({merged}) AS one {tail}"  # noqa: S608 - as above
        rows = await tx.fetch(sql, *values, *(after or ()))
        return order.cut([self.entity(row) for row in rows], most, given)

    def _values(self, entity: E) -> list[object]:
        return [_written(getattr(entity, name)) for name in self._names]

    def entity(self, row: Any) -> E:
        """The entity of a row that has its columns."""
        read = self._read
        return self._entity(**{name: read[name](row[name]) if name in read else row[name] for name in self._names})


def _written(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list | set | frozenset):
        found: list[Any] = [_written(each) for each in value]
        return found if isinstance(value, tuple | list) else sorted(found)  # a token holds in every process
    return value


def _type(hint: Any) -> str:
    """The type of a field's values in SQL."""
    given = [each for each in get_args(hint) or (hint,) if each is not NoneType]
    plain = str if len(given) == 1 and isinstance(given[0], type) and issubclass(given[0], Enum) else given[0]
    if get_origin(hint) is tuple or len(given) != 1 or plain not in _TYPES:
        raise TypeError(f"{hint} cannot be written together")
    return _TYPES[plain]


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    """What makes a field's value of a column's; None where it is the same."""
    given = [each for each in get_args(hint) if each is not NoneType]
    if len(given) == 1 and len(get_args(hint)) == 2:  # it, or None
        one = _reader(given[0])
        return None if one is None else lambda value: None if value is None else one(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if get_origin(hint) is tuple:
        inner = _reader(get_args(hint)[0])
        return tuple if inner is None else lambda values: tuple(map(inner, values))
    return None
