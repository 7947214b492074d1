"""SQL of results."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.database.table import Table


@dataclass(frozen=True)
class Result:
    """What came of a ballot; its id is the ballot's."""

    id: UUID
    votes: int
    withheld: bool
    approvals: tuple[int, ...]
    """By number, the first with 1; empty where they are withheld."""
    chosen: tuple[int, ...]
    spent: int
    digest: str
    rule: str
    counted_at: datetime


_RESULTS = Table(Result, "ballot_result")
get, add = _RESULTS.get, _RESULTS.add
