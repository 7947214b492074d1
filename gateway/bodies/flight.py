"""How many bytes of bodies lie in this process at once: those of all callers, and those from one address."""

from collections import Counter

from gateway.answers.problems import Problem

RETRY_SECONDS = 5
_RETRY = {"retry-after": str(RETRY_SECONDS)}


class Pool:
    """Room for bodies. What does not fit is sent away to come back, so that memory stays bounded."""

    def __init__(self, most: int, most_each: int) -> None:
        """``most`` bytes of everybody, ``most_each`` from one address."""
        self._most = most
        self._most_each = most_each
        self._held: Counter[str] = Counter()
        self.bytes = 0
        """Bytes that lie here now."""

    def check(self, address: str, size: int) -> None:
        """Raises BODIES_FROM_ADDRESS (429) or BODIES_BUSY (503) when ``size`` more bytes have no room."""
        if self._held[address] + size > self._most_each:
            detail = "Too much arrives from your address at the same time. Send this again in a few seconds."
            raise Problem(429, "BODIES_FROM_ADDRESS", detail, headers=_RETRY)
        if self.bytes + size > self._most:
            detail = "Too much arrives at the same time. Send this again in a few seconds."
            raise Problem(503, "BODIES_BUSY", detail, headers=_RETRY)

    def take(self, address: str, size: int) -> None:
        """Takes room for bytes that arrived; raises like ``check``."""
        self.check(address, size)
        self.bytes += size
        self._held[address] += size

    def give_back(self, address: str, size: int) -> None:
        """The bytes are gone."""
        self.bytes -= size
        self._held[address] -= size
        if self._held[address] <= 0:
            del self._held[address]


class Flight:
    """The room of a process: uploads have their own, so that they leave that of everything else alone."""

    def __init__(self, upload_bytes: int, small_bytes: int) -> None:
        """How many bytes each may hold; half of it, or a quarter of the small ones, from one address."""
        self.uploads = Pool(upload_bytes, upload_bytes // 2)
        self.small = Pool(small_bytes, small_bytes // 4)
