"""What can be done with positions: one function per use case."""

from datetime import UTC, timedelta

from services.kit.database import Transaction
from services.living.positions import store
from services.living.positions.model import KEPT_DAYS

_AROUND = range(-1, 3)
"""Days that there is room for, of today: a position may be an hour old at midnight."""


async def make_room(tx: Transaction) -> None:
    """Makes room for the tracks of what is told next."""
    today = tx.now.astimezone(UTC).date()
    await store.make_days(tx, [today + timedelta(days=away) for away in _AROUND])


async def drop_old(tx: Transaction) -> None:
    """Drops tracks that are past their age."""
    await store.drop_days(tx, tx.now.astimezone(UTC).date() - timedelta(days=KEPT_DAYS))
