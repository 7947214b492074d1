"""What can be done with receipts: prove that seals hold a case."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from services.governance.history import store as entries
from services.governance.history.model import Entry
from services.governance.seals import merkle
from services.governance.seals import store as seals
from services.governance.seals.model import Head, Seal
from services.kit.database import Transaction

_log = structlog.get_logger()


@dataclass(frozen=True)
class Proof:
    """A seal holds the chain up to an entry: the way from its head to the root."""

    number: int
    seal: Seal
    path: tuple[merkle.Step, ...]


async def prove(tx: Transaction, complaint_id: UUID, code: str) -> tuple[list[Entry], list[Proof]]:
    """The history of a case and the proofs that its seals hold it, oldest first."""
    history = await entries.history(tx, complaint_id)
    sealed = await seals.of_case(tx, complaint_id)
    # Work of a thread: a proof takes as many hashes as all cases of its day have heads.
    return history, await asyncio.to_thread(_proofs, code, history, sealed)


def _proofs(code: str, history: Sequence[Entry], sealed: Sequence[tuple[int, Seal]]) -> list[Proof]:
    proofs: list[Proof] = []
    for number, made in sealed:
        leaf = Head(code, number, history[number - 1].hash).leaf
        if leaf in made.leaves:
            path = merkle.path(made.leaves, made.leaves.index(leaf))
            proofs.append(Proof(number, made, tuple(path)))
        else:
            # Somebody wrote past the application. The receipt goes out without this proof, and checking it tells.
            _log.error("history does not match its seal", code=code, day=made.day.isoformat())
    return proofs
