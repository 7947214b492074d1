"""Shuffling: votes leave the box in an order that is drawn by lot, under ids that are. Pure, but for the lots."""

from collections.abc import Sequence
from random import SystemRandom
from uuid import UUID, uuid4

_LOTS = SystemRandom()


def shuffled(votes: Sequence[int]) -> list[int]:
    """The same votes in another order, each order as likely."""
    made = list(votes)
    _LOTS.shuffle(made)
    return made


def new_ids(number: int) -> list[UUID]:
    """Ids that tell no time and no order (UUIDv4), sorted: as rows are written they lie in no other order than this."""
    return sorted(uuid4() for _ in range(number))


def numbered(options: int) -> list[int]:
    """The numbers from 1 on, drawn by lot."""
    return shuffled(range(1, options + 1))
