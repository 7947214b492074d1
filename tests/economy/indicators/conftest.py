"""Fixtures of the tests of indicators."""

from tests.economy.payments.cases import city

__all__ = ["city"]
