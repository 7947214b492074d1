"""A payment: its states, and what leads from one to the next. Pure rules; amounts are whole units of one currency."""

import re
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.economy.ledger.model import Transfer, city_account, derived
from services.kit import codes
from services.kit.errors import DomainError, invalid, not_found, precondition

QRIS_MOST = 10_000_000
"""The most that one QRIS may carry, in rupiah. Source: Bank Indonesia's limit per transaction since March 2022."""
DESCRIPTION_MOST = 140
PURPOSE_MOST = 40
CODE_LENGTH = 9
"""Characters of a code after its prefix, the check character included."""
DOUBT_AFTER = timedelta(seconds=20)
"""How long after its QRIS was presented a payment is first asked for at the acquirer."""
DOUBT_EVERY = timedelta(seconds=30)
PATIENCE = timedelta(seconds=60)
"""How long after its time a payment waits for an acquirer that does not answer, before it expires all the same."""
_PURPOSE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class State(Enum):
    """Where a payment stands."""

    CREATED = "created"
    PENDING = "pending"
    CAPTURED = "captured"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


class Method(Enum):
    """How it is or was paid."""

    NONE = ""
    QRIS_DYNAMIC = "qris_dynamic"
    QRIS_STATIC = "qris_static"
    WALLET = "wallet"
    CASH = "cash"

    @property
    def source(self) -> str:
        """Kind of the city's account that the money comes from; none for wallets, which are their holders'."""
        return "cash" if self is Method.CASH else "clearing"

    @property
    def is_qris(self) -> bool:
        """Whether the acquirer brought the money."""
        return self in (Method.QRIS_DYNAMIC, Method.QRIS_STATIC)


class Transition(Enum):
    """What can happen to it."""

    PRESENT = "present"
    CAPTURE = "capture"
    EXPIRE = "expire"
    CANCEL = "cancel"
    REFUND_PART = "refund a part"
    REFUND_REST = "refund the rest"


TRANSITIONS = {
    (State.CREATED, Transition.PRESENT): State.PENDING,
    (State.PENDING, Transition.PRESENT): State.PENDING,  # the same QRIS again
    (State.CREATED, Transition.CAPTURE): State.CAPTURED,
    (State.PENDING, Transition.CAPTURE): State.CAPTURED,
    (State.CREATED, Transition.EXPIRE): State.EXPIRED,
    (State.PENDING, Transition.EXPIRE): State.EXPIRED,
    (State.CREATED, Transition.CANCEL): State.CANCELLED,
    (State.PENDING, Transition.CANCEL): State.CANCELLED,
    (State.CANCELLED, Transition.CAPTURE): State.CAPTURED,  # its QRIS was paid before the bank took it back
    (State.CAPTURED, Transition.REFUND_PART): State.PARTLY_REFUNDED,
    (State.CAPTURED, Transition.REFUND_REST): State.REFUNDED,
    (State.PARTLY_REFUNDED, Transition.REFUND_PART): State.PARTLY_REFUNDED,
    (State.PARTLY_REFUNDED, Transition.REFUND_REST): State.REFUNDED,
}
"""The state table; what is not in it is refused."""

PAID = frozenset({State.CAPTURED, State.PARTLY_REFUNDED, State.REFUNDED})


class PutAside(NamedTuple):
    """Money in suspense that came for a payment: how much, why and where it stands in the words of ``suspense``, and
    once it was released whether it went ``returned`` to the payer or to which merchant; ``by_qris`` says that it used
    up the QRIS of the payment.
    """

    amount: int
    reason: str
    state: str
    returned: bool
    target_name: str
    created_at: datetime
    by_qris: bool


