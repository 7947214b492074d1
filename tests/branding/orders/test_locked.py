"""What is asked while the seats of an order are locked: all who want the same ones wait for each round trip."""

from typing import Any

import pytest

from services.kit.database import Transaction
from tests.branding.tickets.ticketing import Ticketing


@pytest.fixture
def asked(office: Ticketing, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The office's statements that answer with rows, in one line each: other pillars of this process ask beside it."""
    seen: list[str] = []
    fetch = Transaction.fetch

    async def noted(tx: Transaction, sql: str, *args: object) -> Any:
        if tx.runtime is office.served.runtime:
            seen.append(" ".join(sql.split()))
        return await fetch(tx, sql, *args)

    monkeypatch.setattr(Transaction, "fetch", noted)
    return seen


async def test_while_seats_are_locked_their_sales_are_asked_for_and_what_was_ordered_before_and_nothing_else(
    office: Ticketing, asked: list[str]
) -> None:
    sale, adult = await office.on_sale()
    await office.order(sale, adult)
    asked.clear()
    await office.order(sale, adult)
    (locked,) = (place for place, sql in enumerate(asked) if "ticket_seats" in sql and "FOR NO KEY UPDATE" in sql)
    sales, counted, *others = asked[locked + 1 :]
    assert ("FOR SHARE" in sales, "counted_by" in counted, others) == (True, True, [])
