"""Made-up businesses, payments and bills for a local start."""

from services.economy.demo.actions import seed

__all__ = ["seed"]
