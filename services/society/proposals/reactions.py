"""What proposals do when what they are linked to goes on, or comes to its end, in another pillar, where what is linked
to none changes nothing, and no drill does; and when a process takes no more of them.
"""

from typing import Any
from uuid import UUID

from services.kit.database import Transaction
from services.kit.events import Event
from services.society.proposals import actions, store
from services.society.proposals.model import LinkKind, StepKind
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.economy.v1 import permits_pb2
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2 as governance
from smartcity.society.v1 import events_pb2, processes_pb2

_HOLDS = frozenset({permits_pb2.PERMIT_STATE_GRANTED, permits_pb2.PERMIT_STATE_DEEMED_GRANTED})
_SERVED = (permits_pb2.PERMIT_STATE_DECIDING, permits_pb2.PERMIT_STATE_ENDED)
"""From where to where goes what is no permit but a service, when it is granted."""
_MAY_COLLECT = (processes_pb2.PROCESS_PHASE_COLLECT, processes_pb2.PROCESS_PHASE_REVIEW)
"""Phases in which a process takes proposals, and from which it may go back to that."""


async def on_process_moved(tx: Transaction, event: Event[events_pb2.ProcessMoved]) -> None:
    """A process takes no more proposals: how many those who were erased have made is of no use any more."""
    moved = event.message
    if moved.phase not in _MAY_COLLECT:
        await store.forget_made(tx, UUID(moved.id))


async def on_cleanup_completed(tx: Transaction, event: Event[environment.CleanupCompleted]) -> None:
    """A crew has cleaned up."""
    done = event.message
    await _tell(tx, event, LinkKind.CLEANUP, done.id, StepKind.CLEANED_UP)
    await _tell(tx, event, LinkKind.COMPLAINT, done.complaint, StepKind.CLEANED_UP, ends=False)


async def on_complaint_resolved(tx: Transaction, event: Event[governance.ComplaintResolved]) -> None:
    """A complaint is resolved."""
    await _tell(tx, event, LinkKind.COMPLAINT, event.message.code, StepKind.RESOLVED)


async def on_payment_captured(tx: Transaction, event: Event[economy.PaymentCaptured]) -> None:
    """A payment was made: that is no work."""
    await _tell(tx, event, LinkKind.PAYMENT, event.message.payment.code, StepKind.PAID, ends=False)


async def on_permit_advanced(tx: Transaction, event: Event[economy.PermitAdvanced]) -> None:
    """A permit was granted, and does not just hold again, as after a suspension or an objection: that is no work."""
    told = event.message
    granted = told.state in _HOLDS and told.from_state != permits_pb2.PERMIT_STATE_SUSPENDED
    if granted or (told.from_state, told.state) == _SERVED:
        await _tell(tx, event, LinkKind.PERMIT, told.code, StepKind.PERMITTED, ends=False, once=True)


async def _tell(
    tx: Transaction, event: Event[Any], link: LinkKind, reference: str, kind: StepKind, *, ends: bool = True,
    once: bool = False,
) -> None:  # fmt: skip
    """Tells what is linked, unless it is a drill: a proposal is real."""
    if not event.exercise:
        await actions.tell_linked(tx, link, reference, kind, ends=ends, once=once)
