"""What is done with indicators: count what was paid, take off what was given back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.economy.indicators import store
from services.kit.database import Transaction


@dataclass(frozen=True)
class Counted:
    """A payment as it is counted; amounts in whole units."""

    id: UUID
    area: str
    sector: str
    cashless: bool
    bill: bool


async def count(tx: Transaction, payment: Counted, units: int, captured_at: datetime) -> None:
    """Counts a payment on the city's day of its capture."""
    day = captured_at.astimezone(tx.runtime.city.timezone).date()
    await store.add(tx, day, payment.area, payment.sector, units, cashless=payment.cashless, bill=payment.bill)


async def take_off(tx: Transaction, payment: Counted, units: int) -> None:
    """Takes what was given back off the day of the capture, so that no day's turnover falls below what it earned."""
    day = await store.captured_day(tx, payment.id, tx.runtime.city.timezone.key)
    if day is None:
        raise LookupError(f"payment {payment.id} was given back and never captured")
    await store.lessen(tx, day, payment.area, payment.sector, units, cashless=payment.cashless)
