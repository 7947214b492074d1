"""What a receipt says, how it is numbered, and the seal that is printed on it. Pure and stable: a receipt of today must
check in ten years.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from services.kit import codes

VERSION = "smartcity-levy-receipt-1"
SEAL_LENGTH = 16
DRILL = "X"
"""Follows the city's prefix in the numbers of drills."""
_DIGITS = 7
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\-‐‑–_./]")


@dataclass(frozen=True)
class Receipt:
    """A receipt as issued. ``text`` is what ``signature`` (base64url, Ed25519 by the key ``key_id``) signs."""

    number: str
    bill: str
    payment: UUID
    text: str
    signature: str
    key_id: str
    seal: str
    issued_at: datetime


@dataclass(frozen=True)
class Facts:
    """All that a receipt states. Money in whole units; ``method`` is a word of the payments room."""

    number: str
    bill: str
    tariff: str
    object: str
    period: str
    quantity: int
    currency: str
    amount: int
    method: str
    payment_code: str
    agency: str
    area: str
    paid_at: datetime
    issued_at: datetime
    exercise: bool


def text(facts: Facts) -> str:
    """The canonical text: one line for each fact, in this order; the same facts always give the same text."""
    fields = (
        VERSION,
        facts.number,
        facts.bill,
        facts.tariff,
        facts.object,
        facts.period,
        str(facts.quantity),
        facts.currency,
        str(facts.amount),
        facts.method,
        facts.payment_code,
        facts.agency,
        facts.area,
        _instant(facts.paid_at),
        _instant(facts.issued_at),
        "drill" if facts.exercise else "",
    )
    # A line break inside a field would let two different receipts have one text.
    if any("\n" in field for field in fields):
        raise ValueError("a field of a receipt holds a line break")
    return "".join(field + "\n" for field in fields)


def series(prefix: str, *, exercise: bool) -> str:
    """What the numbers of a city begin with: its prefix; drills have a series of their own."""
    return prefix + DRILL if exercise else prefix


def number(series: str, year: int, count: int) -> str:
    """The ``count``-th number of a year, with its check character: SMG-2026-0000123-K."""
    digits = f"{count:0{_DIGITS}}"
    return f"{series}-{year}-{digits}-{codes.check_character(f'{year}{digits}')}"


def parse_number(prefix: str, given: str) -> str | None:
    """The number that somebody typed, as it is printed; None when it is not a receipt number of this city."""
    if len(given) > 60:
        return None
    plain = _BETWEEN.sub("", given).upper()
    if not plain.startswith(prefix):
        return None
    rest, exercise = plain[len(prefix) :], False
    if rest.startswith(DRILL):
        rest, exercise = rest[len(DRILL) :], True
    digits, check = rest[:-1].translate(_ALIKE), rest[-1:].translate(_ALIKE)
    if not re.fullmatch(rf"[0-9]{{{4 + _DIGITS},{4 + _DIGITS + 2}}}", digits):
        return None
    if codes.check_character(digits) != check:
        return None
    return number(series(prefix, exercise=exercise), int(digits[:4]), int(digits[4:]))


def seal(text: str, signature: str) -> str:
    """The short form of the signature that fits on paper: 80 bits of SHA-256 in Crockford's base 32, by four."""
    value = int.from_bytes(sha256(text.encode() + signature.encode()).digest()[:10], "big")
    letters = "".join(codes.ALPHABET[value >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(letters[at : at + 4] for at in range(0, SEAL_LENGTH, 4))


def seal_fits(issued: str, given: str) -> bool:
    """Whether a seal that somebody typed is the one issued; in a time that does not tell how much of it is right."""
    return hmac.compare_digest(_plain(issued).encode(), _plain(given[:60]).encode())


def _plain(seal: str) -> str:
    return _BETWEEN.sub("", seal).upper().translate(_ALIKE)


def _instant(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds: 2026-11-24T01:02:03.000004Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
