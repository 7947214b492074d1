"""What complaints do when environment tells of a clean-up. Events that come twice or late change only the history."""

from services.governance.records.model import ExternalEvent
from services.governance.states.model import Transition
from services.governance.transitions import actions
from services.governance.transitions.actions import Move
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2

_ENVIRONMENT = "environment"


async def on_cleanup_opened(tx: Transaction, event: Event[events_pb2.CleanupOpened]) -> None:
    """A clean-up waits for a crew."""
    await _record(tx, event.message.complaint, ExternalEvent(event.type, _ENVIRONMENT))


async def on_cleanup_dispatched(tx: Transaction, event: Event[events_pb2.CleanupDispatched]) -> None:
    """A crew is on its way: the case is in progress."""
    told = event.message
    await _record(tx, told.complaint, ExternalEvent(event.type, _ENVIRONMENT), Move(Transition.START, told.agency))


async def on_cleanup_completed(tx: Transaction, event: Event[events_pb2.CleanupCompleted]) -> None:
    """A crew has cleaned up: its note and photos resolve the case."""
    told = event.message
    external = ExternalEvent(event.type, _ENVIRONMENT, told.note)
    await _record(tx, told.complaint, external, Move(Transition.RESOLVE, told.agency, told.photos))


async def on_cleanup_abandoned(tx: Transaction, event: Event[events_pb2.CleanupAbandoned]) -> None:
    """A clean-up was given back; the case stays with its agency, who alone reads why."""
    external = ExternalEvent(event.type, _ENVIRONMENT, event.message.reason, public=False)
    await _record(tx, event.message.complaint, external)


async def _record(tx: Transaction, code: str, external: ExternalEvent, move: Move | None = None) -> None:
    if code:  # environment cleans up without a complaint as well
        await actions.record_external(tx, code, external, move)
