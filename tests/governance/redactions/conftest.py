"""Fixtures of this room."""

from tests.governance.calls import records

__all__ = ["records"]
