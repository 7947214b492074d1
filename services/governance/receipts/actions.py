"""What can be done with receipts: seal a day, and prove that a seal holds a case."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from services.governance.receipts import events, merkle, seal_store, store
from services.governance.receipts import seal as seals
from services.governance.receipts.model import Entry
from services.governance.receipts.seal import Head, Seal
from services.governance.resources import resources
from services.kit.database import Transaction

AGGREGATE = "receipt-seals"

_log = structlog.get_logger()


@dataclass(frozen=True)
class Proof:
    """A seal holds the chain up to an entry: the way from its head to the root."""

    number: int
    seal: Seal
    path: tuple[merkle.Step, ...]


async def seal_due_day(tx: Transaction) -> Seal | None:
    """Seals the oldest day that is over and has entries no seal holds; None when there is none."""
    timezone = tx.runtime.city.timezone
    last = await seal_store.last(tx)
    day = seals.due_day(await seal_store.oldest_unsealed(tx), last.day if last else None, tx.now, timezone)
    if day is None:
        return None
    signer = resources(tx.runtime).signer
    heads = await seal_store.mark(tx, day, seals.end_of(day, timezone))
    if not heads:
        return None  # another process, whose lease had just ended, sealed them while we waited for the rows
    made = seals.make(day, heads, last, signer, tx.now)
    await seal_store.insert(tx, made, signer.public_jwk()["x"])
    tx.emit(
        events.day_sealed(made), aggregate=AGGREGATE, version=day.toordinal(), correlation=f"seal-{day.isoformat()}"
    )
    return made


async def prove(tx: Transaction, complaint_id: UUID, code: str) -> tuple[list[Entry], list[Proof]]:
    """The history of a case and the proofs that its seals hold it, oldest first."""
    history = await store.history(tx, complaint_id)
    proofs: list[Proof] = []
    for number, made in await seal_store.of_case(tx, complaint_id):
        leaf = Head(code, number, history[number - 1].hash).leaf
        if leaf in made.leaves:
            path = merkle.path(made.leaves, made.leaves.index(leaf))
            proofs.append(Proof(number, made, tuple(path)))
        else:
            # Somebody wrote past the application. The receipt goes out without this proof, and checking it tells.
            _log.error("history does not match its seal", code=code, day=made.day.isoformat())
    return history, proofs
