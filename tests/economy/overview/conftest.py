"""Fixtures of the tests of the section."""

from tests.economy.payments.cases import city

__all__ = ["city"]
