"""Service alerts as a feed of GTFS Realtime: ready bytes for everybody.

Read when somebody asks, and used for a second. A dead pillar costs their freshness alone, which the feed tells by its
time; what is older than five minutes is told no more.
"""

from __future__ import annotations

from functools import partial

from gateway.calls.kept import Kept
from gateway.calls.pillars import Pillars
from gateway.city.reference import Ready
from gateway.city.vehicles import PROTOBUF
from smartcity.living.v1 import alerts_pb2 as pb

KEPT, LONGEST = 1.0, 300.0
"""Seconds that it is used for, and at most while the pillar does not answer."""
DEADLINE = 3.0
"""Seconds a reading may take."""


class ServiceAlerts:
    """The feed, as it was read last."""

    def __init__(self, pillars: Pillars) -> None:
        """Reads nothing yet."""
        self.feed = Kept(partial(_feed, pillars), KEPT, LONGEST)


async def _feed(pillars: Pillars) -> Ready:
    found = await pillars.look(pb.GetServiceAlertFeedRequest(), pb.GetServiceAlertFeedResponse, within=DEADLINE)
    return await Ready.soon(found.content, PROTOBUF)
