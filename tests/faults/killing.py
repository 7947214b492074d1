"""Kills processes by a seeded plan, at named points and from outside, while others work."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.kit.faults import POINTS
from tests.fixtures.house import House

FROM_OUTSIDE = ("nats", "postgres", "governance", "environment", "gateway")
PASSED_WITHIN_S = 8.0
SETTLE_S = 0.6


@dataclass
class Killer:
    """Kills ``most`` times: at named points, and components from outside. ``killed`` counts by what was hit."""

    house: House
    folder: Path
    random: random.Random
    most: int
    points: Sequence[str] = POINTS
    outside: Sequence[str] = FROM_OUTSIDE
    killed: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Processes killed so far."""
        return sum(self.killed.values())

    async def run(self) -> None:
        """Works the plan off. A point that nobody passes in time is taken back and another drawn."""
        while self.total < self.most:
            target = self.random.choice((*self.points, *self.points, *self.outside))
            hit = await (self._at(target) if target in self.points else self._outside(target))
            if hit:
                self.killed[target] = self.killed.get(target, 0) + 1
            await asyncio.sleep(SETTLE_S + self.random.random())

    async def _at(self, point: str) -> bool:
        mark = self.folder / point
        mark.touch()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PASSED_WITHIN_S):
                while mark.exists():
                    await asyncio.sleep(0.02)
        try:
            mark.unlink()
        except FileNotFoundError:
            return True
        return False

    async def _outside(self, target: str) -> bool:
        replicas = [name for name in self.house.components() if name == target or name.startswith(f"{target}-")]
        return self.house.kill(self.random.choice(replicas)) is not None
