"""Fixtures of the tests of receipts."""

from tests.economy.levies.cases import office
from tests.economy.payments.cases import city

__all__ = ["city", "office"]
