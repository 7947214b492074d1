"""Fixtures of the tests of money in suspense."""

from tests.economy.payments.cases import city

__all__ = ["city"]
