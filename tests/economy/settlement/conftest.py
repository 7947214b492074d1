"""Fixtures of the tests of settlement."""

from tests.economy.settlement.cases import treasury

__all__ = ["treasury"]
