"""Fixtures of this room."""

from tests.governance.records import records

__all__ = ["records"]
