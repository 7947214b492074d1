"""What two people count in a booth. Pure rules."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.kit.errors import conflict, invalid

Lines = tuple[tuple[int, int], ...]
"""Papers that approve of the same: their bits, and how many; sorted by bits, each once."""


class State(Enum):
    """How far a booth's counts are."""

    UNCOUNTED = "uncounted"
    COUNTED_ONCE = "counted_once"
    DIFFERS = "differs"
    AGREED = "agreed"


@dataclass(frozen=True)
class Count:
    """What one person has counted. What it holds nobody reads before the ballot is counted, not even the other."""

    id: UUID
    ballot: UUID
    booth: str
    counted_by: str
    papers: int
    digest: bytes
    """Keyed, of its lines: two that are alike have the same. Empty once it has to be counted again."""
    sealed: bytes
    """Its lines; empty once the ballot is counted, or they have to be counted again."""
    created_at: datetime

    @property
    def again(self) -> "Count":
        """It, to be counted again: nothing is left of what was found."""
        return replace(self, digest=b"", sealed=b"")


@dataclass(frozen=True)
class Booth:
    """A booth, with what was counted there."""

    name: str
    voters: int
    counts: tuple[Count, ...]

    @property
    def state(self) -> State:
        """How far its counts are."""
        found = [one.digest for one in self.counts if one.digest]
        if len(found) < 2:
            return State.COUNTED_ONCE if found else State.UNCOUNTED
        return State.AGREED if len(set(found)) == 1 else State.DIFFERS

    def own(self, subject: str) -> bool:
        """Whether somebody has counted it, and need not again."""
        return any(one.counted_by == subject and one.digest for one in self.counts)


def lines(found: Iterable[tuple[int, int]]) -> Lines:
    """The same papers in the one way to write them."""
    together: Counter[int] = Counter()
    for bits, papers in found:
        together[bits] += papers
    return tuple(sorted(together.items()))


def require_countable(booth: Booth, subject: str, papers: int) -> None:
    """Lets a count pass that may be entered. Errors: COUNT_BY_ANOTHER, INVALID_TRANSITION, PAPERS_TOO_MANY.

    Who has counted counts again only where the two differ; then both do, since whoever could go on trying until nothing
    differs would find out what the other has found, and need not count.
    """
    if booth.state is State.AGREED:
        raise conflict("INVALID_TRANSITION", "This booth is counted: two people have found the same.")
    if booth.own(subject) and booth.state is not State.DIFFERS:
        raise conflict("COUNT_BY_ANOTHER", "You have counted this booth. Somebody else has to count it as well.")
    if len(booth.counts) == 2 and subject not in {one.counted_by for one in booth.counts}:
        raise conflict("COUNT_BY_ANOTHER", "The two who have counted this booth have to count it again.")
    if papers > booth.voters:
        message = f"{booth.voters} were given a paper here. Count again; no more papers than that can be there."
        raise invalid("PAPERS_TOO_MANY", message, field="lines")


def uncounted(booths: Sequence[Booth]) -> list[str]:
    """Names of booths whose counts do not agree yet."""
    return [one.name for one in booths if one.state is not State.AGREED]
