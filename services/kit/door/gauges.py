"""Devices that were refused lately, by the reason; of who is no device of the city nothing is told."""

import time
from collections import Counter
from collections.abc import Iterable

from observability import metrics, semconv
from services.kit.door.model import Refusal

LATELY_S = 300.0
MOST = 10_000
"""Names that are remembered."""
TOLD = (Refusal.PASSWORD_WRONG, Refusal.REGISTRY_AWAY, Refusal.NOBODY_READS, Refusal.READER_UNKNOWN)


class Refused:
    """Who was refused last time, when and why. Asked from the exporter's thread."""

    def __init__(self) -> None:
        """Nobody was."""
        self._last: dict[str, tuple[float, Refusal]] = {}

    def note(self, name: str, why: Refusal | None) -> None:
        """A device was let in (None), or refused."""
        self._last.pop(name, None)
        if why in TOLD:
            self._last[name] = (time.monotonic(), why)
            if len(self._last) > MOST:
                del self._last[next(iter(self._last))]

    def told(self) -> Iterable[tuple[float, metrics.Attributes]]:
        """As a gauge, of each reason."""
        since = time.monotonic() - LATELY_S
        counted = Counter(why for at, why in list(self._last.values()) if at >= since)
        return [(counted[why], {semconv.REASON: why.value}) for why in TOLD]
