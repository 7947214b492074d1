"""Pages by keysets against a real PostgreSQL: none loses or repeats a row, and no token breaks a statement."""

import base64
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page
from services.kit.errors import DomainError
from tests.kit.library import (
    BOOKS,
    LATEST,
    PLACED,
    SOONEST,
    THINNEST,
    Book,
    pool,
    shelves,
    soonest,
    tx,
    walked,
)

__all__ = ["pool", "shelves", "tx"]


@pytest.mark.parametrize("size", [1, 2, 5, 22, 23, 24])
async def test_pages_neither_lose_nor_repeat_a_row(tx: Transaction, shelves: list[Book], size: int) -> None:
    assert await walked(tx, SOONEST, size) == sorted(shelves, key=soonest)
    assert await walked(tx, LATEST, size) == sorted(shelves, key=soonest, reverse=True)
    thinnest = sorted(shelves, key=lambda one: (one.pages, one.shelf, one.id))
    assert await walked(tx, THINNEST, size) == thinnest


async def test_a_page_goes_on_where_it_was_though_rows_come_and_go(tx: Transaction, shelves: list[Book]) -> None:
    first = await BOOKS.page(tx, SOONEST, 10, "")
    await BOOKS.save(tx, Book(uuid4(), due_at=datetime(1970, 1, 1, tzinfo=UTC)))
    await tx.execute("DELETE FROM book WHERE id = $1", first.rows[-1].id)
    rest = await BOOKS.page(tx, SOONEST, 200, first.token)
    assert [*first.rows, *rest.rows] == sorted(shelves, key=soonest)


@pytest.mark.parametrize("order", [SOONEST, LATEST, THINNEST], ids=["soonest", "latest", "thinnest"])
async def test_a_token_of_other_conditions_or_another_list_is_refused(
    tx: Transaction, shelves: list[Book], order: Keyset[Book]
) -> None:
    token = (await BOOKS.page(tx, order, 1, "", shelf="a")).token
    assert (await BOOKS.page(tx, order, 1, token, shelf="a")).rows
    other = THINNEST if order is not THINNEST else SOONEST
    for wanted, where in (
        ({"shelf": "b"}, order),
        ({}, order),
        ({"shelf": "a", "lent": True}, order),
        ({"shelf": "a"}, other),
    ):
        await refused(tx, where, token, **wanted)


async def refused(tx: Transaction, order: Keyset[Book], token: str, **wanted: object) -> None:
    """Asserts that a token is refused, and that the transaction goes on."""
    with pytest.raises(DomainError) as caught:
        await BOOKS.page(tx, order, 1, token, **wanted)
    assert (caught.value.reason, caught.value.metadata) == ("PAGE_TOKEN_INVALID", {"field": "page_token"})
    assert await tx.fetchval("SELECT 1") == 1


def forged(*values: object) -> str:
    """A token with the right fingerprint, which everybody can compute, and any values."""
    content = json.dumps([*values, paging._fingerprint({})])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


ID = str(UUID(int=7))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "é",
        "A" * 500,
        forged(),
        forged(5, "a", ID, "more"),
        forged("5", "a", ID),
        forged(True, "a", ID),
        forged(5.5, "a", ID),
        forged(2**63, "a", ID),
        forged(-(2**63) - 1, "a", ID),
        forged(5, "a\0", ID),
        forged(5, "\ud800", ID),
        forged(5, ["a"], ID),
        forged(5, None, ID),
        forged(5, "a", None),
        forged(5, "a", "no id"),
        forged(5, "a", 7),
        forged(None, "a", ID),
    ],
)
async def test_a_forged_token_is_refused_before_the_database_sees_it(tx: Transaction, token: str) -> None:
    await refused(tx, THINNEST, token)


@pytest.mark.parametrize("at", ["2026-11-24", "2026-11-24T02:00:00", "0001-01-01T00:00:00+14:00", 7, "infinity", ""])
async def test_a_forged_time_is_refused_before_the_database_sees_it(tx: Transaction, at: object) -> None:
    await refused(tx, SOONEST, forged(at, ID))


@pytest.mark.parametrize(
    ("order", "values"),
    [
        (SOONEST, ("0001-01-01T00:00:00+00:00", ID)),
        (SOONEST, ("9999-12-31T23:59:59.999999+00:00", ID)),
        (SOONEST, (None, ID)),
        (LATEST, (None, str(UUID(int=2**128 - 1)))),
        (THINNEST, (2**63 - 1, "", ID)),
        (THINNEST, (1 - 2**63, "'; DROP TABLE book; --", ID)),
        (PLACED, (2**40, ID)),
        (PLACED, (1 - 2**63, ID)),
    ],
)
async def test_a_token_may_lead_anywhere_in_the_list(
    tx: Transaction, shelves: list[Book], order: Keyset[Book], values: tuple[object, ...]
) -> None:
    assert isinstance(await BOOKS.page(tx, order, 200, forged(*values)), Page)
    assert await tx.fetchval("SELECT count(*) FROM book") == len(shelves)
