"""A bill: what is billed, until when, and what may become of it. Pure rules."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.errors import DomainError, invalid, precondition
from services.kit.impersonal import is_personal

if TYPE_CHECKING:
    from services.economy.levies.tariffs import Tariff

OBJECT_LEAST, OBJECT_MOST = 3, 100
PERIOD_YEARS = 10
"""A period further away than this is a slip of the pen."""
DESCRIPTION_MOST = 140

_END_OF_DAY = time(23, 59, 59)
_PERIODS = {
    "day": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "", "a day such as 2026-11-24"),
    "month": (re.compile(r"[0-9]{4}-[0-9]{2}"), "-01", "a month such as 2026-11"),
    "year": (re.compile(r"[0-9]{4}"), "-01-01", "a year such as 2026"),
}


class State(Enum):
    """Where a bill stands."""

    ISSUED = "issued"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Bill:
    """One bill. Money in whole units of ``currency``; times in UTC."""

    number: str
    id: UUID
    version: int
    state: State
    tariff: str
    tariff_name_id: str
    tariff_name_en: str
    object: str
    period: str
    quantity: int
    currency: str
    amount: int
    agency: str
    area: str
    issued_by: str
    payment: UUID | None
    correlation: str
    exercise: bool
    created_at: datetime
    updated_at: datetime
    due_at: datetime
    paid_at: datetime | None = None

    def overdue(self, now: datetime) -> bool:
        """Whether it is in arrears."""
        return self.state is State.ISSUED and self.due_at < now

    def description(self, tariff_name: str) -> str:
        """What its payer reads, at most 140 characters; the tariff's name in the language that it is to be in."""
        return ", ".join(filter(None, (tariff_name, self.object, self.period)))[:DESCRIPTION_MOST]


@dataclass(frozen=True)
class Claim:
    """What an officer wants to bill: ``area`` is a Kemendagri code."""

    object: str
    period: str
    quantity: int
    area: str
    exercise: bool = False


def issue(
    claim: Claim, tariff: "Tariff", number: str, id_: UUID, *, by: str, currency: str, now: datetime, timezone: ZoneInfo
) -> Bill:
    """A new bill; ``by`` is the officer's subject.

    Errors: OBJECT_INVALID, OBJECT_PERSONAL, PERIOD_INVALID.
    """
    return Bill(
        number=number,
        id=id_,
        version=1,
        state=State.ISSUED,
        tariff=tariff.id,
        tariff_name_id=tariff.name_id,
        tariff_name_en=tariff.name_en,
        object=clean_object(claim.object),
        period=check_period(tariff.period, claim.period, now.astimezone(timezone).date()),
        quantity=claim.quantity,
        currency=currency,
        amount=tariff.amount * claim.quantity,
        agency=tariff.agency,
        area=claim.area,
        issued_by=by,
        payment=None,
        correlation=str(id_),
        exercise=claim.exercise,
        created_at=now,
        updated_at=now,
        due_at=due_at(now, tariff.due_days, timezone),
    )


def clean_object(text: str) -> str:
    """The object as it is kept: one line, single blanks. Errors: OBJECT_INVALID, OBJECT_PERSONAL."""
    kept = plain(text)
    # The contract measures what was sent; what is kept of it can be shorter, or longer where letters are composed anew.
    if not OBJECT_LEAST <= len(kept) <= OBJECT_MOST:
        raise invalid(
            "OBJECT_INVALID",
            f"Say what is billed in {OBJECT_LEAST} to {OBJECT_MOST} characters, such as: the market, kios B-12.",
            field="object",
        )
    if is_personal(kept):
        raise invalid(
            "OBJECT_PERSONAL",
            "A bill can be read by anybody: name the stall or the lot, never a NIK, a telephone number or an address "
            "with @.",
            field="object",
        )
    return kept


def plain(text: str) -> str:
    """An object in one line, with single blanks: as it is kept, and looked for."""
    line = "".join(" " if unicodedata.category(each).startswith(("C", "Z")) else each for each in text)
    return " ".join(unicodedata.normalize("NFC", line).split())


def check_period(kind: str, text: str, today: date) -> str:
    """The period of a tariff that is levied by day, month or year, or "once" (none). Errors: PERIOD_INVALID."""
    if kind == "once":
        if text:
            raise invalid("PERIOD_INVALID", "This tariff is levied once: leave the period empty.", field="period")
        return ""
    pattern, rest, example = _PERIODS[kind]
    try:
        if not pattern.fullmatch(text):
            raise ValueError(text)
        first = date.fromisoformat(text + rest)
    except ValueError:
        raise invalid("PERIOD_INVALID", f"The period of this tariff is {example}.", field="period") from None
    if abs(first.year - today.year) > PERIOD_YEARS:
        raise invalid("PERIOD_INVALID", f"{text} is more than {PERIOD_YEARS} years away.", field="period")
    return text


def due_at(issued: datetime, days: int, timezone: ZoneInfo) -> datetime:
    """The end of the last day to pay, in the city's time."""
    last = issued.astimezone(timezone).date() + timedelta(days=days)
    return datetime.combine(last, _END_OF_DAY, timezone)


def require_unpaid(bill: Bill) -> None:
    """Refuses what is only possible before a bill was paid. Errors: BILL_PAID, BILL_CANCELLED, BILL_REFUNDED."""
    if bill.state is not State.ISSUED:
        raise _REFUSALS[bill.state](bill)


def _paid(bill: Bill) -> DomainError:
    message = f"Bill {bill.number} is paid. Its receipt is at /v1/bills/{bill.number}/receipt."
    return precondition("BILL_PAID", message, number=bill.number)


def _cancelled(bill: Bill) -> DomainError:
    return precondition("BILL_CANCELLED", f"Bill {bill.number} was cancelled: nothing is to be paid.")


def _refunded(bill: Bill) -> DomainError:
    return precondition("BILL_REFUNDED", f"Bill {bill.number} was paid and given back: its agency can issue another.")


_REFUSALS = {State.PAID: _paid, State.CANCELLED: _cancelled, State.REFUNDED: _refunded}


def asked(bill: Bill, payment: UUID, now: datetime) -> Bill:
    """The bill with the payment that can be paid now. It stays unpaid, so its version stays too."""
    return replace(bill, payment=payment, updated_at=now)


def paid(bill: Bill, payment: UUID, at: datetime, now: datetime) -> Bill:
    """The bill, paid at ``at``."""
    return replace(bill, state=State.PAID, version=bill.version + 1, payment=payment, paid_at=at, updated_at=now)


def cancelled(bill: Bill, now: datetime) -> Bill:
    """The bill, cancelled. Errors: as of `require_unpaid`."""
    require_unpaid(bill)
    return replace(bill, state=State.CANCELLED, version=bill.version + 1, updated_at=now)


def refunded(bill: Bill, now: datetime) -> Bill:
    """The bill, paid and given back in full."""
    return replace(bill, state=State.REFUNDED, version=bill.version + 1, updated_at=now)
