"""A line of the journal as a message."""

from services.governance.journal.model import Entry
from services.kit.rpc import protos
from smartcity.governance.v1 import incidents_pb2 as pb


def entry(one: Entry) -> pb.DispatchEntry:
    """It."""
    return pb.DispatchEntry(
        number=one.number,
        what=one.what,
        incident=str(one.incident) if one.incident else "",
        unit=one.unit,
        text=one.text,
        by=one.by,
        time=protos.timestamp(one.at),
        exercise=one.exercise,
    )
