"""Builds the event messages of devices."""

from services.environment.devices.model import Device
from smartcity.environment.v1 import events_pb2


def issued(device: Device) -> events_pb2.DeviceIssued:
    """A device may send."""
    return events_pb2.DeviceIssued(id=device.id, thing=str(device.thing))


def rotated(device: Device) -> events_pb2.DeviceRotated:
    """A device has a new password: connections made with the old one end."""
    return events_pb2.DeviceRotated(id=device.id, thing=str(device.thing))


def revoked(device: Device) -> events_pb2.DeviceRevoked:
    """A device may send no more: its connections end."""
    return events_pb2.DeviceRevoked(id=device.id, thing=str(device.thing))