class Payment(NamedTuple):
    """Something that is or was to be paid. Times are UTC.

    ``qr`` is the text of its QRIS as long as the acquirer may take money for it, also when it is no longer wanted.
    ``merchant`` is None for a top-up, whose ``payee`` (a ledger account) is a wallet. ``creator`` asked for it, or
    ordered what a pillar asks the money for; ``payer`` is the only subject who may pay from a wallet, ``paid_by`` who
    did, ``taken_by`` who took the cash; ``requester`` and ``request`` are the pillar that asked and its reference.
    """

    id: UUID
    code: str
    merchant: UUID | None
    payee: UUID
    currency: str
    amount: int
    purpose: str
    correlation: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    version: int = 1
    state: State = State.CREATED
    method: Method = Method.NONE
    terminal: str = ""
    creator: str = ""
    payer: str = ""
    paid_by: str = ""
    taken_by: str = ""
    fee: int = 0
    refunded: int = 0
    description: str = ""
    description_en: str = ""
    """The same in English; empty where somebody wrote it, in their own language."""
    bill: str = ""
    requester: str = ""
    request: str = ""
    area: str = ""
    sector: str = ""
    qr: str = ""
    provider: str = ""
    provider_reference: str = ""
    exercise: bool = False
    presented_at: datetime | None = None
    asked_at: datetime | None = None
    captured_at: datetime | None = None

    @property
    def buyer(self) -> str:
        """Subject of who ordered what a pillar asked the money for; empty where nobody is known."""
        return self.creator if self.requester and not self.bill else ""

    @property
    def is_paid(self) -> bool:
        """Whether it was paid, whatever was given back later."""
        return self.state in PAID

    def is_over(self, now: datetime) -> bool:
        """Whether its time to be paid has passed."""
        return now >= self.expires_at


def new_code(city_prefix: str) -> str:
    """A random code for people, such as SMGP-7K4P2M8-92."""
    return codes.new(f"{city_prefix}P", CODE_LENGTH)


def read_name(name: str, city_prefix: str) -> tuple[UUID | None, str]:
    """The id, or the code as it is written, that somebody named a payment by; nothing when it is neither."""
    try:
        return UUID(name), ""
    except ValueError:
        return None, codes.parse(f"{city_prefix}P", name) or ""


def unknown() -> DomainError:
    """There is no such payment."""
    return not_found("PAYMENT_NOT_FOUND", "There is no such payment; check its code.", field="id")


def paid_before() -> DomainError:
    """It was paid already."""
    return precondition("PAYMENT_ALREADY_PAID", "This payment was paid before; nothing more is due.")


def qris_used() -> DomainError:
    """Money came by its QRIS that did not count: the acquirer takes no more by that, and makes no other for it."""
    message = "The QRIS of this payment is used up. Pay in cash or from a wallet, or ask for another once it is over."
    return precondition("PAYMENT_QRIS_USED", message)


def paid_otherwise() -> DomainError:
    """Money came for its bill that does not count yet: whoever sent it would pay twice."""
    message = "Money came for this bill that does not count yet; the treasury looks at it. Do not pay again."
    return precondition("PAID_OTHERWISE", message)


def unpayable(payment: Payment, now: datetime) -> DomainError | None:
    """Why a payment cannot be paid now; None when it can."""
    if payment.is_paid:
        return paid_before()
    if payment.state is State.CANCELLED:
        return precondition("PAYMENT_CANCELLED", "This payment was cancelled. Ask for a new one.")
    if payment.state is State.EXPIRED or payment.is_over(now):
        return precondition("PAYMENT_EXPIRED", "The time to pay this has passed. Ask for a new payment.")
    return None


def drill() -> DomainError:
    """It is a drill."""
    message = "This is a drill: no real money pays it, and no bank hears of it. Record it as cash at the counter."
    return precondition("DRILL_TAKES_NO_MONEY", message)


def require_payable(payment: Payment, now: datetime) -> None:
    """Errors: PAYMENT_ALREADY_PAID, PAYMENT_CANCELLED, PAYMENT_EXPIRED."""
    refusal = unpayable(payment, now)
    if refusal is not None:
        raise refusal


