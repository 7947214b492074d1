"""Amounts as messages."""

from services.kit.database import Transaction
from smartcity.types.v1.money_pb2 import Money


def money(tx: Transaction, units: int) -> Money:
    """Whole units of the city's currency."""
    return Money(currency=tx.runtime.city.currency, units=units)
