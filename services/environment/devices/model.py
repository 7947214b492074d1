"""A device and its credential. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.kit.errors import precondition

MOST_OF_A_THING = 50
"""Devices in service. Those revoked stay, and are told; they leave room for others."""


@dataclass(frozen=True)
class Device:
    """One of them. Times are UTC; ``version`` counts its changes, ``generation`` its passwords."""

    id: str
    version: int
    thing: UUID
    agency: str
    generation: int
    created_at: datetime
    updated_at: datetime
    revoked_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Health:
    """How a device behaves. ``skew`` is by how many seconds its clock was ahead in its latest message."""

    arrived_at: datetime | None = None
    skew: float = 0.0
    missing: int = 0
    refused: int = 0
    refusal: str = ""


def rotate(device: Device, now: datetime) -> Device:
    """It gets a new password. Errors: DEVICE_REVOKED."""
    _in_service(device)
    return replace(device, generation=device.generation + 1, version=device.version + 1, updated_at=now)


def revoke(device: Device, reason: str, now: datetime) -> Device:
    """It may send no more. Errors: DEVICE_REVOKED."""
    _in_service(device)
    return replace(device, revoked_at=now, reason=reason, version=device.version + 1, updated_at=now)


def _in_service(device: Device) -> None:
    if device.revoked_at is not None:
        message = "It is revoked, and stays so; issue another one for the thing."
        raise precondition("DEVICE_REVOKED", message, state="revoked")
