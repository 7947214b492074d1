"""Places: how many of something one address and everybody together may hold at the same time, in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Places:
    """Counts who holds how many."""

    def __init__(self, most: int, most_each: int) -> None:
        """``most`` for all together, ``most_each`` for one address."""
        self.most = most
        self.most_each = most_each
        self.held = 0
        """Places taken now."""
        self._each: Counter[str] = Counter()

    @property
    def full(self) -> bool:
        """Whether nobody gets one more."""
        return self.held >= self.most

    def is_full_for(self, address: str) -> bool:
        """Whether this address gets no more of its own."""
        return self._each[address] >= self.most_each

    def take(self, address: str) -> None:
        """Takes a place. Whether one is left was asked before."""
        self.held += 1
        self._each[address] += 1

    def give_back(self, address: str) -> None:
        """Gives a place back."""
        self.held -= 1
        self._each[address] -= 1
        if not self._each[address]:
            del self._each[address]

    @contextmanager
    def place(self, address: str, own: Exception, all_taken: Exception) -> Iterator[None]:
        """Holds a place. Raises ``own`` where this address gets no more, ``all_taken`` where nobody does."""
        if self.is_full_for(address):
            raise own
        if self.full:
            raise all_taken
        self.take(address)
        try:
            yield
        finally:
            self.give_back(address)
