"""Builds the event messages of feeds. Who imports them is a process that loads nothing of what serves."""

from datetime import date, datetime
from uuid import UUID

from smartcity.living.v1 import events_pb2


def changed(
    feed: UUID, digest: str, first_day: date | None, last_day: date | None, at: datetime, *, made_up: bool
) -> events_pb2.TimetableChanged:
    """Another feed holds."""
    event = events_pb2.TimetableChanged(
        feed=str(feed),
        digest=digest,
        first_day=first_day.isoformat() if first_day else "",
        last_day=last_day.isoformat() if last_day else "",
        made_up=made_up,
    )
    event.time.FromDatetime(at)
    return event
