"""Made-up cards, concessions and rides for a local start."""

from services.living.demo.actions import seed

__all__ = ["seed"]
