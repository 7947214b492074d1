"""Fixtures of the tests of reconciliation."""

from tests.economy.settlement.cases import treasury

__all__ = ["treasury"]
