"""A merchant: who can be paid, its states, and what it takes to become one. Pure rules."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum
from uuid import UUID

from services.economy.qris.identifiers import is_pan
from services.kit.errors import DomainError, invalid, precondition

OWNED_MOST = 20
"""Merchants that are not closed, of one owner."""
DAYS_MOST = 400
DAYS_USUAL = 30
PERMIT_REASON = "Izin yang mendasarinya tidak berlaku."
"""Why a merchant is suspended whose permit does not hold: city data are in Indonesian; pages say it in their reader's
words (``Merchant.resumes``).
"""
STOPPED_REASON = "Izin sebelumnya dibekukan atau dicabut."
"""Why one is still that rests on another permit since; pages say it in their reader's words (``stopped_before``)."""


class Kind(StrEnum):
    """What sort of merchant it is."""

    BUSINESS = "business"
    COUNTER = "counter"


class State(StrEnum):
    """Where a merchant stands."""

    APPLIED = "applied"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Size(StrEnum):
    """QRIS' criterion of size: micro, small, medium, large."""

    UMI = "umi"
    UKE = "uke"
    UME = "ume"
    UBE = "ube"


class Transition(Enum):
    """What can be done with a merchant."""

    ACTIVATE = "activate"
    SUSPEND = "suspend"
    CLOSE = "close"


TRANSITIONS = {
    (State.APPLIED, Transition.ACTIVATE): State.ACTIVE,
    (State.SUSPENDED, Transition.ACTIVATE): State.ACTIVE,
    (State.APPLIED, Transition.SUSPEND): State.SUSPENDED,  # not taken on for now, and why
    (State.ACTIVE, Transition.SUSPEND): State.SUSPENDED,
    (State.APPLIED, Transition.CLOSE): State.CLOSED,
    (State.ACTIVE, Transition.CLOSE): State.CLOSED,
    (State.SUSPENDED, Transition.CLOSE): State.CLOSED,
}
"""The state table; what is not in it is refused."""


@dataclass(frozen=True)
class Merchant:
    """Somebody who can be paid. Times are UTC; ``nmid`` and ``pan`` are empty until the acquirer gave them.

    ``owner`` is the subject of a business' owner, ``agency`` the agency of a counter; ``account`` its ledger account.
    ``bank`` and ``bank_number`` say where the money goes: personal data, in no event and no log,
    and whole only in the answer to who may read it.
    """

    id: UUID
    version: int
    kind: Kind
    state: State
    owner: str
    agency: str
    name: str
    mcc: str
    sector: str
    size: Size
    area: str
    nmid: str
    pan: str
    bank: str
    bank_number: str
    account: UUID
    reason: str
    exercise: bool
    created_at: datetime
    updated_at: datetime
    permit: str = ""
    """Number of the permit that it rests on; empty where it rests on none."""
    permit_ended: bool = False
    """Whether that does not hold, now or for good."""

    @property
    def is_counter(self) -> bool:
        """Whether it is a counter of the city."""
        return self.kind is Kind.COUNTER

    @property
    def is_payable(self) -> bool:
        """Whether it can be paid at all: in cash and from wallets, and by QRIS if it ``has_qris``."""
        return self.state is State.ACTIVE

    @property
    def resumes(self) -> bool:
        """Whether it is suspended for its permit alone, that does not hold: it goes on with one that does."""
        return self.state is State.SUSPENDED and self.permit_ended and self.reason == PERMIT_REASON

    @property
    def stopped_before(self) -> bool:
        """Whether it is suspended for the permit that it rested on before: the office takes it back."""
        return self.state is State.SUSPENDED and self.reason == STOPPED_REASON

    @property
    def has_qris(self) -> bool:
        """Whether the acquirer knows it."""
        return bool(self.nmid and self.pan)

    @property
    def fee_size(self) -> str:
        """The size by which the city's terms set its fee; "counter" for a counter."""
        return "counter" if self.is_counter else self.size.value

    @property
    def hidden_number(self) -> str:
        """The account number with all but its last four digits hidden."""
        return hidden(self.bank_number)


@dataclass(frozen=True)
class Terminal:
    """A till; ``place`` says in words where it stands."""

    label: str
    place: str = ""


@dataclass(frozen=True)
class Application:
    """What somebody who wants to become a merchant tells."""

    name: str
    mcc: str
    sector: str
    size: Size
    area: str
    bank: str
    bank_number: str
    permit: str = ""


@dataclass(frozen=True)
class Takings:
    """One local day of a merchant, in whole units of the city's currency; drills are left out. ``gross`` is all that
    comes in, as its batch has it; of this ``cash`` was taken at a till, and ``released`` came out of suspense.
    """

    day: date
    payments: int
    gross: int
    cash: int
    fees: int
    refunded: int
    released: int

    @property
    def net(self) -> int:
        """What is left of the day."""
        return self.gross - self.fees - self.refunded


def apply(wanted: Application, id_: UUID, owner: str, account: UUID, now: datetime) -> Merchant:
    """The merchant that an application makes."""
    return Merchant(
        id=id_,
        version=1,
        kind=Kind.BUSINESS,
        state=State.APPLIED,
        owner=owner,
        agency="",
        name=wanted.name,
        mcc=wanted.mcc,
        sector=wanted.sector,
        size=wanted.size,
        area=wanted.area,
        nmid="",
        pan="",
        bank=wanted.bank,
        bank_number=wanted.bank_number,
        account=account,
        reason="",
        exercise=False,
        created_at=now,
        updated_at=now,
        permit=wanted.permit,
    )


