"""Fixtures of this room."""

from tests.governance.calls import records
from tests.governance.mails import catcher

__all__ = ["catcher", "records"]
