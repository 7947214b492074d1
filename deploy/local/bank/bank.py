"""The bank's rules: make a QRIS, take money for it, send money back, and tell the customer."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from deploy.local.bank import emvco
from deploy.local.bank.book import Book, Deal, new_number
from deploy.local.bank.settings import BankSettings
from deploy.local.bank.whims import Whims

CURRENCY = "IDR"
MOST = 10_000_000
"""The most that one QRIS takes, in rupiah (Bank Indonesia)."""
AFTER_HELD = 0.3
"""Seconds after the overtaking notice until those that were held back."""


class NotPayableError(Exception):
    """A payer is turned away; ``reason`` names the text that says why."""

    def __init__(self, reason: str) -> None:
        """Takes the reason."""
        super().__init__(reason)
        self.reason = reason


class Bank:
    """One bank. ``clock`` tells the time of deals; notices fall due by the machine's."""

    def __init__(self, settings: BankSettings, book: Book, whims: Whims, clock: Callable[[], datetime]) -> None:
        """Works on a book."""
        self._settings = settings
        self._clock = clock
        self.book = book
        self.whims = whims
        self.told: Callable[[], None] = lambda: None
        """Called when there is something to tell the customer."""

    @property
    def now(self) -> datetime:
        """The bank's time, in its zone."""
        return self._clock().astimezone(self._settings.zone)

    def make(self, code: str, qris: emvco.Qris, pan: str, expires_at: str) -> Deal | None:
        """A new dynamic QRIS; None when the customer has used the code before."""
        reference = new_number()
        payload = emvco.write(qris, pan, self._settings.city, reference)
        deal = self._deal(reference, qris, code=code, payload=payload, expires_at=expires_at)
        try:
            self.book.add(deal)
        except sqlite3.IntegrityError:
            return None
        return deal

    def look(self, payload: str) -> Deal:
        """What a payer would pay; a static QRIS may have the amount 0. Raises NotPayableError."""
        try:
            qris = emvco.read(payload)
        except emvco.NoQrisError as error:
            raise NotPayableError("no_qris") from error
        if qris.static:
            return self._deal("", qris, payload=payload.strip())
        deal = self.book.deal_of(payload.strip())
        if deal is None:
            raise NotPayableError("unknown")
        if deal.state != "open":
            raise NotPayableError(deal.state)
        if deal.is_expired(self.now):
            raise NotPayableError("expired")
        return deal

    def pay(self, payload: str, amount: int = 0) -> Deal:
        """Takes a payer's money; ``amount`` is theirs to say when a static QRIS says none. Raises NotPayableError."""
        deal, now = self.look(payload), self.now.isoformat(timespec="seconds")
        paid = replace(deal, state="paid", paid_at=now, amount=deal.amount or amount)
        if not 0 < paid.amount <= MOST:
            raise NotPayableError("amount")
        if deal.static:
            paid = replace(paid, reference=new_number())
            self.book.add(paid)
        elif not self.book.set_state(deal.reference, "paid", now):
            raise NotPayableError("paid")
        self._tell(paid)
        return paid

    def status(self, deal: Deal) -> tuple[str, str]:
        """SNAP's latestTransactionStatus and its text."""
        if deal.state == "paid":
            back = sum(each["amount"] for each in self.book.refunds(deal.reference))
            return ("04", "Refunded") if back >= deal.amount else ("00", "Success")
        if deal.state == "cancelled":
            return "05", "Cancelled"
        return ("06", "Failed") if deal.is_expired(self.now) else ("03", "Pending")

    def _deal(self, reference: str, qris: emvco.Qris, *, payload: str, code: str = "", expires_at: str = "") -> Deal:
        return Deal(
            reference=reference,
            code=code,
            static=qris.static,
            payload=payload,
            merchant=qris.merchant,
            name=qris.name,
            terminal=qris.terminal,
            amount=qris.amount or 0,
            state="open",
            made_at=self.now.isoformat(timespec="seconds"),
            expires_at=expires_at,
            paid_at="",
        )

    def _tell(self, deal: Deal) -> None:
        """Puts the news of a payment into the book, or what the whims make of it."""
        whims, now = self.whims, time.time()
        if whims.take("forget"):
            return
        lie, late, reorder = whims.take("lie"), whims.take("late"), whims.take("reorder")
        amount = deal.amount + int(lie.value) if lie else deal.amount
        if lie:  # and it stays with that, whoever asks
            self.book.set_amount(deal.reference, amount)
        content = _news(deal, amount)
        due = now + (late.value if late else reorder.value if reorder else 0.0)
        number = new_number()
        self.book.add_notice(deal.reference, content, due, number, held=reorder is not None)
        if whims.take("duplicate"):
            self.book.add_notice(deal.reference, content, due, number)
            self.book.add_notice(deal.reference, content, due, new_number())
        if reorder is None:
            self.book.let_go(now + AFTER_HELD)
        self.told()


def money(units: int) -> dict[str, str]:
    """Whole rupiah as SNAP writes them."""
    return {"value": f"{units}.00", "currency": CURRENCY}


def _news(deal: Deal, amount: int) -> dict[str, object]:
    return {
        "originalReferenceNo": deal.reference,
        "originalPartnerReferenceNo": deal.code,
        "latestTransactionStatus": "00",
        "transactionStatusDesc": "Success",
        "amount": money(amount),
        "createdTime": deal.made_at,
        "finishedTime": deal.paid_at,
        "additionalInfo": {
            "merchantId": deal.merchant,
            "terminalId": deal.terminal,
            "qrType": "static" if deal.static else "dynamic",
        },
    }
