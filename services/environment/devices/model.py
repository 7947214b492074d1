"""A device and its credential. Pure.

A password is derived from a secret of the city's, the device's id and how many passwords it has had, so that nothing
that lets anybody in is stored, and a repeated request is answered with the same one.
"""

import base64
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.kit.errors import precondition

MOST_OF_A_THING = 50
"""Devices, those revoked included: all of them are shown together."""
_BYTES = 20


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


def password(city_secret: bytes, id_: str, generation: int) -> str:
    """The password of a device's generation: 32 characters of base32."""
    key = hmac.digest(city_secret, f"device:{id_}:{generation}".encode(), "sha256")[:_BYTES]
    return base64.b32encode(key).decode()


def proves(city_secret: bytes, id_: str, generation: int, given: str) -> bool:
    """Whether this is the device's password."""
    return hmac.compare_digest(password(city_secret, id_, generation).encode(), given.encode())


def _in_service(device: Device) -> None:
    if device.revoked_at is not None:
        message = "It is revoked, and stays so; issue another one for the thing."
        raise precondition("DEVICE_REVOKED", message, state="revoked")
