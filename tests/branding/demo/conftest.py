"""Fixtures of the tests of demo history."""

from tests.branding.city_events.conftest import stand_of_branding
from tests.branding.tickets.conftest import office

__all__ = ["office", "stand_of_branding"]
