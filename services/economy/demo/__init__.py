"""Made-up businesses, payments, bills and permits for a local start."""

from services.economy.demo.actions import seed
from services.economy.demo.fares import take
from services.economy.demo.permits import seed_permits

__all__ = ["seed", "seed_permits", "take"]
