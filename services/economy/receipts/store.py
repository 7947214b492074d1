"""SQL of receipts, their numbers and the keys that signed them."""

from dataclasses import dataclass, fields
from typing import Any

from services.economy.receipts.model import Facts, Receipt
from services.kit.database import Transaction

_COLUMNS = tuple(field.name for field in fields(Receipt))
_NEXT = """
INSERT INTO receipt_number (series, year, last) VALUES ($1, $2, 1)
ON CONFLICT (series, year) DO UPDATE SET last = receipt_number.last + 1 RETURNING last
"""
_INSERT = f"INSERT INTO receipt ({', '.join(_COLUMNS)}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
_FOUND = """
SELECT receipt.number, receipt.bill, receipt.payment, receipt.text, receipt.signature, receipt.key_id, receipt.seal,
       receipt.issued_at, bill.tariff, bill.tariff_name_id, bill.tariff_name_en, bill.object, bill.period,
       bill.quantity, bill.currency, bill.amount, bill.agency, bill.area, bill.paid_at, bill.exercise,
       payment.method, payment.code AS payment_code, payment.refunded, receipt_key.x
  FROM receipt JOIN bill ON bill.number = receipt.bill JOIN payment ON payment.id = receipt.payment
       JOIN receipt_key ON receipt_key.key_id = receipt.key_id
"""
# A payment that was captured counts at once: its event, which marks the bill, may come a moment later.
_PAID = """
SELECT bill.state IN ('paid', 'refunded') OR bill.state = 'issued' AND payment.captured_at IS NOT NULL
  FROM bill LEFT JOIN payment ON payment.id = bill.payment WHERE bill.number = $1
"""


@dataclass(frozen=True)
class Issued:
    """A receipt, what its bill and payment say now, and the public half of its key."""

    receipt: Receipt
    facts: Facts
    tariff_name_id: str
    tariff_name_en: str
    refunded: int
    key: dict[str, str]


async def next_number(tx: Transaction, series: str, year: int) -> int:
    """Takes the next number of a year; it is given back when the transaction is."""
    number: int = await tx.fetchval(_NEXT, series, year)
    return number


async def insert(tx: Transaction, receipt: Receipt, x: str) -> None:
    """Writes a receipt and, if it is new, the public key ``x`` (base64url) that checks it."""
    await tx.execute("INSERT INTO receipt_key (key_id, x) VALUES ($1, $2) ON CONFLICT DO NOTHING", receipt.key_id, x)
    await tx.execute(_INSERT, *(getattr(receipt, name) for name in _COLUMNS))


async def by_number(tx: Transaction, number: str) -> Issued | None:
    """The receipt of that number."""
    row = await tx.fetchrow(f"{_FOUND} WHERE receipt.number = $1", number)
    return _issued(row) if row is not None else None


async def of_bill(tx: Transaction, bill: str) -> Issued | None:
    """The receipt of a bill."""
    row = await tx.fetchrow(f"{_FOUND} WHERE receipt.bill = $1", bill)
    return _issued(row) if row is not None else None


async def is_paid(tx: Transaction, bill: str) -> bool | None:
    """Whether a bill was paid, also when it was given back since; None when there is no such bill."""
    paid: bool | None = await tx.fetchval(_PAID, bill)
    return paid


def _issued(row: Any) -> Issued:
    facts = {name: row[name] for name in Facts.__dataclass_fields__}
    return Issued(
        receipt=Receipt(**{name: row[name] for name in _COLUMNS}),
        facts=Facts(**facts),
        tariff_name_id=row["tariff_name_id"],
        tariff_name_en=row["tariff_name_en"],
        refunded=row["refunded"],
        key={"crv": "Ed25519", "kid": row["key_id"], "kty": "OKP", "x": row["x"]},
    )
