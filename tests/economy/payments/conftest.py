"""Fixtures of the tests of payments."""

from tests.economy.payments.cases import city

__all__ = ["city"]
