"""What falls due by itself: breaches escalate, resolved cases close. The rows say when; a restart loses nothing."""

from services.governance.cases.model import Case, Complaint
from services.governance.escalations import actions, store
from services.governance.states.model import Party
from services.kit import due as falling
from services.kit.database import Transaction
from services.kit.runtime import Runtime


async def due(runtime: Runtime) -> None:
    """Handles what is due."""
    if await store.anything_due(runtime):
        await falling.each(runtime, "complaint", store.due, _fall_due)


async def _fall_due(tx: Transaction, complaint: Complaint) -> None:
    await actions.fall_due(tx, Case(complaint, frozenset({Party.SYSTEM})))
