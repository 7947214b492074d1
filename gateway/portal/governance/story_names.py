"""Names of what a story's particulars are about: a device, zone, depot or event as people call it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress

import grpc.aio
from starlette.requests import Request

from gateway.city.depots import depots_of
from gateway.city.permitting import permitting_of
from gateway.gateway import current_gateway
from gateway.portal.branding.all_destinations import all_destinations
from gateway.portal.governance.dispatching import names as emergency_names
from gateway.portal.governance.dispatching import protocol
from gateway.portal.kit.page import texts_of
from smartcity.branding.v1 import city_events_pb2
from smartcity.environment.v1 import warnings_pb2
from smartcity.governance.v1 import stories_views as views

Names = Mapping[str, str]
DEADLINE = 2.0
"""Seconds that names may take; a story is read without them too."""
MOST = 2
"""Events that are asked for one by one: a story is of one."""


def subject(type_: str, fact: str) -> str:
    """What a particular is about: codes and states are called alike, whatever they are of."""
    of = type_.rpartition(".")[2]
    if fact == "code" and of.startswith("Event"):
        return "event"
    if fact == "code" and of.startswith("Thing"):
        return "thing_code"
    if fact == "state" and of.startswith("Complaint"):
        return "complaint_state"
    return fact


async def names_of(request: Request, it: views.Story) -> Mapping[str, Names]:
    """Names by subject and value. What nobody tells in time goes by its short name."""
    told: dict[str, set[str]] = {}
    for one in it.events:
        for fact in one.facts:
            told.setdefault(subject(one.type, fact.name), set()).add(fact.value)
    asked = [name for name in _ASKED if name in told]
    found = await asyncio.gather(*(_known(request, _ASKED[name], told[name]) for name in asked))
    city = current_gateway(request).city
    depots = depots_of(city)
    districts = {code: area.name for code in told.get("district", ()) if (area := city.area(code)) is not None}
    own = {"district": districts, "depot": depots.depots, "truck": depots.trucks, "kind": await _kinds(request, it)}
    return own | dict(zip(asked, found, strict=True))


Ask = Callable[[Request, Collection[str]], Awaitable[Names]]


async def _known(request: Request, ask: Ask, told: Collection[str]) -> Names:
    try:
        return await ask(request, told)
    except grpc.aio.AioRpcError:
        return {}


async def _kinds(request: Request, it: views.Story) -> Names:
    """How the city names its kinds of incidents and permits, where a story tells of some."""
    told = {one.type.rpartition(".")[2] for one in it.events}
    if any(name.startswith("Incident") for name in told):
        return emergency_names(request, await protocol(request))["kind"]
    if any(name.startswith("Permit") for name in told):
        known = permitting_of(current_gateway(request).city).kinds
        return {one.id: one.name(texts_of(request).language) for one in known.values()}
    return {}


async def _things(request: Request, codes: Collection[str]) -> Names:
    """From memory, by the addresses of their pages."""
    places = (await current_gateway(request).measuring.points.now()).places
    return {one.href.rpartition("/")[2]: one.name for one in places}


async def _zones(request: Request, ids: Collection[str]) -> Names:
    asked = warnings_pb2.GetWarningCriteriaRequest()
    pillars, pick = current_gateway(request).pillars, texts_of(request).pick
    answer = await pillars.look(asked, warnings_pb2.GetWarningCriteriaResponse, within=DEADLINE)
    return {one.id: pick(one.name, one.name_en) for one in answer.zones}


async def _events(request: Request, codes: Collection[str]) -> Names:
    """Of those that everybody may read."""
    pillars, pick, found = current_gateway(request).pillars, texts_of(request).pick, dict[str, str]()
    for code in sorted(codes)[:MOST]:
        with suppress(grpc.aio.AioRpcError):
            asked = city_events_pb2.GetCityEventRequest(id=code)
            answer = await pillars.look(asked, city_events_pb2.GetCityEventResponse, within=DEADLINE)
            found[code] = pick(answer.event.content.name, answer.event.content.name_en)
    return found


async def _destinations(request: Request, told: Collection[str]) -> Names:
    """Tickets name a place by its code, what visitors are told by its id."""
    return {key: one.name for one in await all_destinations(request, DEADLINE) for key in (one.code, one.id)}


_ASKED: Mapping[str, Ask] = {
    "thing_code": _things,
    "zone": _zones,
    "event": _events,
    "destination": _destinations,
}
"""By subject, what else than the city's profile knows names."""
