"""The ledger's rules: what a transfer needs, and what it does to the accounts on its two sides. Pure Python.

A transfer takes its amount from the debit side and gives it to the credit side, so that all accounts of a currency
add up to zero at any time. A positive balance is owed to the holder. Clearing and cash go below zero by what the bank
and the tills hold.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from services.kit.errors import DomainError, invalid, precondition

LARGEST = 2**63 - 1
"""What the database can hold, in whole units."""
KINDS = ("wallet", "merchant", "treasury", "fees", "clearing", "cash", "suspense", "payouts")
CITY_KINDS = KINDS[2:]
"""Kinds of which the city has one account per currency."""
OVERDRAFT_KINDS = frozenset({"clearing", "cash"})
STATUSES = ("open", "frozen", "closed")

_REFUSALS = {
    "AMOUNT_INVALID": "An amount is at least one whole unit. Give another amount.",
    "SAME_ACCOUNT": "Money cannot be moved from an account to itself. Name another account.",
    "ACCOUNT_UNKNOWN": "One of the accounts does not exist. Check its identifier.",
    "ACCOUNT_FROZEN": "One of the accounts is frozen. Ask the treasury to open it, then repeat.",
    "ACCOUNT_CLOSED": "One of the accounts is closed. Name another account.",
    "CURRENCY_DIFFERS": "The accounts and the amount are not all of one currency. Name others.",
    "INSUFFICIENT_FUNDS": "There is not enough money on the account. Top it up or give a smaller amount.",
    "LIMIT_EXCEEDED": "The account may not hold that much. Give a smaller amount.",
    "HOLD_UNKNOWN": "The reservation does not exist, has ended or is of another account. Reserve anew.",
    "HOLD_TOO_SMALL": "Less is reserved than is to be taken. Reserve anew or take less.",
    "TRANSFER_REUSED": "Something else was posted under this identifier. Use a new one.",
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account. Amounts are whole units; ``most`` is the highest balance allowed (None: any).

    ``version`` counts changes of status, ``entries`` the lines of its journal.
    """

    id: UUID
    kind: str
    owner: str
    currency: str
    overdraft: bool
    most: int | None
    status: str
    version: int
    balance: int
    held: int
    entries: int
    created_at: datetime

    @property
    def available(self) -> int:
        """What can be used now."""
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money on its way from ``debit`` to ``credit``.

    ``id`` is its idempotency: what is posted under it once is not posted again. ``hold`` names a reservation on the
    debit account that this transfer uses up; what it does not take is released.
    """

    id: UUID
    kind: str
    debit: UUID
    credit: UUID
    amount: int
    currency: str
    reference: str = ""
    exercise: bool = False
    hold: UUID | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A reservation on an account: reserved, then captured, released or expired."""

    id: UUID
    account: UUID
    amount: int
    state: str
    reference: str
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime

    def stands(self, now: datetime) -> bool:
        """Whether it still reserves something that can be taken."""
        return self.state == "reserved" and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True)
class Posting:
    """A transfer as it goes into the journal: for each side its number in the account and the balance after it."""

    transfer: Transfer
    debit_number: int
    debit_balance: int
    credit_number: int
    credit_balance: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a group: posted, posted before (``repeated``), or refused for a reason, with nothing changed."""

    transfer_ids: tuple[UUID, ...]
    refusal: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Change:
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


def city_account(kind: str, currency: str) -> UUID:
    """The identifier of the city's own account of a kind (``CITY_KINDS``)."""
    return uuid5(NAMESPACE_URL, f"smartcity:ledger:{kind}:{currency}")


def derived(parent: UUID, word: str) -> UUID:
    """The identifier of what is done once for ``parent``, such as its "capture".

    It keeps the time that a UUIDv7 begins with, so that what is posted at about the same time lies together in the
    journal's index; the rest is a digest.
    """
    digest = hashlib.sha256(parent.bytes + word.encode()).digest()
    return UUID(bytes=parent.bytes[:6] + digest[:10], version=8)


def refused(reason: str) -> DomainError:
    """The error that tells a client of a refusal. It names neither accounts nor amounts: they may be others'."""
    return precondition(reason, _REFUSALS[reason])


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


def reserve(account: Account, hold: Hold) -> None:
    """Checks that a hold can be made. Errors: those of a transfer that would take the amount now."""
    reason = _standing(account)
    if not 0 < hold.amount <= LARGEST:
        reason = "AMOUNT_INVALID"
    elif reason is None and not account.overdraft and hold.amount > account.available:
        reason = "INSUFFICIENT_FUNDS"
    if reason is not None:
        raise refused(reason)


def change_status(account: Account, status: str) -> None:
    """Checks that the treasury may set a status. Errors: STATUS_UNKNOWN, ACCOUNT_CLOSED."""
    if status not in {"open", "frozen"}:
        raise invalid("STATUS_UNKNOWN", "An account can be set open or frozen.", field="status")
    if account.status == "closed":
        raise refused("ACCOUNT_CLOSED")


def _standing(account: Account) -> str | None:
    """Why an account does not take part."""
    if account.status == "open":
        return None
    return "ACCOUNT_FROZEN" if account.status == "frozen" else "ACCOUNT_CLOSED"


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
            return Verdict(ids, repeated=True) if same else Verdict(ids, "TRANSFER_REUSED")
        undo: list[tuple[_Line, int, int, int]] = []
        posted, captured = len(self.postings), len(self.captured)
        for transfer in group:
            reason = self._post(transfer, undo)
            if reason is not None:
                del self.postings[posted:], self.captured[captured:]
                for line, balance, held, entries in reversed(undo):
                    line.balance, line.held, line.entries = balance, held, entries
                return Verdict(ids, reason)
        self._known.update((transfer.id, transfer) for transfer in group)
        return Verdict(ids)

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
    return _standing(debit) or _standing(credit)


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
