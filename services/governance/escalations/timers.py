"""What falls due by itself: breaches escalate, resolved cases close. The rows say when; a restart loses nothing."""

from uuid import UUID

import structlog

from observability.telemetry import span
from services.governance.cases.model import Case
from services.governance.escalations import actions, store
from services.governance.states.model import Party
from services.kit.errors import is_transient
from services.kit.runtime import Runtime

_MOST = 500
_log = structlog.get_logger()


async def due(runtime: Runtime) -> None:
    """Handles what is due, a case a transaction. One that fails is logged and tried again in the next round."""
    if not await store.anything_due(runtime):
        return
    failed: list[UUID] = []
    for _ in range(_MOST):
        if not await _one(runtime, failed):
            return


async def _one(runtime: Runtime, failed: list[UUID]) -> bool:
    found: UUID | None = None
    try:
        with span("complaint due"):
            async with runtime.transaction() as tx:
                complaint = await store.due(tx, failed)
                if complaint is None:
                    return False
                found = complaint.id
                await actions.fall_due(tx, Case(complaint, frozenset({Party.SYSTEM})))
    except Exception as error:
        if found is None or is_transient(error):
            raise
        _log.exception("a complaint that fell due cannot be handled", complaint=str(found))
        failed.append(found)
    return True
