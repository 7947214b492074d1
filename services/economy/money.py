"""Money on the wire: whole units of one currency, both ways."""

from services.kit.errors import invalid
from smartcity.types.v1.money_pb2 import Money

MOST = 10**12
"""The most whole units that one request may move."""


def to_proto(units: int, currency: str) -> Money:
    """An amount for the wire."""
    return Money(currency=currency, units=units)


def read(money: Money, currency: str, field: str) -> int:
    """The whole units of an amount that is to be moved.

    Errors: AMOUNT_MISSING, CURRENCY_UNKNOWN, AMOUNT_INVALID (zero or below), AMOUNT_TOO_LARGE (above ``MOST``).
    """
    if not money.currency and not money.units:
        raise invalid("AMOUNT_MISSING", f"Give an amount: whole units and the currency {currency}.", field=field)
    if money.currency != currency:
        raise invalid("CURRENCY_UNKNOWN", f"The city's currency is {currency}; give the amount in it.", field=field)
    if money.units <= 0:
        raise invalid("AMOUNT_INVALID", "Give an amount of at least one whole unit.", field=field)
    if money.units > MOST:
        raise invalid("AMOUNT_TOO_LARGE", f"At most {MOST} can be moved at once; give a smaller amount.", field=field)
    return money.units