def present(payment: Payment, now: datetime) -> Payment:
    """A QRIS is about to be shown.

    Errors: those of ``require_payable``, DRILL_TAKES_NO_MONEY, QRIS_AMOUNT_TOO_LARGE.
    """
    require_payable(payment, now)
    if payment.exercise:
        raise drill()
    if payment.amount > QRIS_MOST:
        message = f"A QRIS carries at most {QRIS_MOST} {payment.currency}. Pay this in cash at a counter, or in parts."
        raise precondition("QRIS_AMOUNT_TOO_LARGE", message)
    first_at = payment.presented_at or now
    return _after(payment, Transition.PRESENT, now, method=Method.QRIS_DYNAMIC, presented_at=first_at)


def capture(payment: Payment, method: Method, now: datetime, **more: object) -> Payment:
    """It was paid; ``more`` are columns that the way of paying knows (``fee``, ``paid_by`` ...)."""
    qr = "" if method.is_qris else payment.qr
    return _after(payment, Transition.CAPTURE, now, method=method, captured_at=now, qr=qr, **more)


def expire(payment: Payment, now: datetime) -> Payment:
    """It was not paid in time."""
    return _after(payment, Transition.EXPIRE, now, qr="")


def cancel(payment: Payment, now: datetime) -> Payment:
    """It need not be paid any more. Errors: PAYMENT_ALREADY_PAID, PAYMENT_CANCELLED, PAYMENT_EXPIRED."""
    return _after(payment, Transition.CANCEL, now)


def refund(payment: Payment, amount: int, now: datetime) -> Payment:
    """``amount`` was given back. Errors: INVALID_TRANSITION, REFUND_TOO_LARGE."""
    refunded = payment.refunded + amount
    if not 0 < amount <= payment.amount - payment.refunded:
        raise precondition("REFUND_TOO_LARGE", "More would be given back than was paid.")
    transition = Transition.REFUND_REST if refunded == payment.amount else Transition.REFUND_PART
    return _after(payment, transition, now, refunded=refunded)


def touch(payment: Payment, now: datetime) -> Payment:
    """The same payment, one version on: something about it is told that is not a state of its own."""
    return payment._replace(version=payment.version + 1, updated_at=now)


def _after(payment: Payment, transition: Transition, now: datetime, **more: object) -> Payment:
    target = TRANSITIONS.get((payment.state, transition))
    if target is None:
        paying = transition in (Transition.CANCEL, Transition.CAPTURE, Transition.PRESENT)
        known = unpayable(payment, payment.created_at) if paying else None
        raise known or precondition(
            "INVALID_TRANSITION", f"A payment that is {payment.state.value} cannot {transition.value}."
        )
    version = payment.version + 1
    return payment._replace(state=target, version=version, updated_at=now, **more)  # type: ignore[arg-type]


def capture_id(payment: UUID) -> UUID:
    """The ledger transfer that captures a payment, whoever captures it."""
    return derived(payment, "capture")


def capture_transfers(payment: Payment, source: UUID, fee: int) -> list[Transfer]:
    """What capturing moves: the amount to the payee, and the acquirer's fee from there."""
    moved = Transfer(
        id=capture_id(payment.id),
        kind="capture",
        debit=source,
        credit=payment.payee,
        amount=payment.amount,
        currency=payment.currency,
        reference=payment.code,
        exercise=payment.exercise,
    )
    if not fee:
        return [moved]
    fees = city_account("fees", payment.currency, exercise=payment.exercise)
    taken = moved._replace(id=derived(payment.id, "fee"), kind="fee", debit=payment.payee, credit=fees, amount=fee)
    return [moved, taken]


def check_particulars(purpose: str, *descriptions: str) -> None:
    """What other pillars ask for comes by event, past the rules of the contract.

    Errors: PURPOSE_INVALID, DESCRIPTION_TOO_LONG.
    """
    if len(purpose) > PURPOSE_MOST or not _PURPOSE.fullmatch(purpose):
        message = f"A purpose is a word of lower case letters, digits and hyphens, at most {PURPOSE_MOST} characters."
        raise invalid("PURPOSE_INVALID", message, field="purpose")
    if any(len(each) > DESCRIPTION_MOST for each in descriptions):
        message = f"A description has at most {DESCRIPTION_MOST} characters."
        raise invalid("DESCRIPTION_TOO_LONG", message, field="description")
