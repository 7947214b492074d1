"""A vehicle as its agency keeps it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.kit.errors import precondition


class Access(StrEnum):
    """Whether a wheelchair can: unknown is not yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Vehicle:
    """One of them. Times are UTC; ``version`` counts its changes."""

    id: str
    version: int
    label: str
    plate: str
    """Known to its agency alone."""
    agency: str
    access: Access
    capacity: int
    """How many people it takes; 0 where that is not known."""
    simulated: bool
    created_at: datetime
    updated_at: datetime
    retired_at: datetime | None = None
    reason: str = ""


def retire(vehicle: Vehicle, reason: str, now: datetime) -> Vehicle:
    """It is in service no more. Errors: VEHICLE_RETIRED."""
    if vehicle.retired_at is not None:
        raise precondition("VEHICLE_RETIRED", "It is retired, and stays so; register another one.", state="retired")
    return replace(vehicle, version=vehicle.version + 1, updated_at=now, retired_at=now, reason=reason)
