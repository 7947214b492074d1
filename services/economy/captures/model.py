"""What an acquirer tells of money that came, and whether it is for the payment that it seems to be for. Pure rules."""

from dataclasses import dataclass
from enum import Enum

from services.economy.payments.model import Payment, State
from services.economy.suspense.model import Item, Reason
from services.kit.errors import invalid


class Outcome(Enum):
    """What became of a notice."""

    CAPTURED = "captured"
    REPEATED = "repeated"
    SUSPENDED = "suspended"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Notice:
    """What an acquirer tells of money that came; ``amount`` in whole units.

    ``code`` is our payment's, empty when it names none; ``static`` says that a merchant's printed QRIS was paid,
    ``checked`` that the acquirer was asked for it or has it in its report, which puts right what it told before.
    """

    provider_reference: str
    code: str
    amount: int
    currency: str
    nmid: str = ""
    terminal: str = ""
    static: bool = False
    checked: bool = False

    @property
    def is_printed(self) -> bool:
        """Whether a printed QRIS brought it, which no payment of ours asked for."""
        return self.static and not self.code


def misfit(payment: Payment | None, notice: Notice) -> Reason | None:
    """Why the money cannot be taken for what it seems to be."""
    if payment is None:
        return Reason.UNLINKED
    if payment.exercise:
        return Reason.REFUSED  # a drill takes no real money
    if payment.is_paid:
        return Reason.PAID_BEFORE
    given_back = payment.requester and not payment.bill  # whoever asked for it hears of it, and gives it back
    if payment.state is State.EXPIRED or (payment.state is State.CANCELLED and not given_back):
        return Reason.LATE
    return Reason.AMOUNT if notice.amount != payment.amount else None


def says_more(item: Item, notice: Notice, payment: Payment | None) -> bool:
    """Whether a notice puts right what is in suspense: how much it is, which only counts when it was checked, or which
    payment it is for or whose printed QRIS brought it, which nobody knew: a report tells no NMID.
    """
    if notice.amount != item.held:
        return notice.checked
    of_printed = notice.is_printed and bool(notice.nmid) and item.payment is None and not item.nmid
    return item.reason is Reason.UNLINKED and (payment is not None or of_printed)


def check(notice: Notice, currency: str) -> None:
    """Refuses what says too little. Errors: REFERENCE_MISSING, AMOUNT_INVALID, CURRENCY_UNKNOWN."""
    if not notice.provider_reference:
        raise invalid("REFERENCE_MISSING", "A notice names the bank's own reference.", field="provider_reference")
    if notice.amount <= 0:
        raise invalid("AMOUNT_INVALID", "Money that came is at least one whole unit.", field="amount")
    if notice.currency != currency:
        raise invalid("CURRENCY_UNKNOWN", f"The city's currency is {currency}.", field="currency")
