"""The governance pillar, as its other tests have it."""

from tests.governance.calls import records

__all__ = ["records"]
