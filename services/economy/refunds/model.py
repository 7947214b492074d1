"""A refund: its states, its ways, and when one is possible. Pure rules; amounts are whole units."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.economy.ledger.model import Transfer, derived
from services.economy.payments.model import Method, Payment, drill
from services.economy.terms import Terms
from services.kit.caller import SYSTEM
from services.kit.errors import DomainError, precondition


class State(Enum):
    """Where a refund stands."""

    REQUESTED = "requested"
    PROCESSING = "processing"
    DONE = "done"
    REJECTED = "rejected"
    FAILED = "failed"


class Way(Enum):
    """How money goes back: the way it came."""

    NONE = ""
    BANK = "bank"
    WALLET = "wallet"
    CASH = "cash"


TRANSITIONS = {
    State.REQUESTED: frozenset({State.PROCESSING, State.DONE, State.REJECTED}),
    State.PROCESSING: frozenset({State.DONE, State.FAILED}),
    State.DONE: frozenset[State](),
    State.REJECTED: frozenset[State](),
    State.FAILED: frozenset[State](),
}
"""The state table; what is not in it is refused."""

LIVE = (State.REQUESTED, State.PROCESSING, State.DONE)
"""States whose amounts count against what was paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back, or on its way. ``hold`` reserves it on the payee's account until then. Times are UTC."""

    id: UUID
    version: int = 1
    payment: UUID
    merchant: UUID | None
    state: State
    way: Way
    amount: int
    reason: str
    refusal: str = ""
    requested_by: str
    approved_by: str = ""
    hold: UUID | None = None
    asked_at: datetime | None = None
    provider_reference: str = ""
    requester: str = ""
    """The pillar that asked for it, empty where a person did."""
    reference: str = ""
    """That pillar's own reference."""
    created_at: datetime
    updated_at: datetime

    @property
    def is_at_counter(self) -> bool:
        """Whether its cash lies ready at the counter, since a pillar asked for it or a second person agreed: an officer
        there hands it out.
        """
        return self.way is Way.CASH and self.state is State.REQUESTED and bool(self.requester or self.approved_by)

    @property
    def by_bank(self) -> bool:
        """Whether nobody here asked for it: the bank made it, and it was booked as it was heard of."""
        return self.requested_by == SYSTEM.subject and not self.requester


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a refund is decided.

    ``live`` is what counts against the payment already, ``alone`` the part of it that nobody approved; ``today`` what
    the officer who asks has given back today without approval, of whatever payments; ``available`` what the payee has,
    ``provider`` the acquirer that can be reached (empty: none), ``halted`` why the payee's account takes no part
    (``ledger.model.standing``; None: it does).
    """

    live: int
    alone: int
    available: int
    provider: str
    halted: str | None = None
    today: int = 0
    asked: bool = False
    """Whether a pillar asks for it, by rules of its own: then there is no day on which it is too late."""


@dataclass(frozen=True, slots=True)
class Check:
    """Whether and how a payment can be refunded; ``refusal`` says why not, ``left`` what is left of the payment."""

    way: Way
    amount: int
    most: int
    needs_approval: bool
    refusal: DomainError | None
    left: int = 0


def way_of(payment: Payment) -> Way:
    """How the money of a payment goes back."""
    if payment.method.is_qris:
        return Way.BANK
    return {Method.WALLET: Way.WALLET, Method.CASH: Way.CASH}.get(payment.method, Way.NONE)


def check(payment: Payment, wanted: int | None, standing: Standing, terms: Terms, now: datetime) -> Check:
    """Whether ``wanted`` (None: all that is left) can be given back now.

    Refusals: PAYMENT_NOT_CAPTURED, REFUNDED_BEFORE, DRILL_TAKES_NO_MONEY, REFUND_TOO_LATE, PROVIDER_DIFFERS,
    ACCOUNT_FROZEN, ACCOUNT_CLOSED, REFUND_TOO_LARGE, INSUFFICIENT_FUNDS.
    The merchant bears the fee: the acquirer does not give it back.
    """
    if not payment.is_paid:
        unpaid = precondition("PAYMENT_NOT_CAPTURED", "Nothing was paid, so there is nothing to give back.")
        return Check(Way.NONE, 0, 0, False, unpaid)
    left = payment.amount - standing.live
    amount = left if wanted is None else wanted
    way = way_of(payment)
    refusal = _refusal(payment, amount, left, standing, terms, now)
    most = max(0, min(left, standing.available)) if _is_open(payment, way, standing, terms, now) else 0
    needs_approval = standing.alone + amount > terms.refund_alone or standing.today + amount > terms.refund_alone_day
    return Check(way, amount, most, needs_approval, refusal, left)


def require_left(checked: Check, seen: int | None) -> None:
    """That as much is left as whoever asks has ``seen`` (None: not said). Errors: REFUND_CHANGED."""
    if seen is not None and seen != checked.left:
        message = "Something was given back, or asked for, since you looked. Check what is left, then ask again."
        raise precondition("REFUND_CHANGED", message)


def _refusal(
    payment: Payment, amount: int, left: int, standing: Standing, terms: Terms, now: datetime
) -> DomainError | None:
    if left == 0:
        return precondition("REFUNDED_BEFORE", "All of it was given back, or is about to be.")
    if not _is_practised(payment):
        return drill()
    if _is_late(payment, standing, terms, now):
        message = f"A refund is possible for {terms.refund_days} days after the payment. Settle it in another way."
        return precondition("REFUND_TOO_LATE", message)
    if (hindered := hindrance(payment, standing)) is not None:
        return hindered
    if amount > left:
        return precondition("REFUND_TOO_LARGE", "More than what is left of the payment cannot be given back.")
    if amount > standing.available:
        message = "The account that was paid does not hold enough now. Give back less, or wait for more takings."
        return precondition("INSUFFICIENT_FUNDS", message)
    return None


def hindrance(payment: Payment, standing: Standing) -> DomainError | None:
    """Why nothing at all can be given back of a payment now, also of what was asked for before.

    Refusals: PROVIDER_DIFFERS, ACCOUNT_FROZEN, ACCOUNT_CLOSED.
    """
    if way_of(payment) is Way.BANK and not _is_reachable(payment, standing):
        message = "The bank that took this payment is not connected now. Try again later."
        return precondition("PROVIDER_DIFFERS", message)
    if standing.halted is None:
        return None
    if standing.halted == "ACCOUNT_FROZEN":
        return precondition("ACCOUNT_FROZEN", "The account that was paid is frozen. Ask the treasury to open it.")
    message = "The account that was paid has ended, for good. Settle it in another way."
    return precondition("ACCOUNT_CLOSED", message)


def _is_open(payment: Payment, way: Way, standing: Standing, terms: Terms, now: datetime) -> bool:
    return (
        standing.halted is None
        and _is_practised(payment)
        and not _is_late(payment, standing, terms, now)
        and (way is not Way.BANK or _is_reachable(payment, standing))
    )


def _is_practised(payment: Payment) -> bool:
    """Whether it is real, or a drill at a counter: neither bank nor wallets take part in one."""
    return not payment.exercise or way_of(payment) is Way.CASH


def _is_late(payment: Payment, standing: Standing, terms: Terms, now: datetime) -> bool:
    if standing.asked:
        return False
    return payment.captured_at is not None and now > payment.captured_at + timedelta(days=terms.refund_days)


def _is_reachable(payment: Payment, standing: Standing) -> bool:
    return bool(standing.provider) and standing.provider == payment.provider


def transition(refund: Refund, state: State, now: datetime, **more: object) -> Refund:
    """The refund in another state. Errors: INVALID_TRANSITION."""
    if state not in TRANSITIONS[refund.state]:
        message = f"A refund that is {refund.state.value} cannot become {state.value}."
        raise precondition("INVALID_TRANSITION", message)
    return replace(refund, state=state, version=refund.version + 1, updated_at=now, **more)  # type: ignore[arg-type]


def make_ready(refund: Refund, who: str, now: datetime) -> Refund:
    """A second person agrees to cash: it lies ready at its counter. Errors: INVALID_TRANSITION."""
    if refund.state is not State.REQUESTED:
        raise precondition("INVALID_TRANSITION", f"A refund that is {refund.state.value} cannot be made ready.")
    return replace(refund, approved_by=who, version=refund.version + 1, updated_at=now)


def hold_id(refund: UUID) -> UUID:
    """The ledger hold that reserves a refund."""
    return derived(refund, "hold")


def transfer(payment: Payment, refund: Refund, to: UUID) -> Transfer:
    """What giving back moves: from the payee to where the money came from."""
    return Transfer(
        id=derived(refund.id, "refund"),
        kind="refund",
        debit=payment.payee,
        credit=to,
        amount=refund.amount,
        currency=payment.currency,
        reference=payment.code,
        exercise=payment.exercise,
        hold=refund.hold,
    )
