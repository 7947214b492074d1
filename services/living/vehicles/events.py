"""Builds the event messages of vehicles."""

from services.kit.rpc import protos
from services.living.vehicles.model import Vehicle
from smartcity.living.v1 import events_pb2


def registered(vehicle: Vehicle) -> events_pb2.VehicleRegistered:
    """A vehicle is in service."""
    return events_pb2.VehicleRegistered(
        id=vehicle.id, label=vehicle.label, agency=vehicle.agency, time=protos.timestamp(vehicle.updated_at)
    )


def updated(vehicle: Vehicle) -> events_pb2.VehicleUpdated:
    """What is registered of a vehicle was corrected."""
    return events_pb2.VehicleUpdated(
        id=vehicle.id, label=vehicle.label, agency=vehicle.agency, time=protos.timestamp(vehicle.updated_at)
    )


def credential_issued(vehicle: Vehicle) -> events_pb2.VehicleCredentialIssued:
    """A vehicle has a new password, its first or another."""
    return events_pb2.VehicleCredentialIssued(id=vehicle.id, agency=vehicle.agency)


def credential_revoked(vehicle: Vehicle) -> events_pb2.VehicleCredentialRevoked:
    """A vehicle tells over MQTT no more."""
    return events_pb2.VehicleCredentialRevoked(id=vehicle.id, agency=vehicle.agency)


def retired(vehicle: Vehicle) -> events_pb2.VehicleRetired:
    """A vehicle is in service no more."""
    return events_pb2.VehicleRetired(
        id=vehicle.id, label=vehicle.label, agency=vehicle.agency, time=protos.timestamp(vehicle.retired_at)
    )
