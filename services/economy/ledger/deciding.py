"""Deciding on transfers: one after the other, each group as a whole, against accounts as they are. Pure Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.economy.ledger.model import LARGEST, Account, Hold, Posting, Transfer, Verdict, standing


class Change(NamedTuple):
    """What a decision adds to an account's columns."""

    balance: int
    held: int
    entries: int


@dataclass(slots=True)
class Decision:
    """What is to be written: the journal's new rows, changes of accounts, and holds used up."""

    verdicts: list[Verdict] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    changes: dict[UUID, Change] = field(default_factory=dict)
    captured: list[UUID] = field(default_factory=list)


def decide(
    accounts: Mapping[UUID, Account],
    known: Mapping[UUID, Transfer],
    holds: Mapping[UUID, Hold],
    groups: Iterable[Sequence[Transfer]],
    now: datetime,
) -> Decision:
    """Decides groups of transfers one after the other; each group is posted as a whole or refused as a whole.

    ``known`` are the transfers of the journal with the groups' identifiers, ``holds`` the holds that they name. Later
    groups meet what earlier ones left behind. Reasons of refusal are the keys of ``refused``.
    """
    book = _Book(accounts, dict(known), holds, now)
    decision = Decision()
    for group in groups:
        decision.verdicts.append(book.take(group))
    decision.postings = book.postings
    decision.captured = book.captured
    for line in book.lines.values():
        before = line.account
        change = Change(line.balance - before.balance, line.held - before.held, line.entries - before.entries)
        if change.entries:
            decision.changes[before.id] = change
    return decision


class _Line:
    """An account while groups are decided."""

    __slots__ = ("account", "balance", "entries", "held")

    def __init__(self, account: Account) -> None:
        self.account = account
        self.balance = account.balance
        self.held = account.held
        self.entries = account.entries


class _Book:
    """The accounts while groups are decided: each step changes them, and a group that is refused is taken back."""

    def __init__(
        self, accounts: Mapping[UUID, Account], known: dict[UUID, Transfer], holds: Mapping[UUID, Hold], now: datetime
    ) -> None:
        self.lines = {id_: _Line(account) for id_, account in accounts.items()}
        self.postings: list[Posting] = []
        self.captured: list[UUID] = []
        self._known = known
        self._holds = holds
        self._now = now

    def take(self, group: Sequence[Transfer]) -> Verdict:
        """Posts a group, or leaves all as it was and says why."""
        ids = tuple(transfer.id for transfer in group)
        seen = [self._known[id_] for id_ in ids if id_ in self._known]
        if seen or len(set(ids)) < len(ids):
            same = len(set(ids)) == len(ids) == len(seen) and all(map(_same, seen, group))
            return Verdict(repeated=True) if same else Verdict("TRANSFER_REUSED")
        undo: list[tuple[_Line, int, int, int]] = []
        posted, captured = len(self.postings), len(self.captured)
        for transfer in group:
            reason = self._post(transfer, undo)
            if reason is not None:
                del self.postings[posted:], self.captured[captured:]
                for line, balance, held, entries in reversed(undo):
                    line.balance, line.held, line.entries = balance, held, entries
                return Verdict(reason)
        self._known.update((transfer.id, transfer) for transfer in group)
        return Verdict()

    def _post(self, transfer: Transfer, undo: list[tuple[_Line, int, int, int]]) -> str | None:
        """Posts one transfer; answers with the reason when it cannot be."""
        debit, credit = self.lines.get(transfer.debit), self.lines.get(transfer.credit)
        if debit is None or credit is None:
            return "ACCOUNT_UNKNOWN"
        reason = _unfit(transfer, debit.account, credit.account)
        freed = 0
        if reason is None and transfer.hold is not None:
            freed, reason = self._freed(transfer, transfer.hold)
        reason = reason or _beyond(transfer, debit, credit, freed)
        if reason is not None:
            return reason
        for line in (debit, credit):
            undo.append((line, line.balance, line.held, line.entries))
            line.entries += 1
        debit.balance -= transfer.amount
        debit.held -= freed
        credit.balance += transfer.amount
        if transfer.hold is not None:
            self.captured.append(transfer.hold)
        self.postings.append(Posting(transfer, debit.entries, debit.balance, credit.entries, credit.balance))
        return None

    def _freed(self, transfer: Transfer, wanted: UUID) -> tuple[int, str | None]:
        """What a transfer's hold gives free, or why it cannot be used."""
        hold = self._holds.get(wanted)
        if hold is None or hold.account != transfer.debit or wanted in self.captured or not hold.stands(self._now):
            return 0, "HOLD_UNKNOWN"
        return hold.amount, "HOLD_TOO_SMALL" if transfer.amount > hold.amount else None


def _unfit(transfer: Transfer, debit: Account, credit: Account) -> str | None:
    """Why a transfer cannot be, whatever is on the accounts."""
    if not 0 < transfer.amount <= LARGEST:
        return "AMOUNT_INVALID"
    if transfer.debit == transfer.credit:
        return "SAME_ACCOUNT"
    if not transfer.currency == debit.currency == credit.currency:
        return "CURRENCY_DIFFERS"
    if not transfer.exercise == debit.exercise == credit.exercise:
        return "DRILL_MIXED"
    return standing(debit) or standing(credit)


def _beyond(transfer: Transfer, debit: _Line, credit: _Line, freed: int) -> str | None:
    """Why what is on the accounts does not allow a transfer."""
    least = -LARGEST if debit.account.overdraft else debit.held - freed
    if debit.balance - transfer.amount < least:
        return "INSUFFICIENT_FUNDS"
    most = LARGEST if credit.account.most is None else credit.account.most
    return "LIMIT_EXCEEDED" if credit.balance + transfer.amount > most else None


def _same(known: Transfer, given: Transfer) -> bool:
    """Whether a transfer is the one that was posted under its identifier."""
    return (
        known.id == given.id
        and known.kind == given.kind
        and known.debit == given.debit
        and known.credit == given.credit
        and known.amount == given.amount
        and known.currency == given.currency
        and known.reference == given.reference
        and known.exercise == given.exercise
    )
