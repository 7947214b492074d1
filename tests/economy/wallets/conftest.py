"""Fixtures of the tests of wallets."""

from tests.economy.payments.cases import city

__all__ = ["city"]
