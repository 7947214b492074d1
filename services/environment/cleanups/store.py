"""SQL of clean-ups."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.environment.cleanups.model import Cleanup, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

_CLEANUPS = Table(Cleanup, "cleanup", fixed=("complaint_id", "complaint", "correlation", "created_at", "exercise"))
_SOONEST: Keyset[Cleanup] = Keyset(
    {"coalesce(due_at, 'infinity'::timestamptz)": datetime, "id": UUID}, of=lambda one: (one.due_at, one.id)
)
_HERE: Keyset[Cleanup] = Keyset(
    {"int4(live)": int, **_SOONEST.columns},
    of=lambda one: (int(not one.recall), one.due_at, one.id),
    only="(live OR recall)",
)
by_id, save = _CLEANUPS.get, _CLEANUPS.save


async def by_code(tx: Transaction, code: str, agency: str) -> Cleanup | None:
    """The newest clean-up of a complaint's code; of an agency's own, unless it is empty."""
    return await _CLEANUPS.first(tx, "complaint = $1 AND ($2 = '' OR agency = $2) ORDER BY version DESC", code, agency)


async def last(tx: Transaction, complaint_id: str) -> Cleanup | None:
    """The newest clean-up of a complaint."""
    return await _CLEANUPS.first(tx, "complaint_id = $1 ORDER BY version DESC", complaint_id)


async def live(tx: Transaction, complaint_id: str) -> Cleanup | None:
    """The clean-up of a complaint that waits or runs, locked."""
    return await _CLEANUPS.first(tx, "complaint_id = $1 AND live", complaint_id, lock=True)


async def page(
    tx: Transaction, states: Sequence[State], complaint: str, agency: str, size: int, token: str
) -> Page[Cleanup]:
    """Clean-ups in these states (none: to be called back, then live); an empty complaint or agency means any."""
    order = _SOONEST if states else _HERE
    return await _CLEANUPS.page(tx, order, size, token, state=states, complaint=complaint, agency=agency)


async def open_within(tx: Transaction, agency: str, areas: Collection[str]) -> list[Cleanup]:
    """An agency's clean-ups that wait for a crew in some areas (empty: where no area is known), all of them."""
    return await _CLEANUPS.every(tx, "agency = $1 AND state = 'open' AND area = ANY($2)", agency, list(areas))
