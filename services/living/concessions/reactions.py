"""What concessions do when society tells who is verified to live in the city, and agrees that this agency knows.

Where a class is for people of the city, the officer who decides sees it without asking for the identity card.
"""

from services.kit.database import Transaction
from services.kit.events import Event
from services.living.concessions import store
from smartcity.society.v1 import events_pb2

PURPOSE = "transit"
"""What is agreed to, as the cities' ``residents.toml`` have it."""


async def on_residency_confirmed(tx: Transaction, event: Event[events_pb2.ResidencyConfirmed]) -> None:
    """Officers see it from now on."""
    if event.message.purpose == PURPOSE:
        await store.confirm_resident(tx, event.message.subject, tx.now)


async def on_residency_withdrawn(tx: Transaction, event: Event[events_pb2.ResidencyWithdrawn]) -> None:
    """It is forgotten."""
    if event.message.purpose == PURPOSE:
        await store.forget_resident(tx, event.message.subject)
