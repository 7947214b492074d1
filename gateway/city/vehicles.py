"""Where vehicles are, as ready bytes for everybody: the feeds of GTFS Realtime, and those on a line.

Read when somebody asks, and used for two seconds. A dead pillar costs their freshness alone: what is older than a
minute and a half is no longer told, since vehicles have moved on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec

from gateway.calls.kept import Kept
from gateway.calls.pages import pages
from gateway.calls.pillars import Pillars
from gateway.city.reference import Ready
from smartcity.living.v1 import vehicles_pb2 as pb
from smartcity.living.v1 import vehicles_views as views

KEPT, LONGEST = 2.0, 90.0
"""Seconds that they are used for, and at most while the pillar does not answer."""
DEADLINE = 3.0
"""Seconds a reading may take."""
MOST_PAGES, PAGE = 25, 200
"""Of all vehicles; what a city has beyond that nobody follows at once."""
LEFT_OUT = frozenset({"calls", "age_seconds"})
"""Of a vehicle that is followed: what changes each second, though it has told nothing new."""
PROTOBUF = "application/x-protobuf"


class Vehicles:
    """The feeds, as they were read last."""

    def __init__(self, pillars: Pillars) -> None:
        """Reads nothing yet."""
        self.positions = Kept(partial(_positions, pillars), KEPT, LONGEST)
        self.trips = Kept(partial(_trips, pillars), KEPT, LONGEST)
        self.rows = Kept(partial(_rows, pillars), KEPT, LONGEST)
        """Each vehicle in service as JSON, by its id, without what is left out of it."""


async def _rows(pillars: Pillars) -> Mapping[str, bytes]:
    asked, found = pb.ListVehiclesRequest(page_size=PAGE), dict[str, bytes]()
    ask = partial(pillars.look, answer=pb.ListVehiclesResponse, within=DEADLINE)
    async for page in pages(ask, asked, MOST_PAGES):
        for one in page.vehicles:
            found[one.id] = _row(views.vehicle(one))
    return found


def _row(one: views.Vehicle) -> bytes:
    whole = msgspec.to_builtins(one)
    return msgspec.json.encode({name: value for name, value in whole.items() if name not in LEFT_OUT})


async def _positions(pillars: Pillars) -> Ready:
    found = await pillars.look(pb.GetPositionFeedRequest(), pb.GetPositionFeedResponse, within=DEADLINE)
    return await Ready.soon(found.content, PROTOBUF)


async def _trips(pillars: Pillars) -> Ready:
    found = await pillars.look(pb.GetTripUpdateFeedRequest(), pb.GetTripUpdateFeedResponse, within=DEADLINE)
    return await Ready.soon(found.content, PROTOBUF)
