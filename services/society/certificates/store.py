"""SQL of certificates."""

from collections.abc import Collection

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.society.certificates.model import Certificate

_CERTIFICATES = Table(Certificate, "certificate", fixed=("code", "course", "enrolment", "issued_by", "issued_at"))
add_all, save = _CERTIFICATES.add_all, _CERTIFICATES.save


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Certificate | None:
    """One by its number."""
    return await _CERTIFICATES.first(tx, "code = $1", code, lock=lock)


async def withdrawn(tx: Transaction, codes: Collection[str]) -> dict[str, Certificate]:
    """Those of some numbers that hold no longer, by their numbers."""
    asked = [code for code in codes if code]
    found = await _CERTIFICATES.every(tx, "code = ANY($1) AND state = 'withdrawn'", asked) if asked else []
    return {one.code: one for one in found}
