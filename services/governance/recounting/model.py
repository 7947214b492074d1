"""Which months can be counted again. Pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.governance.performance.formulas import earlier

LEAD_MONTHS = 12
"""Of events before a month, so that it is known what each of its cases owed when it began."""


@dataclass(frozen=True)
class Request:
    """The operator asks for months, both included, by their first days."""

    id: UUID
    first: date
    last: date
    next: date | None = None
    """The month whose turn it is; None where none was counted yet."""


def refusal(first: date, last: date, present: date, keep_months: int) -> str:
    """Why months cannot be counted again; empty where they can."""
    if not first <= last <= present:
        return "the months are in the wrong order, or yet to come"
    earliest = earlier(present, keep_months - LEAD_MONTHS)
    return "" if first >= earliest else f"events are kept {keep_months} months: begin with {earliest:%Y-%m} or later"
