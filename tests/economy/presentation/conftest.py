"""Fixtures of the tests of shown QRIS."""

from tests.economy.payments.cases import city

__all__ = ["city"]
