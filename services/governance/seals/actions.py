"""What can be done with seals: sealing the oldest day that is over."""

from services.governance.resources import resources
from services.governance.seals import events, model, store
from services.governance.seals.model import Seal
from services.kit.database import Transaction

AGGREGATE = "receipt-seals"


async def seal_due_day(tx: Transaction) -> Seal | None:
    """Seals the oldest day that is over and has entries no seal holds; None when there is none."""
    timezone = tx.runtime.city.timezone
    last = await store.last(tx)
    day = model.due_day(await store.oldest_unsealed(tx), last.day if last else None, tx.now, timezone)
    if day is None:
        return None
    signer = resources(tx.runtime).signer
    heads = await store.mark(tx, day, model.end_of(day, timezone))
    if not heads:
        return None  # another process, whose lease had just ended, sealed them while we waited for the rows
    made = model.make(day, heads, last, signer, tx.now)
    await store.insert(tx, made, signer.public_jwk()["x"])
    tx.emit(
        events.day_sealed(made), aggregate=AGGREGATE, version=day.toordinal(), correlation=f"seal-{day.isoformat()}"
    )
    return made
