"""What every acquirer can do for us, whatever it speaks; pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

ASK_AGAIN = timedelta(seconds=10)
"""How long after the acquirer was asked without an answer it is asked again."""

State = Literal["unknown", "pending", "paid", "expired", "cancelled", "refunded"]


@dataclass(frozen=True, slots=True)
class QrRequest:
    """A QRIS that we want; ``amount`` in whole units of ``currency``, ``code`` is ours and its idempotency."""

    code: str
    amount: int
    currency: str
    nmid: str
    pan: str
    merchant_name: str
    terminal: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Qr:
    """The EMVCo text to show, and what the acquirer calls it."""

    payload: str
    provider_reference: str


@dataclass(frozen=True, slots=True)
class Status:
    """What the acquirer knows of a payment; ``amount`` in whole units, 0 when it does not know it."""

    state: State
    amount: int
    provider_reference: str


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A refund that we want; ``id`` is its idempotency, ``created`` that of the payment.

    Of a static QRIS the acquirer knows its own reference only; ``code`` may be empty then.
    """

    id: str
    code: str
    provider_reference: str
    amount: int
    currency: str
    reason: str
    created: datetime


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One movement in the acquirer's report of a day, which may list it several ``times``."""

    provider_reference: str
    code: str
    kind: Literal["payment", "refund"]
    amount: int
    currency: str
    at: datetime
    times: int = 1


class ProviderAwayError(Exception):
    """No answer, or none that can be believed: what became of the call is unknown, ask again."""


class ReportUnclearError(ProviderAwayError):
    """The report of a day was answered, and cannot be read; that of another day may be."""


class ProviderRefusedError(Exception):
    """The acquirer said no, and will again; ``code`` is its own (SNAP's responseCode)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


_REFUSED = re.compile(r"The bank refused[a-z ]* \((\w+)\)\.")


def refused(code: str, what: str = "") -> str:
    """What is written down of a refusal: with the acquirer's own code, and ``what`` it refused ("to ...")."""
    return f"The bank refused{' ' if what else ''}{what} ({code})."


def refused_code(written: str) -> str:
    """The acquirer's code in what ``refused`` wrote; empty in other words."""
    found = _REFUSED.fullmatch(written)
    return found[1] if found else ""


class Provider(Protocol):
    """An acquirer. Every call may raise ProviderAwayError or ProviderRefusedError; none is made in a transaction."""

    name: str
    zone: ZoneInfo
    """Where its days are: a report is of one of them, and lacks something before that is over."""

    @property
    def reports(self) -> bool:
        """Whether it gives reports of days."""

    async def generate(self, request: QrRequest) -> Qr:
        """Makes a dynamic QRIS; the same request again gives the same one."""

    async def query(self, code: str, provider_reference: str, created: datetime) -> Status:
        """What became of a payment; ``unknown`` when the acquirer never heard of it."""

    async def cancel(self, code: str, provider_reference: str, created: datetime) -> None:
        """Makes a QRIS unpayable; refused when it is paid."""

    async def refund(self, request: RefundRequest) -> str:
        """Sends money back and answers the acquirer's reference; the same request again sends nothing twice."""

    async def report(self, day: date) -> list[ReportLine] | None:
        """The movements of a day in its zone; None when the acquirer has no report of it yet."""
