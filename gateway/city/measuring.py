"""What measures in the city, in memory: as points of the live map, and the limits that its levels are held to; and
whether waste is collected on certain days.

All of it is the same for everybody, and read when somebody asks for them. A dead pillar costs their freshness alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from gateway.calls.kept import Kept
from gateway.calls.pages import pages
from gateway.calls.pillars import Pillars
from gateway.city.reference import Ready
from smartcity.environment.v1 import pickups_pb2, rules_pb2, things_pb2
from smartcity.environment.v1 import things_views as views

KEPT, LONGEST = 10.0, 3600.0
"""Seconds that it is used for, and at most while the pillar does not answer."""
DEADLINE = 2.0
"""Seconds a page of a list may take."""
MOST_PAGES, PAGE = 100, 200
"""Of a list; what a city has beyond that is not shown."""


class Place(msgspec.Struct, frozen=True):
    """A thing on the map."""

    name: str
    kind: str
    area: str
    """Kemendagri code of its kelurahan."""
    href: str
    lon: float
    lat: float


class Points(NamedTuple):
    """All things that stand somewhere, and the bytes that say so."""

    places: Sequence[Place]
    ready: Ready


class Limit(NamedTuple):
    """What a datastream is held to from a value upwards."""

    value: float
    name: str
    made_up: bool


class Pickups(NamedTuple):
    """Whether the city says on which days waste is collected, and whether that is made up."""

    told: bool
    made_up: bool


class Measuring:
    """All of it, as it was read last."""

    def __init__(self, pillars: Pillars) -> None:
        """Reads nothing yet."""
        self.points = Kept(partial(_points, pillars), KEPT, LONGEST)
        self.limits = Kept(partial(_limits, pillars), KEPT, LONGEST)
        self.pickups = Kept(partial(_pickups, pillars), LONGEST / 60, LONGEST)


async def _points(pillars: Pillars) -> Points:
    asked, found = things_pb2.ListThingsRequest(page_size=PAGE), list[Place]()
    ask = partial(pillars.look, answer=things_pb2.ListThingsResponse, within=DEADLINE)
    async for page in pages(ask, asked, MOST_PAGES):
        for each in page.things:
            one = views.thing(each)
            if one.location and one.kind:
                area, href = one.area.code if one.area else "", f"/lingkungan/alat/{one.code}"
                found.append(Place(one.name, one.kind, area, href, one.location.lon, one.location.lat))
    return Points(found, await asyncio.to_thread(_ready, found))


def _ready(found: Sequence[Place]) -> Ready:
    return Ready.of(msgspec.json.encode(found))


async def _limits(pillars: Pillars) -> Mapping[str, Sequence[Limit]]:
    """By the datastream's id, the lowest first."""
    found: dict[str, list[Limit]] = {}
    ask = partial(pillars.look, answer=rules_pb2.ListRulesResponse, within=DEADLINE)
    async for page in pages(ask, rules_pb2.ListRulesRequest(page_size=PAGE), MOST_PAGES):
        for rule in page.rules:
            if rule.kind == rules_pb2.RULE_KIND_THRESHOLD and not rule.terms.below and not rule.paused:
                found.setdefault(rule.datastream, []).append(Limit(rule.terms.limit, rule.name, rule.made_up))
    return {datastream: sorted(each) for datastream, each in found.items()}


async def _pickups(pillars: Pillars) -> Pickups:
    asked = pickups_pb2.ListPickupsRequest(page_size=1)
    found = await pillars.look(asked, pickups_pb2.ListPickupsResponse, within=DEADLINE)
    return Pickups(any(one.days for one in found.pickups), found.made_up)
