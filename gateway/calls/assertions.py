"""Who calls, as the pillars hear it: one signed assertion per caller and pillar, used for 30 seconds."""

import time
from collections import OrderedDict

from services.kit.caller import Caller, Minter

REUSE_SECONDS = 30.0
"""An assertion lives 60 seconds; half of it is left for the call and for clocks that differ."""
MOST = 10_000
"""Assertions kept; the least recently used ones go first."""


class Assertions:
    """Mints assertions and keeps them while they are fresh."""

    def __init__(self, minter: Minter) -> None:
        """``minter`` holds the gateway's private key."""
        self._minter = minter
        self._kept: OrderedDict[tuple[Caller, str], tuple[float, str]] = OrderedDict()

    def bearer(self, caller: Caller, pillar: str) -> str:
        """The value of the metadata key ``authorization`` for a call to that pillar."""
        slot, now = (caller, pillar), time.monotonic()
        kept = self._kept.get(slot)
        if kept is not None and now < kept[0]:
            self._kept.move_to_end(slot)
            return kept[1]
        value = f"Bearer {self._minter.mint(caller, pillar)}"
        self._kept[slot] = (now + REUSE_SECONDS, value)
        self._kept.move_to_end(slot)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return value
