"""Builds the event messages of residents: a login and a purpose, and nothing else of anybody."""

from smartcity.society.v1 import events_pb2


def confirmed(subject: str, purpose: str) -> events_pb2.ResidencyConfirmed:
    """Somebody who agreed is verified."""
    return events_pb2.ResidencyConfirmed(subject=subject, purpose=purpose)


def withdrawn(subject: str, purpose: str) -> events_pb2.ResidencyWithdrawn:
    """It holds no longer."""
    return events_pb2.ResidencyWithdrawn(subject=subject, purpose=purpose)
