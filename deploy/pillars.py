"""The six pillars of the master plan, by name, for all that is deployed.

The gateway, which imports nothing of ours but the kit, has their names in ``gateway/calls/pillars.py``; a test holds
the two together.
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.kit.pillar import Pillar

NAMES = ("governance", "economy", "living", "environment", "society", "branding")


@cache
def pillar(name: str) -> "Pillar":
    """The wiring of one pillar; imports it on first use."""
    found: Pillar = import_module(f"services.{name}.pillar").PILLAR
    return found


def pillars() -> "dict[str, Pillar]":
    """All of them, in the order of the master plan."""
    return {name: pillar(name) for name in NAMES}
