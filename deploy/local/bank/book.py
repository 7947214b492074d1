"""The bank's book in SQLite: deals, refunds, answers given, and what the customer has yet to be told.

A deal is a QRIS that the bank made for its customer, or a payment into a static one. Amounts are whole rupiah, times
text (ISO 8601 with offset), so that the file can be read as it is.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deal (
    reference TEXT PRIMARY KEY, code TEXT NOT NULL, static INTEGER NOT NULL, payload TEXT NOT NULL,
    merchant TEXT NOT NULL, name TEXT NOT NULL, terminal TEXT NOT NULL, amount INTEGER NOT NULL, state TEXT NOT NULL,
    made_at TEXT NOT NULL, expires_at TEXT NOT NULL, paid_at TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS deal_code ON deal (code) WHERE code <> '';
CREATE INDEX IF NOT EXISTS deal_payload ON deal (payload);
CREATE TABLE IF NOT EXISTS refund (
    number TEXT PRIMARY KEY, partner_number TEXT NOT NULL UNIQUE, deal TEXT NOT NULL REFERENCES deal,
    amount INTEGER NOT NULL, made_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS answer (
    day TEXT, external_id TEXT, asked TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (day, external_id)
) STRICT;
CREATE TABLE IF NOT EXISTS notice (
    number INTEGER PRIMARY KEY AUTOINCREMENT, external_id TEXT NOT NULL, deal TEXT NOT NULL, body TEXT NOT NULL,
    due REAL NOT NULL, held INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True)
class Deal:
    """One row; ``state`` is open, paid or cancelled."""

    reference: str
    code: str
    static: bool
    payload: str
    merchant: str
    name: str
    terminal: str
    amount: int
    state: str
    made_at: str
    expires_at: str
    paid_at: str

    def is_expired(self, now: datetime) -> bool:
        """Whether nobody can pay it any more, since nobody did in time."""
        return self.state == "open" and bool(self.expires_at) and now >= datetime.fromisoformat(self.expires_at)


@dataclass(frozen=True)
class Notice:
    """What the customer is told; ``due`` in seconds since the epoch; ``state`` is waiting or told."""

    number: int
    external_id: str
    deal: str
    body: str
    due: float
    held: bool
    attempts: int
    state: str


class Book:
    """The file. Every method is one transaction."""

    def __init__(self, file: Path) -> None:
        """Opens it, or makes it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(file, isolation_level=None)
        self._base.row_factory = sqlite3.Row
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.executescript(_SCHEMA)

    def close(self) -> None:
        """Closes it."""
        self._base.close()

    def add(self, deal: Deal) -> None:
        """Adds a deal. Raises sqlite3.IntegrityError when its code is taken."""
        values = tuple(vars(deal).values())
        self._base.execute(f"INSERT INTO deal VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    def deal(self, reference: str = "", code: str = "") -> Deal | None:
        """By the bank's reference, or else the customer's code."""
        column, value = ("reference", reference) if reference else ("code", code)
        return self._one(f"SELECT * FROM deal WHERE {column} = ? AND ? <> ''", value, value)  # noqa: S608

    def deal_of(self, payload: str) -> Deal | None:
        """The deal that a dynamic QRIS stands for."""
        return self._one("SELECT * FROM deal WHERE payload = ? AND NOT static", payload)

    def latest(self, most: int = 20) -> list[Deal]:
        """The newest deals."""
        return self._deals("SELECT * FROM deal ORDER BY rowid DESC LIMIT ?", most)

    def paid_on(self, day: str) -> list[Deal]:
        """What was paid on a day."""
        return self._deals("SELECT * FROM deal WHERE paid_at LIKE ? ORDER BY paid_at, rowid", f"{day}%")

    def set_state(self, reference: str, state: str, paid_at: str = "") -> bool:
        """Closes an open deal; False when somebody was faster."""
        sql = "UPDATE deal SET state = ?, paid_at = ? WHERE reference = ? AND state = 'open'"
        return self._base.execute(sql, (state, paid_at, reference)).rowcount == 1

    def set_amount(self, reference: str, amount: int) -> None:
        """Says that a deal was over another amount."""
        self._base.execute("UPDATE deal SET amount = ? WHERE reference = ?", (amount, reference))

    def refunds(self, deal: str = "", day: str = "") -> list[dict[str, Any]]:
        """Refunds of a deal, or of a day, with the customer's code."""
        sql = "SELECT refund.*, deal.code FROM refund JOIN deal ON deal.reference = refund.deal"
        where, value = ("deal = ?", deal) if deal else ("refund.made_at LIKE ?", f"{day}%")
        rows = self._base.execute(f"{sql} WHERE {where} ORDER BY refund.rowid", (value,))
        return [dict(row) for row in rows]

    def add_refund(self, deal: str, partner_number: str, amount: int, now: str) -> str:
        """Sends money back; the bank's number. Raises sqlite3.IntegrityError when it was sent."""
        number = new_number()
        self._base.execute("INSERT INTO refund VALUES (?, ?, ?, ?, ?)", (number, partner_number, deal, amount, now))
        return number

    def answer(self, day: str, external_id: str) -> tuple[str, int, bytes] | None:
        """What was asked under an external id that day, and the answer."""
        sql = "SELECT asked, status, body FROM answer WHERE day = ? AND external_id = ?"
        row = self._base.execute(sql, (day, external_id)).fetchone()
        return (row["asked"], row["status"], row["body"].encode()) if row else None

    def keep_answer(self, day: str, external_id: str, asked: str, status: int, body: bytes) -> None:
        """Remembers an answer until the day after."""
        self._base.execute("DELETE FROM answer WHERE day < date(?, '-1 day')", (day,))
        self._base.execute(
            "INSERT INTO answer VALUES (?, ?, ?, ?, ?)", (day, external_id, asked, status, body.decode())
        )

    def add_notice(
        self, deal: str, content: dict[str, Any], due: float, external_id: str, *, held: bool = False
    ) -> None:
        """Something to tell the customer."""
        sql = "INSERT INTO notice (external_id, deal, body, due, held, state) VALUES (?, ?, ?, ?, ?, 'waiting')"
        body = json.dumps(content, separators=(",", ":"))
        self._base.execute(sql, (external_id, deal, body, due, held))

    def let_go(self, due: float) -> None:
        """What was held back is told at ``due``."""
        self._base.execute("UPDATE notice SET held = 0, due = ? WHERE held AND state = 'waiting'", (due,))

    def waiting(self) -> list[Notice]:
        """What is yet to be told, the soonest first."""
        rows = self._base.execute("SELECT * FROM notice WHERE state = 'waiting' ORDER BY due, number")
        return [Notice(**dict(row)) for row in rows]

    def told(self, number: int) -> None:
        """The customer has taken note."""
        self._base.execute("UPDATE notice SET state = 'told', attempts = attempts + 1 WHERE number = ?", (number,))

    def postpone(self, number: int, due: float) -> None:
        """The customer has not; again at ``due``."""
        self._base.execute("UPDATE notice SET attempts = attempts + 1, due = ? WHERE number = ?", (due, number))

    def notices(self) -> list[Notice]:
        """All of them, the newest first."""
        rows = self._base.execute("SELECT * FROM notice ORDER BY number DESC LIMIT 100")
        return [Notice(**dict(row)) for row in rows]

    def _one(self, sql: str, *values: object) -> Deal | None:
        return next(iter(self._deals(sql, *values)), None)

    def _deals(self, sql: str, *values: object) -> list[Deal]:
        return [Deal(**{**dict(row), "static": bool(row["static"])}) for row in self._base.execute(sql, values)]


def new_number() -> str:
    """A new reference: 20 digits."""
    return f"{secrets.randbelow(10**20):020d}"
