"""Fixtures of the tests of refunds."""

from tests.economy.payments.cases import city

__all__ = ["city"]
