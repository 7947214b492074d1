"""What two people count in a booth. Pure rules."""

import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.kit.errors import DomainError, Kind, conflict, forbidden, invalid

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
    """Keyed, of its lines: two that are alike have the same. Empty once the ballot is counted, or they have to be
    counted again.
    """
    sealed: bytes
    """Its lines; empty once the ballot is counted, or they have to be counted again."""
    created_at: datetime
    key: bytes = b""
    """Keyed digest of the request, by which a repeat is known."""
    aside: bool = False
    """Whether it was set aside, and others count instead."""
    aside_by: str = ""
    """Who did that last."""
    aside_at: datetime | None = None
    aside_reason: str = ""

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
    over: bool = False
    """Its ballot is counted: both had found the same, and nothing is left of what."""

    @property
    def standing(self) -> tuple[Count, ...]:
        """Those that were not set aside, or are entered again; a process of the version before leaves these marked."""
        return tuple(one for one in self.counts if not one.aside or one.digest)

    @property
    def aside_reason(self) -> str:
        """Why counts were set aside; empty where none were."""
        return next((one.aside_reason for one in self.counts if one.aside_reason), "")

    @property
    def state(self) -> State:
        """How far its counts are."""
        if self.over:
            return State.AGREED
        found = [one.digest for one in self.standing if one.digest]
        if len(found) < 2:
            return State.COUNTED_ONCE if found else State.UNCOUNTED
        return State.AGREED if len(set(found)) == 1 else State.DIFFERS

    @property
    def counted_again(self) -> bool:
        """Whether two have counted it who did not agree, and one of them has counted again."""
        return self.state is State.COUNTED_ONCE and len(self.standing) == 2

    def own(self, subject: str) -> bool:
        """Whether somebody has counted it, and need not again."""
        return any(one.counted_by == subject and (one.digest or self.over) for one in self.standing)


def lines(found: Iterable[tuple[int, int]]) -> Lines:
    """The same papers in the one way to write them."""
    together: Counter[int] = Counter()
    for bits, papers in found:
        together[bits] += papers
    return tuple(sorted(together.items()))


def repeated(booths: Iterable[Booth], subject: str, key: bytes, name: str, digest: bytes) -> Booth | None:
    """The booth that somebody entered by this very request before; None where it is a new one. What was to be counted
    again since is not entered by it anew. Errors: IDEMPOTENCY_KEY_REUSED.
    """
    for booth in booths:
        for one in booth.counts:
            if one.counted_by == subject and hmac.compare_digest(one.key, key):
                if booth.name != name or one.digest not in (b"", digest):
                    text = "This idempotency key was used for another count. Use a new key for a new count."
                    raise DomainError(Kind.KEY_REUSED, "IDEMPOTENCY_KEY_REUSED", text, field="request_id")
                return booth
    return None


def require_countable(booth: Booth, subject: str, papers: int) -> None:
    """Lets a count pass that may be entered. Errors: COUNT_BY_ANOTHER, COUNT_BY_THE_SAME, INVALID_TRANSITION,
    PAPERS_TOO_MANY.

    Who has counted counts again only where the two differ; then both do, since whoever could go on trying until nothing
    differs would find out what the other has found, and need not count.
    """
    if booth.state is State.AGREED:
        raise conflict("INVALID_TRANSITION", "This booth is counted: two people have found the same.")
    if booth.own(subject) and booth.state is not State.DIFFERS:
        raise conflict("COUNT_BY_ANOTHER", "You have counted this booth. Somebody else has to count it as well.")
    if len(booth.standing) == 2 and subject not in {one.counted_by for one in booth.standing}:
        raise conflict("COUNT_BY_THE_SAME", "The two who have counted this booth have to count it again.")
    if papers > booth.voters:
        message = f"{booth.voters} were given a paper here. Count again; no more papers than that can be there."
        raise invalid("PAPERS_TOO_MANY", message, field="lines")


def may_set_aside(booth: Booth, subject: str) -> bool:
    """Whether somebody may set aside what two have counted who do not agree: they are neither of them."""
    counters = {one.counted_by for one in booth.standing}
    return len(counters) == 2 and booth.state is not State.AGREED and subject not in counters


def set_aside(booth: Booth, by: str, reason: str, now: datetime) -> list[Count]:
    """The counts of a booth, set aside: two people count it from nothing, and what was found nobody learns.

    Errors: COUNTS_ASIDE_BY_ANOTHER, INVALID_TRANSITION.
    """
    if booth.state is State.AGREED or len(booth.standing) < 2:
        raise conflict("INVALID_TRANSITION", "Only counts of two people who do not agree are set aside.")
    if not may_set_aside(booth, by):
        message = "You have counted this booth; its counts are set aside by an officer who has not."
        raise forbidden("COUNTS_ASIDE_BY_ANOTHER", message)
    return [replace(one.again, aside=True, aside_by=by, aside_at=now, aside_reason=reason) for one in booth.standing]


def uncounted(booths: Sequence[Booth]) -> list[str]:
    """Names of booths whose counts do not agree yet."""
    return [one.name for one in booths if one.state is not State.AGREED]
