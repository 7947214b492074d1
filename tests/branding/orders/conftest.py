"""Fixtures of the tests of orders."""

from tests.branding.tickets.conftest import office, stand_of_branding

__all__ = ["office", "stand_of_branding"]
