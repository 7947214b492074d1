"""Fixtures of the tests of what economy keeps of people."""

from tests.economy.payments.cases import city

__all__ = ["city"]
