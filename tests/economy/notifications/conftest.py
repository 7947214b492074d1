"""Fixtures of the tests of notifications."""

from tests.economy.providers.conftest import town

__all__ = ["town"]
