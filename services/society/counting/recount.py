"""Counting a file again, offline: its votes, by its rule, against what it says and against the commitment."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.society.counting import pabulib
from services.society.counting.commitment import digest, line
from services.society.counting.counts import count
from services.society.counting.pabulib import Read
from services.society.counting.votes import Outcome, possible, profile


@dataclass(frozen=True)
class Recount:
    """What a recount found."""

    file: Read
    outcome: Outcome
    digest: str
    """Of the votes that are in the file."""
    faults: tuple[str, ...]
    """What is not as it must be; none: the file holds what was counted."""


def recount(text: str, published: str = "") -> Recount:
    """Counts a file again. ``published`` is the commitment as the city published it; without it the file's own counts,
    which whoever alters a file can alter as well. Errors: pabulib.FileError.
    """
    file = pabulib.read(text)
    outcome = count(file.terms, profile(file.votes.values()))
    made = digest(file.head.ballot, (line(vote, bits) for vote, bits in file.votes.items()))
    return Recount(file, outcome, made, tuple(_faults(file, outcome, made, published)))


def _faults(file: Read, outcome: Outcome, made: str, published: str) -> Iterator[str]:
    wanted = published.strip().lower() or file.head.digest
    if published and file.head.digest != wanted:
        yield "the file names another commitment than the one that was published"
    if made != wanted:
        yield f"the votes are not those that were committed to: a vote was altered, added or dropped ({made})"
    if outcome.votes != file.outcome.votes:
        yield f"the file holds {outcome.votes} votes and says {file.outcome.votes}"
    for vote, bits in file.votes.items():
        if not possible(file.terms, bits):
            yield f"the vote {vote} approves of what it may not"
    for number, approvals in outcome.approvals.items():
        if file.outcome.approvals[number] != approvals:
            yield f"option {number} has {approvals} approvals and the file says {file.outcome.approvals[number]}"
    if outcome.chosen != file.outcome.chosen:
        yield f"the votes choose {list(outcome.chosen)} and the file says {list(file.outcome.chosen)}"
