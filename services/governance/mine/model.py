"""A case in the list of whoever it concerns. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.governance.states.model import State


@dataclass(frozen=True)
class MyCase:
    """A case that somebody reported or joined."""

    id: UUID
    """Whose contact it is: the complaint for its reporter, the joining for a supporter."""
    complaint_id: UUID
    supporter: bool
    code: str
    category: str
    area: str
    state: State
    created_at: datetime
    resolution: datetime | None
    """When it is to be resolved."""
