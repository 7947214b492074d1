"""Made-up businesses, payments and bills for a local start."""

from services.economy.demo.actions import seed
from services.economy.demo.fares import take

__all__ = ["seed", "take"]
