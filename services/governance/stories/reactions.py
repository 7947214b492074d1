"""What stories do when an event arrives, whoever published it: keep what is told of it, many at once."""

from collections.abc import Sequence
from typing import Any

from services.governance.stories import store
from services.governance.stories.hearing import is_part, tell
from services.kit.database import Transaction
from services.kit.events import Event


async def on_event(tx: Transaction, event: Event[Any]) -> None:
    """Keeps it."""
    await on_events(tx, [event])


async def on_events(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Keeps events that came together, in one statement."""
    parts = [tell(event) for event in events if is_part(event)]
    if parts:
        await store.keep(tx, parts)
