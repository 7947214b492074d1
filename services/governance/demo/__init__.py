"""A made-up history for a local start, marked as such: `python -m services.governance.demo`."""

from services.governance.demo.actions import seed

__all__ = ["seed"]
