"""Fixtures of the tests of money that the acquirer brought."""

from tests.economy.payments.cases import city

__all__ = ["city"]
