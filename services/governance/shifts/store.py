"""SQL of shifts."""

from uuid import UUID

from services.governance.shifts.model import Handover
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

_SHIFTS = Table(Handover, "shift_handover", fixed=("note", "by", "created_at"))
_NEWEST: Keyset[Handover] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save = _SHIFTS.get, _SHIFTS.save


async def page(tx: Transaction, size: int, token: str) -> Page[Handover]:
    """All, the newest first."""
    return await _SHIFTS.page(tx, _NEWEST, size, token)
