"""What performance does when something happened to a case, and when a survey published an agency's index."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.governance.performance import actions, satisfaction
from services.governance.performance.hearing import hear
from services.governance.performance.model import Heard
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.society.v1 import events_pb2 as society


async def on_case(tx: Transaction, event: Event[Any]) -> None:
    """Counts it."""
    await on_cases(tx, [event])


async def on_cases(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Counts events that came together, in a few statements for all of them."""
    heard = [found for event in events if not event.exercise and (found := _heard(tx, event)) is not None]
    if heard:
        await actions.count(tx, heard)


async def on_satisfaction_published(tx: Transaction, event: Event[society.SatisfactionPublished]) -> None:
    """Keeps the index, to be shown beside the figures of its months."""
    told = event.message
    first, last = date.fromisoformat(told.first_day), date.fromisoformat(told.last_day)
    one = satisfaction.Satisfaction(told.survey, told.agency, first, last, told.index, told.answers)
    if not event.exercise:
        await satisfaction.add(tx, one)


def _heard(tx: Transaction, event: Event[Any]) -> Heard | None:
    return hear(
        event.message,
        id_=event.id,
        complaint=UUID(event.aggregate),
        version=event.version,
        at=event.time,
        heard_at=tx.now,
    )
