"""A made-up history for a local start, marked as such."""

from services.branding.demo.actions import seed

__all__ = ["seed"]
