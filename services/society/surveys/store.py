"""SQL of surveys, and of what was said in words."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from random import SystemRandom
from uuid import UUID, uuid4

from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page, Table
from services.kit.runtime import Runtime
from services.society.surveys.model import Kind, State, Survey

_SURVEYS = Table(Survey, "survey", fixed=("kind", "agency", "created_at"))
_NEWEST: Keyset[Survey] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save = _SURVEYS.get, _SURVEYS.save
_ERASED = 1_000
_NONE = UUID(int=0)

# ORDER BY, so that any plan takes the index of what is due.
_DUE = "SELECT closes_at FROM survey WHERE state = 'open' ORDER BY closes_at LIMIT 1"
_OLD_WORDS = "words_until IS NOT NULL AND words_until <= $1 ORDER BY words_until"


async def add(tx: Transaction, one: Survey) -> bool:
    """Writes a new one; False where its agency has one of satisfaction that is open."""
    return bool(await _SURVEYS.add_all(tx, [one]))


async def remove(tx: Transaction, survey: UUID) -> None:
    """Erases one that nothing refers to."""
    await tx.execute("DELETE FROM survey WHERE id = $1", survey)


async def page(
    tx: Transaction, kind: Kind, states: Sequence[State], agency: str, size: int, token: str
) -> Page[Survey]:
    """Those of a kind in these states, of an agency or (empty) of all, the newest first."""
    return await _SURVEYS.page(tx, _NEWEST, size, token, kind=kind, state=tuple(states), agency=agency)


async def of_agency(tx: Transaction, agency: str) -> Survey | None:
    """That of satisfaction which is open at an agency."""
    return await _SURVEYS.first(tx, "agency = $1 AND kind = 'satisfaction' AND state = 'open'", agency)


async def any_of_satisfaction(tx: Transaction) -> bool:
    """Whether anything was ever judged."""
    return bool(await tx.fetchval("SELECT true FROM survey WHERE kind = 'satisfaction' LIMIT 1"))


async def anything_due(runtime: Runtime) -> bool:
    """Whether the end of some survey has come."""
    at: datetime | None = await runtime.pool.fetchval(_DUE)
    return at is not None and at <= runtime.clock()


async def due(tx: Transaction, but: Collection[UUID]) -> Survey | None:
    """One whose end has come, the longest ago; but for these."""
    tail = "state = 'open' AND closes_at <= $1 AND id <> ALL($2::uuid[]) ORDER BY closes_at"
    return await _SURVEYS.first(tx, tail, tx.now, list(but))


async def due_since(tx: Transaction) -> datetime | None:
    """When the survey ended, or ends, that is to close next."""
    at: datetime | None = await tx.fetchval(_DUE)
    return at


async def say(tx: Transaction, survey: UUID, words: Mapping[int, str]) -> None:
    """Keeps what somebody said in words, by the number of the question; nobody reads it yet."""
    await tx.execute(
        "INSERT INTO survey_words (survey, id, question, words, batch)"
        " SELECT $1, *, 0 FROM unnest($2::uuid[], $3::smallint[], $4::text[])",
        survey,
        [uuid4() for _ in words],
        list(words),
        list(words.values()),
    )


async def move_words(tx: Transaction, survey: UUID, *, everything: bool = False) -> None:
    """A batch of answers is whole: words of the one before can be read, under new ids and in an order drawn by lot, so
    that nothing tells which were written together. At the end ``everything`` can.
    """
    rows = await tx.fetch(
        "DELETE FROM survey_words WHERE survey = $1 AND batch IN (1, $2) RETURNING question, words",
        survey,
        0 if everything else 1,
    )
    SystemRandom().shuffle(rows)
    await tx.execute(
        "INSERT INTO survey_words (survey, id, question, words, batch)"
        " SELECT $1, *, 2 FROM unnest($2::uuid[], $3::smallint[], $4::text[])",
        survey,
        [uuid4() for _ in rows],
        [row["question"] for row in rows],
        [row["words"] for row in rows],
    )
    await tx.execute("UPDATE survey_words SET batch = 1 WHERE survey = $1 AND batch = 0", survey)


async def words(tx: Transaction, survey: UUID, size: int, token: str) -> Page[tuple[int, str]]:
    """What can be read of what was said in words: the number of the question, and the words. Errors: PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    most, wanted = paging.page_size(size), str(survey)
    after = paging.read(token, wanted, (UUID,))
    rows = await tx.fetch(
        "SELECT id, question, words FROM survey_words WHERE survey = $1 AND batch = 2 AND id > $2 ORDER BY id LIMIT $3",
        survey,
        after[0] if after else _NONE,
        most + 1,
    )
    found = [(row["question"], row["words"]) for row in rows[:most]]
    return Page(found, paging.written((rows[most - 1]["id"],), wanted) if len(rows) > most else "")


async def burn_words(tx: Transaction, survey: UUID) -> None:
    """Erases what was said in words, all at once."""
    await tx.execute("DELETE FROM survey_words WHERE survey = $1", survey)


async def old_words(tx: Transaction) -> Survey | None:
    """One whose words have been kept long enough, locked."""
    return await _SURVEYS.first(tx, _OLD_WORDS, tx.now, lock=True)


async def forget_words(tx: Transaction, survey: UUID) -> bool:
    """Erases some of a survey's words; whether there may be more."""
    tag = await tx.execute(
        "DELETE FROM survey_words WHERE id IN (SELECT id FROM survey_words WHERE survey = $1 LIMIT $2 FOR UPDATE)",
        survey,
        _ERASED,
    )
    return tag == f"DELETE {_ERASED}"
