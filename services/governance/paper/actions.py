"""Reserving numbers, and entering forms in their order."""

from services.governance.journal import actions as journal
from services.governance.journal import store as entries
from services.governance.journal.model import What
from services.governance.paper import store
from services.governance.paper.store import Reserved
from services.governance.protocol.model import protocol_of
from services.kit.database import Transaction, paging
from services.kit.database.table import Page
from services.kit.errors import invalid, precondition

MOST_WAITING = 500
"""Numbers that may wait at once."""


async def reserve(tx: Transaction, count: int) -> list[Reserved]:
    """The next numbers of calls, for forms. Errors: NO_EMERGENCY_NUMBER, PAPER_NUMBERS_FULL."""
    protocol_of(tx.runtime.city)
    last = await entries.next_number(tx, "call", count)
    if len(await store.after(tx, 0, MOST_WAITING)) + count > MOST_WAITING:
        message = f"{MOST_WAITING} numbers may wait at once; enter or give up some first."
        raise precondition("PAPER_NUMBERS_FULL", message)
    await store.add(tx, last - count + 1, last)
    await journal.note(tx, What.PAPER_RESERVED, text=f"{last - count + 1}–{last}" if count > 1 else str(last))
    return [Reserved(number, tx.now) for number in range(last - count + 1, last + 1)]


async def page(tx: Transaction, size: int, token: str) -> Page[Reserved]:
    """Those that wait, the lowest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    most = paging.page_size(size)
    place = paging.read(token, "paper", (int,))
    rows = await store.after(tx, place[0] if place else 0, most + 1)
    if len(rows) <= most:
        return Page(rows)
    return Page(rows[:most], paging.written([rows[most - 1].number], "paper"))


async def enter(tx: Transaction, number: int) -> None:
    """The form of a number is entered. Errors: as ``void``."""
    await _next(tx, number)
    await store.end(tx, number, "entered")


async def void(tx: Transaction, number: int, reason: str) -> int:
    """The number is given up; answers with the next one, 0 for none.

    Errors: PAPER_NUMBER_UNKNOWN, PAPER_NUMBER_ORDER with the number that is next.
    """
    await _next(tx, number)
    await store.end(tx, number, "void", reason)
    rest = await store.after(tx, number, 1)
    await journal.note(tx, What.PAPER_VOIDED, text=f"{number}: {reason}")
    return rest[0].number if rest else 0


async def _next(tx: Transaction, number: int) -> None:
    await tx.one_at_a_time("paper numbers")
    waiting = await store.after(tx, 0, 1)
    if not waiting or waiting[0].number != number:
        known = await store.after(tx, number - 1, 1)
        if not known or known[0].number != number:
            raise invalid("PAPER_NUMBER_UNKNOWN", "This number is not reserved, or was entered.", field="paper_number")
        message = f"Forms are entered in their order: {waiting[0].number} is next. Enter it, or give it up."
        raise precondition("PAPER_NUMBER_ORDER", message, next=str(waiting[0].number))