def activate(merchant: Merchant, nmid: str, pan: str, now: datetime) -> Merchant:
    """Takes a merchant on, or back; what is left empty stays as it is.

    Errors: INVALID_TRANSITION, NMID_INVALID, PAN_INVALID, COUNTER_FROM_TERMS (a counter's come from the city's file),
    PERMIT_NOT_VALID.
    """
    moved = _after(merchant, Transition.ACTIVATE, now)
    if merchant.permit_ended:
        raise precondition("PERMIT_NOT_VALID", "The permit that it rests on does not hold; that comes first.")
    if merchant.is_counter:
        if nmid or pan:
            message = "NMID and PAN of a counter are kept in the city's economy.toml; leave them out here."
            raise invalid("COUNTER_FROM_TERMS", message, field="nmid" if nmid else "pan")
        return replace(moved, reason="")
    moved = replace(moved, nmid=nmid or merchant.nmid, pan=pan or merchant.pan, reason="")
    if not moved.nmid:
        raise invalid("NMID_INVALID", "Give the NMID that the acquirer gave: ID and 13 digits.", field="nmid")
    if not is_pan(moved.pan):
        message = "Give the merchant PAN that the acquirer gave: 16 to 19 digits, the last being the check digit."
        raise invalid("PAN_INVALID", message, field="pan")
    return moved


def suspend(merchant: Merchant, reason: str, now: datetime) -> Merchant:
    """Stops a merchant for the time being; one that is so for its permit alone does then not go on with that by itself.

    Errors: INVALID_TRANSITION.
    """
    if merchant.resumes:
        return replace(merchant, reason=reason, version=merchant.version + 1, updated_at=now)
    return replace(_after(merchant, Transition.SUSPEND, now), reason=reason)


def permit_ended(merchant: Merchant, now: datetime) -> Merchant:
    """The permit that it rests on does not hold any more: it cannot be paid, if it could."""
    if merchant.state is not State.ACTIVE:
        return replace(merchant, permit_ended=True, version=merchant.version + 1, updated_at=now)
    stopped = suspend(merchant, "", now)
    return replace(stopped, permit_ended=True, reason=PERMIT_REASON)


def permit_resumed(merchant: Merchant, now: datetime) -> Merchant:
    """It holds again: it can be paid as before, unless the office had stopped it for another reason."""
    if merchant.resumes:
        merchant = replace(_after(merchant, Transition.ACTIVATE, now), reason="")
        return replace(merchant, permit_ended=False)
    return replace(merchant, permit_ended=False, version=merchant.version + 1, updated_at=now)


def rested(merchant: Merchant, permit: str, now: datetime, *, stopped: bool = False) -> Merchant:
    """It rests on the extension of its permit, or on another. Where an officer ``stopped`` the one before, that alone
    does not free it: the office takes it back.
    """
    if stopped:
        merchant = merchant if merchant.permit_ended else permit_ended(merchant, now)
        merchant = replace(merchant, reason=STOPPED_REASON) if merchant.resumes else merchant
    resting = replace(merchant, permit=permit)
    if merchant.permit_ended:
        return permit_resumed(resting, now)
    return replace(resting, version=merchant.version + 1, updated_at=now)


def unnumbered(merchant: Merchant, now: datetime) -> Merchant:
    """One that has ended, without the numbers that its owner's next merchant takes over."""
    return replace(merchant, nmid="", pan="", version=merchant.version + 1, updated_at=now)


def paid_to(merchant: Merchant, bank: str, number: str, now: datetime) -> Merchant:
    """One whose takings are paid out to another account."""
    return replace(merchant, bank=bank, bank_number=number, version=merchant.version + 1, updated_at=now)


def hidden(number: str) -> str:
    """An account number with all but its last four digits hidden."""
    return "*" * (len(number) - 4) + number[-4:]


def over() -> DomainError:
    """It has ended."""
    return precondition("MERCHANT_CLOSED", "This merchant has ended; nothing of it is changed.")


def close(merchant: Merchant, now: datetime) -> Merchant:
    """Ends a merchant, for good. Errors: INVALID_TRANSITION, COUNTER_STAYS."""
    if merchant.is_counter:
        raise precondition("COUNTER_STAYS", "A counter of the city is not closed; suspend it instead.")
    return _after(merchant, Transition.CLOSE, now)


def days(first: str, last: str, today: date) -> tuple[date, date]:
    """The first and last day asked for, ISO 8601; the last ``DAYS_USUAL`` days until today when empty.

    Errors: DAY_INVALID, DAYS_INVALID.
    """
    until = _day(last, "last_day") if last else today
    since = _day(first, "first_day") if first else until - timedelta(days=DAYS_USUAL)
    if not timedelta(0) <= until - since < timedelta(days=DAYS_MOST):
        message = f"Ask for 1 to {DAYS_MOST} days, the first one first."
        raise invalid("DAYS_INVALID", message, field="first_day")
    return since, until


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid("DAY_INVALID", "There is no such day; write one as 2026-11-24.", field=field) from None


def _after(merchant: Merchant, transition: Transition, now: datetime) -> Merchant:
    target = TRANSITIONS.get((merchant.state, transition))
    if target is None:
        raise _cannot(merchant, transition)
    return replace(merchant, state=target, version=merchant.version + 1, updated_at=now)


def _cannot(merchant: Merchant, transition: Transition) -> DomainError:
    can = ", ".join(sorted(known.value for state, known in TRANSITIONS if state is merchant.state)) or "none"
    message = f"A merchant that is {merchant.state} cannot {transition.value}. Moves that can be made now: {can}."
    return precondition("INVALID_TRANSITION", message, state=merchant.state.value, allowed=can)
