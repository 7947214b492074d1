"""Tables against a real PostgreSQL: entities in and out, locked and listed."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.kit.database import Transaction, paging
from services.kit.errors import DomainError
from tests.kit.library import (
    BOOKS,
    LEAFLETS,
    NOW,
    SOONEST,
    Book,
    Kind,
    Leaflet,
    State,
    pool,
    shelves,
    soonest,
    tx,
    walked,
)

__all__ = ["pool", "shelves", "tx"]


@dataclass
class Listening:
    """A transaction that remembers what it is asked and finds nothing."""

    asked: list[tuple[str, tuple[object, ...]]]

    async def fetch(self, sql: str, *args: object) -> list[Any]:
        """Remembers a statement."""
        self.asked.append((sql, args))
        return []


async def test_an_entity_comes_back_as_it_was_saved(tx: Transaction) -> None:
    whole = Book(uuid4(), "b", State.LENT, ("x", "x"), (Kind.OLD, Kind.THIN), 2**62, True, NOW, NOW, -6.98, State.HERE)
    for book in (whole, Book(uuid4())):
        await BOOKS.save(tx, book)
        assert await BOOKS.get(tx, book.id) == book


async def test_what_is_added_is_new(tx: Transaction) -> None:
    book = Book(uuid4())
    await BOOKS.add(tx, book)
    assert await BOOKS.get(tx, book.id) == book
    with pytest.raises(asyncpg.UniqueViolationError):
        await BOOKS.add(tx, book)


async def test_one_more_a_day_waits_until_the_first_of_so_many_newest_is_a_day_old(tx: Transaction) -> None:
    hours = [timedelta(hours=each) for each in (40, 20, 10)]
    for number, ago in enumerate(hours, 1):
        await BOOKS.add(tx, Book(UUID(int=number), shelf="a", created_at=NOW - ago))
    await BOOKS.add(tx, Book(UUID(int=9), shelf="b", state=State.LENT, created_at=NOW))
    assert await BOOKS.wait(tx, 1, shelf="a") == timedelta(hours=14)
    assert await BOOKS.wait(tx, 2, shelf="a") == timedelta(hours=4)
    assert await BOOKS.wait(tx, 3, shelf="a") is None, "the third of them is older than a day"
    assert await BOOKS.wait(tx, 4, shelf="a") is None, "there are not so many"
    assert await BOOKS.wait(tx, 1, shelf="b", state=State.LENT) == timedelta(days=1)
    assert await BOOKS.wait(tx, 1, shelf="b", state=State.HERE) is None


async def test_what_is_not_there_is_none(tx: Transaction) -> None:
    assert await BOOKS.get(tx, uuid4()) is None
    assert await BOOKS.first(tx, "pages > $1", 5) is None
    assert await BOOKS.every(tx, "pages > $1", 5) == []


async def test_saving_again_changes_all_but_fixed_columns(tx: Transaction) -> None:
    book = Book(uuid4())
    await BOOKS.save(tx, book)
    later = NOW + timedelta(days=1)
    await BOOKS.save(tx, replace(book, shelf="z", created_at=later, state=State.LOST, marks=("m",), due_at=later))
    assert await BOOKS.get(tx, book.id) == replace(book, state=State.LOST, marks=("m",), due_at=later)


async def test_a_condition_finds_the_first_and_all(tx: Transaction) -> None:
    books = [Book(uuid4(), pages=each) for each in (3, 1, 2)]
    for book in books:
        await BOOKS.save(tx, book)
    assert await BOOKS.first(tx, "pages > $1 ORDER BY pages DESC", 1) == books[0]
    assert await BOOKS.every(tx, "pages < $1 ORDER BY pages", 3) == [books[1], books[2]]


async def test_many_are_written_in_one_statement_and_what_is_there_stays(
    tx: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    fetch = tx.fetch

    async def counting(sql: str, *args: object) -> list[asyncpg.Record]:
        asked.append(sql)
        return await fetch(sql, *args)

    monkeypatch.setattr(tx, "fetch", counting)
    old = Leaflet(uuid4(), pages=7)
    new = [
        Leaflet(uuid4(), "b", State.LENT, 2**62, True, NOW, NOW, -6.98, State.HERE),
        *(Leaflet(uuid4()) for _ in range(500)),
    ]
    assert await LEAFLETS.add_all(tx, [old]) == {old.id}
    assert await LEAFLETS.add_all(tx, [replace(old, pages=8), *new]) == {one.id for one in new}
    assert await LEAFLETS.add_all(tx, []) == set()
    assert len(asked) == 2
    for one in (old, *new[:2]):
        assert await LEAFLETS.get(tx, one.id) == one


async def test_what_has_several_values_cannot_be_written_with_others(tx: Transaction) -> None:
    with pytest.raises(TypeError, match="cannot be written together"):
        await BOOKS.add_all(tx, [Book(uuid4())])


async def test_a_row_is_locked_when_asked_and_only_then(pool: Any, tx: Transaction) -> None:
    book = Book(uuid4())
    await pool.execute("INSERT INTO book VALUES ($1, 'a', 'here', '{}', '{}', 1, false, $2, NULL, NULL)", book.id, NOW)
    nobody_else = "SELECT FROM book WHERE id = $1 FOR NO KEY UPDATE NOWAIT"
    await BOOKS.get(tx, book.id)
    await pool.execute(nobody_else, book.id)
    await BOOKS.get(tx, book.id, lock=True)
    with pytest.raises(asyncpg.LockNotAvailableError):
        await pool.execute(nobody_else, book.id)
    await pool.execute("SELECT FROM book WHERE id = $1 FOR KEY SHARE NOWAIT", book.id)  # foreign keys may point at it


async def test_a_page_holds_only_what_is_wanted(tx: Transaction, shelves: list[Book]) -> None:
    for wanted, fits in (
        ({"state": State.LOST}, lambda one: one.state is State.LOST),
        ({"state": (State.LOST, State.HERE)}, lambda one: one.state is not State.LENT),
        ({"state": {State.LOST}, "shelf": "a"}, lambda one: one.state is State.LOST and one.shelf == "a"),
        ({"shelf": ["a", "b"], "lent": False}, lambda one: not one.lent),
        ({"pages": 0}, lambda one: one.pages == 0),
        ({"state": (), "shelf": "", "lon": None, "marks": [], "kinds": frozenset()}, lambda one: True),
    ):
        assert await walked(tx, SOONEST, 4, **wanted) == sorted(filter(fits, shelves), key=soonest), wanted


async def test_the_usual_size_of_a_page_is_that_of_all_lists(tx: Transaction) -> None:
    for _ in range(paging.DEFAULT + 1):
        await BOOKS.save(tx, Book(uuid4()))
    assert len((await BOOKS.page(tx, SOONEST, 0, "")).rows) == paging.DEFAULT


@pytest.mark.parametrize("size", [-1, paging.MOST + 1])
async def test_a_page_of_another_size_is_refused(tx: Transaction, size: int) -> None:
    with pytest.raises(DomainError) as caught:
        await BOOKS.page(tx, SOONEST, size, "")
    assert (caught.value.reason, caught.value.metadata) == ("PAGE_SIZE_INVALID", {"field": "page_size"})


async def test_only_what_is_wanted_stands_in_the_statement() -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    listening: Any = Listening(asked)
    await BOOKS.page(listening, SOONEST, 5, "", state=(), shelf="", due_at=None)
    await BOOKS.page(listening, SOONEST, 5, "", state=(State.LOST,), shelf="", lent=False)
    await BOOKS.page(listening, SOONEST, 5, "", lent=False, state=(State.LOST, State.HERE, State.LOST))
    (plain, none), (narrow, given), (merged, several) = asked
    assert "WHERE" not in plain
    assert none == ()
    assert "WHERE state = $1 AND lent = $2 ORDER BY" in narrow
    assert given == ("lost", False)
    assert [each.partition(" ORDER BY")[0] for each in merged.split(" WHERE ")[1:]] == [
        "lent = $1 AND state = $2",
        "lent = $1 AND state = $3",
    ]
    assert several == (False, "lost", "here")


async def test_a_set_is_wanted_in_one_order_in_every_process() -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    listening: Any = Listening(asked)
    names = {f"shelf-{each}" for each in range(40)}
    await BOOKS.page(listening, SOONEST, 5, "", shelf=names, state=frozenset(State))
    assert asked[0][1] == (sorted(names), "here", "lent", "lost")
