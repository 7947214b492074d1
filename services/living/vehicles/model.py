"""A vehicle as its agency keeps it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.kit.errors import precondition


class VehicleAccess(StrEnum):
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
    access: VehicleAccess
    capacity: int
    """How many people it takes; 0 where that is not known."""
    simulated: bool
    created_at: datetime
    updated_at: datetime
    retired_at: datetime | None = None
    reason: str = ""
    generation: int = 0
    """How many passwords it has had, by which it tells over MQTT where it is; 0: none yet."""
    revoked_at: datetime | None = None
    """When the last of them was revoked."""


@dataclass(frozen=True)
class Told:
    """What its agency tells of a vehicle, as in ``Vehicle``."""

    label: str
    plate: str
    access: VehicleAccess
    capacity: int


def update(vehicle: Vehicle, told: Told, now: datetime) -> Vehicle:
    """What was told of it is corrected. Errors: VEHICLE_RETIRED."""
    _in_service(vehicle)
    return replace(vehicle, **vars(told), version=vehicle.version + 1, updated_at=now)


def register_again(vehicle: Vehicle, told: Told, simulated: bool, now: datetime) -> Vehicle:
    """One that was retired is in service again. Passwords are derived of its id and their number: it goes on counting,
    and the last one stays of no use.
    """
    revoked_at = vehicle.revoked_at or (now if vehicle.generation else None)
    again = replace(vehicle, simulated=simulated, retired_at=None, reason="", revoked_at=revoked_at)
    return update(again, told, now)


def issue(vehicle: Vehicle, now: datetime) -> Vehicle:
    """It gets a password, its first or a new one. Errors: VEHICLE_RETIRED."""
    _in_service(vehicle)
    generation = vehicle.generation + 1
    return replace(vehicle, version=vehicle.version + 1, updated_at=now, generation=generation, revoked_at=None)


def revoke(vehicle: Vehicle, now: datetime) -> Vehicle:
    """Its password counts no more. Errors: VEHICLE_RETIRED, CREDENTIAL_MISSING."""
    _in_service(vehicle)
    if not vehicle.generation or vehicle.revoked_at is not None:
        raise precondition("CREDENTIAL_MISSING", "It has no credential that could be revoked.", state="none")
    return replace(vehicle, version=vehicle.version + 1, updated_at=now, revoked_at=now)


def retire(vehicle: Vehicle, reason: str, now: datetime) -> Vehicle:
    """It is in service no more. Errors: VEHICLE_RETIRED."""
    _in_service(vehicle)
    return replace(vehicle, version=vehicle.version + 1, updated_at=now, retired_at=now, reason=reason)


def _in_service(vehicle: Vehicle) -> None:
    if vehicle.retired_at is not None:
        raise precondition("VEHICLE_RETIRED", "It is retired; register it again first.", state="retired")
