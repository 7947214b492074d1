"""How the bank misbehaves when it is told to: for a number of times, or until it is told to behave."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {
    "slow": 6.0,
    "vanish": 0.0,
    "broken": 0.0,
    "late": 10.0,
    "duplicate": 0.0,
    "reorder": 5.0,
    "lie": 1000.0,
    "forget": 0.0,
    "decline": 0.0,
}
"""Kinds and what they count in by default: seconds, and for a lie the rupiah that are added.

slow: answers after so long. vanish: cuts calls off undone. broken: does what is asked and answers 500. late: tells of a
payment after so long. duplicate: tells it again, under the same number and under a new one. reorder: tells of the next
payment first. lie: tells another amount and stays with it. forget: never tells. decline: refuses refunds.
"""


@dataclass
class Whim:
    """One way of misbehaving; ``times`` is 0 until further notice."""

    kind: str
    times: int
    value: float


class Whims:
    """The whims that are on."""

    def __init__(self) -> None:
        """Behaves."""
        self._on: dict[str, Whim] = {}

    def set(self, kind: str, times: int = 0, value: float | None = None) -> Whim:
        """Misbehave from now on. Raises ValueError."""
        if kind not in KINDS:
            raise ValueError(f"kind: one of {', '.join(KINDS)}")
        if times < 0 or (value is not None and not 0 <= value <= 1_000_000):
            raise ValueError("times and value: not negative, and value at most 1,000,000")
        self._on[kind] = Whim(kind, times, KINDS[kind] if value is None else value)
        return self._on[kind]

    def reset(self) -> None:
        """Behave."""
        self._on.clear()

    def take(self, kind: str) -> Whim | None:
        """The whim if it is on; counts it as done once."""
        whim = self._on.get(kind)
        if whim is not None and whim.times:
            whim.times -= 1
            if not whim.times:
                del self._on[kind]
        return whim

    def all(self) -> list[Whim]:
        """Those that are on."""
        return list(self._on.values())
