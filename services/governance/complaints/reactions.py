"""What complaints do when environment tells of a clean-up. Repeated or late news change nothing but the history."""

from collections.abc import Sequence

from services.governance.complaints import actions
from services.governance.complaints.model import Move
from services.governance.complaints.story import Foreign
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2

_ENVIRONMENT = "environment"


async def on_cleanup_opened(tx: Transaction, event: Event[events_pb2.CleanupOpened]) -> None:
    """A clean-up waits for a crew."""
    await _elsewhere(tx, event.message.complaint, Foreign(event.type, _ENVIRONMENT))


async def on_cleanup_dispatched(tx: Transaction, event: Event[events_pb2.CleanupDispatched]) -> None:
    """A crew is on its way: the case is in progress."""
    await _elsewhere(tx, event.message.complaint, Foreign(event.type, _ENVIRONMENT), Move.START)


async def on_cleanup_completed(tx: Transaction, event: Event[events_pb2.CleanupCompleted]) -> None:
    """A crew has cleaned up: its note and photos resolve the case."""
    happened = Foreign(event.type, _ENVIRONMENT, event.message.note)
    await _elsewhere(tx, event.message.complaint, happened, Move.RESOLVE, event.message.photos)


async def on_cleanup_abandoned(tx: Transaction, event: Event[events_pb2.CleanupAbandoned]) -> None:
    """A clean-up was given back; the case stays with its agency, who alone reads why."""
    happened = Foreign(event.type, _ENVIRONMENT, event.message.reason, public=False)
    await _elsewhere(tx, event.message.complaint, happened)


async def _elsewhere(
    tx: Transaction, code: str, happened: Foreign, move: Move | None = None, proof: Sequence[str] = ()
) -> None:
    if code:  # environment cleans up without a complaint as well
        await actions.elsewhere(tx, code, happened, move, proof)
