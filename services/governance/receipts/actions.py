"""What can be done with receipts: prove that seals hold a case."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from services.governance.history.model import Entry
from services.governance.seals import merkle
from services.governance.seals.model import Head, Seal

_log = structlog.get_logger()


@dataclass(frozen=True)
class Proof:
    """A seal holds the chain up to an entry: the way from its head to the root."""

    number: int
    seal: Seal
    path: tuple[merkle.Step, ...]


def proofs(code: str, history: Sequence[Entry], sealed: Sequence[tuple[int, Seal]]) -> list[Proof]:
    """That seals hold the history of a case, oldest first. Each takes as many hashes as all cases of its day have
    heads, so it is work of a thread.
    """
    found: list[Proof] = []
    for number, made in sealed:
        leaf = Head(code, number, history[number - 1].hash).leaf
        if leaf in made.leaves:
            path = merkle.path(made.leaves, made.leaves.index(leaf))
            found.append(Proof(number, made, tuple(path)))
        else:
            # Somebody wrote past the application. The receipt goes out without this proof, and checking it tells.
            _log.error("history does not match its seal", code=code, day=made.day.isoformat())
    return found
