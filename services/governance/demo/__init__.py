"""A made-up history for a local start, marked as such: `python -m services.governance.demo`."""

from services.governance.demo.actions import seed
from services.governance.demo.emergency import seed as seed_emergency

__all__ = ["seed", "seed_emergency"]
