"""A sea of constituents that are known."""

import math

from services.environment.harmonics.model import HOUR_S

CONSTITUENTS = {"M2": (28.9841042, 0.12, 40.0), "S2": (30.0, 0.07, 80.0), "K1": (15.0410686, 0.22, 310.0),
                "O1": (13.9430356, 0.10, 280.0)}  # fmt: skip


def sea(at: float) -> float:
    """Metres over the reference at a moment (seconds since 1970)."""
    hours = at / HOUR_S
    waves = (height * math.cos(math.radians(speed * hours - late)) for speed, height, late in CONSTITUENTS.values())
    return 1.0 + sum(waves)
