"""What the other pillars do about a flood warning, each by its events: looked for from outside, as anybody could."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from google.transit import gtfs_realtime_pb2

from deploy.operate import flood_journeys
from deploy.operate.story import LOOK_S, Step, since, until
from deploy.operate.visitor import StoryError, Visitor
from services.environment.fleet.profile import fleet_of
from services.kit.city import load_city

CITIZEN, DISPATCHER = "warga", "operator112"
WORDS = "Air masuk ke rumah warga setinggi lutut, contoh dari cerita banjir yang diceritakan."
CATEGORY = "banjir-genangan"
_PLANS = 6
"""How many times as long as else a plan may take: several depots' days are searched one after the other."""


@dataclass
class Flood:
    """A flood that is told: where, who acts, and what came of it so far."""

    visitor: Visitor
    city: str
    zone: Mapping[str, Any]
    officer: str
    exercise: bool = False
    warning: str = ""
    story: str = ""
    complaint: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    alert: dict[str, Any] = field(default_factory=dict)
    incident: dict[str, Any] = field(default_factory=dict)

    @property
    def areas(self) -> list[str]:
        """Codes of its kelurahan."""
        return [one["code"] for one in self.zone["areas"]]


async def plan(flood: Flood) -> Step:
    """Today's rounds of the depot that serves most of the zone, as they are without a flood."""
    visitor, fleet = flood.visitor, fleet_of(load_city(flood.city))
    depot = max(fleet.depots, key=lambda one: sum(fleet.serves(one, code) for code in flood.areas))
    officer = f"petugas-{fleet.agency}"
    standing = await _standing(visitor, officer, depot.id)
    if standing is not None and standing["ticked"]:
        return Step("plan", officer, f"the trucks of {depot.name} are out: their rounds stay as they are", standing)
    ask = partial(_asked, visitor, depot.id, officer)
    made = await until("another plan is still being made", ask, bool, times=_PLANS)
    read = partial(visitor.get, f"/v1/waste/rounds/{made['id']}", officer)
    flood.plan = await until("no rounds are planned", read, lambda one: one["state"] != "planning", times=_PLANS)
    if flood.plan["state"] != "planned":
        raise StoryError(f"the rounds were not planned: {flood.plan['failure']}")
    words = f"today's rounds of {depot.name}: {flood.plan['stops']} stops, nothing left out for a flood"
    return Step("plan", officer, words, {**flood.plan, "officer": officer})


async def _asked(visitor: Visitor, depot: str, officer: str) -> dict[str, Any] | None:
    """The plan that is made now; None while another one of the day is."""
    try:
        made: dict[str, Any] = await visitor.post("/v1/waste/rounds", {"depot": depot}, officer)
    except StoryError as error:
        if "PLAN_UNDER_WAY" in str(error):
            return None
        raise
    return made


async def report(flood: Flood) -> Step:
    """A citizen reports water in the first kelurahan of the zone; in a drill an officer does, as a drill."""
    who = flood.officer if flood.exercise else CITIZEN
    where = {"area_code": flood.areas[0]}
    body = {"text": WORDS, "category": CATEGORY, "location": where, "exercise": flood.exercise}
    flood.complaint = await flood.visitor.post("/v1/complaints", body, who)
    words = f"{flood.complaint['code']} is filed in {flood.zone['areas'][0]['name']}"
    return Step("report", who, words, {"code": flood.complaint["code"], "exercise": flood.exercise})


async def withdraw(flood: Flood) -> None:
    """The story's complaint is taken back, and its incident closed, however far the story came."""
    if flood.complaint:
        await flood.visitor.post(
            f"/v1/complaints/{flood.complaint['code']}/withdrawal", {}, flood.officer if flood.exercise else CITIZEN
        )
    if flood.incident:
        await _close(flood)


async def reactions(flood: Flood) -> AsyncGenerator[Step, None]:
    """What all pillars do about the warning at its gravest level, side by side."""
    began = asyncio.get_running_loop().time()
    looking: list[Coroutine[Any, Any, Step]] = [
        _buses(flood, began), _places(flood, began), _linked(flood, began), _incident(flood, began)
    ]  # fmt: skip
    for step in await asyncio.gather(*looking):
        yield step
    if not flood.exercise:
        yield await flood_journeys.around(flood.visitor, flood.alert)
    yield await _unit(flood)
    if flood.plan:
        yield await _round(flood, began)
    yield await _live(flood)


async def undone(flood: Flood, began: float) -> Step:
    """All of it is over: alert, advice, rounds, links and the incident's danger."""
    visitor = flood.visitor
    alerts, advice = partial(visitor.get, "/v1/alerts"), partial(visitor.get, "/v1/advisories")
    await until("the alert holds on", alerts, lambda page: not _of_warning(page["alerts"], flood.warning))
    await until("destinations advise on", advice, lambda page: not _advice(flood, page["advisories"]))
    read = partial(visitor.get, f"/v1/complaints/{flood.complaint['code']}")
    await until("the complaint's flood is not over", read, lambda one: all(x.get("over_time") for x in one["floods"]))
    told = partial(visitor.get, f"/v1/incidents/{flood.incident['id']}", DISPATCHER)
    await until(
        "112 does not hear of the end", told, lambda one: any(x["what"] == "flood_over" for x in one["timeline"])
    )
    if flood.plan:
        await until("rounds still leave it out", partial(_newest, flood), lambda one: not one["flooded"], times=_PLANS)
    words = f"alert, advice, links and rounds are as before, {since(began):.1f} s after"
    closed = await _close(flood)
    return Step("undone", "all pillars", f"{words}; incident {closed['number']} is closed", closed)


async def _buses(flood: Flood, began: float) -> Step:
    """The alert that closes what is flooded; that of a drill closes nothing, and GTFS-RT has no word for it."""
    ask = partial(flood.visitor.get, "/v1/alerts")

    def ours(page: Any) -> list[dict[str, Any]]:
        return [one for one in _of_warning(page["alerts"], flood.warning) if one["closes"] or flood.exercise]

    found = ours(await until("no alert tells of it", ask, ours, LOOK_S))[0]
    seconds = since(began)
    flood.alert = await flood.visitor.get(f"/v1/alerts/{found['id']}")
    feed = partial(_in_feed, flood.visitor, found["id"])
    if flood.exercise:
        told = await feed()
        if told or found["closes"] or not found["exercise"]:
            raise StoryError("passengers are told of a drill as if it were real")
    else:
        told = await until("GTFS-RT lacks the alert", feed, bool, LOOK_S)
    touched = flood.alert["touched"]
    words = f"{len(touched['stops'])} stops of {len(touched['routes'])} lines"
    words += " are in the drill, none is closed" if flood.exercise else " are closed, in GTFS-RT too"
    data = {**flood.alert, "seconds": round(seconds, 3), "entities": told}
    return Step("buses", "living", f"{words}, {seconds:.2f} s after", data)


async def _places(flood: Flood, began: float) -> Step:
    ask = partial(flood.visitor.get, "/v1/advisories")

    def severe(page: Any) -> list[dict[str, Any]]:
        return [one for one in _advice(flood, page["advisories"]) if one["level"] == "severe"]

    found = await until("destinations do not advise to stay away", ask, severe, LOOK_S)
    one, seconds = severe(found)[0], since(began)
    words = f'visitors are told "{one["text_en"]}", {seconds:.2f} s after'
    return Step("places", "branding", words, {**one, "seconds": round(seconds, 3)})


async def _linked(flood: Flood, began: float) -> Step:
    read = partial(flood.visitor.get, f"/v1/complaints/{flood.complaint['code']}")

    def linked(one: Any) -> list[dict[str, Any]]:
        return [each for each in one["floods"] if each["warning"] == flood.warning]

    await until("the open complaint is not linked", read, linked, LOOK_S)
    seconds = since(began)
    page = await flood.visitor.get("/v1/complaints", "verifikator", warning=flood.warning, page_size=200)
    codes = [one["code"] for one in page["complaints"]]
    words = f"{len(codes)} reports belong to the flood, {flood.complaint['code']} among them"
    return Step("linked", "governance", words, {"codes": codes, "seconds": round(seconds, 3)})


async def _incident(flood: Flood, began: float) -> Step:
    ask = partial(flood.visitor.get, "/v1/incidents", DISPATCHER)

    def ours(page: Any) -> list[dict[str, Any]]:
        return [one for one in page["incidents"] if one["warning"] == flood.warning]

    found = await until("112 opens no incident", ask, ours, LOOK_S)
    flood.incident, seconds = ours(found)[0], since(began)
    if flood.incident["exercise"] is not flood.exercise:
        raise StoryError("the incident is not marked as the warning is")
    words = f"incident {flood.incident['number']} ({flood.incident['kind']}) opens by itself, {seconds:.2f} s after"
    return Step("incident", "112", words, {**flood.incident, "seconds": round(seconds, 3)})


async def _unit(flood: Flood) -> Step:
    """The unit that is suggested first is sent, and arrives."""
    visitor, path = flood.visitor, f"/v1/incidents/{flood.incident['id']}"
    advised = (await visitor.get(f"{path}/suggestions", DISPATCHER))["units"]
    if not advised:
        raise StoryError("no unit is free: see /petugas/112")
    code = advised[0]["unit"]
    body = {"incident": flood.incident["id"]}
    await visitor.post(f"/v1/units/{code}/assignment", body, DISPATCHER, await _etag(visitor, code))
    for state in ("en_route", "on_scene"):
        await visitor.post(f"/v1/units/{code}/state", {"state": state}, DISPATCHER, await _etag(visitor, code))
    flood.incident = await visitor.get(path, DISPATCHER)
    words = f"{code} is sent ({', '.join(advised[0]['reasons'])}) and there"
    return Step("unit", DISPATCHER, words, {**flood.incident, "unit": code, "reasons": advised[0]["reasons"]})


async def _round(flood: Flood, began: float) -> Step:
    made = await until("rounds do not leave it out", partial(_newest, flood), lambda one: one["flooded"], times=_PLANS)
    out = sorted({one["code"] for one in made["left_out"] if one["cause"] == "flooded"})
    words = (
        f"planned anew without {len(made['flooded'])} kelurahan, {len(out)} stops left out, {since(began):.1f} s after"
    )
    return Step("round", "environment", words, made)


async def _newest(flood: Flood) -> dict[str, Any]:
    """The edition of the day that holds."""
    officer = f"petugas-{fleet_of(load_city(flood.city)).agency}"
    standing = await _standing(flood.visitor, officer, flood.plan["depot"])
    if standing is None:
        raise StoryError("no plan of the day holds any more")
    whole: dict[str, Any] = await flood.visitor.get(f"/v1/waste/rounds/{standing['id']}", officer)
    return whole


async def _standing(visitor: Visitor, officer: str, depot: str) -> dict[str, Any] | None:
    """The newest plan of the depot that holds."""
    page = await visitor.get("/v1/waste/rounds", officer, depot=depot)
    return next((one for one in page["plans"] if one["state"] == "planned"), None)


async def _live(flood: Flood) -> Step:
    """Whoever follows the story by server-sent events is told of every pillar."""
    wanted = {"WarningRaised", "ServiceAlertPublished", "AdvisoryGiven", "IncidentOpened", "ComplaintsLinked"}

    def said(events: Any) -> set[str]:
        return {one["type"].rpartition(".")[2] for one in events}

    def enough(events: Any) -> bool:
        return said(events) >= wanted

    read = partial(flood.visitor.follow, f"/v1/stories/{flood.story}/events", enough)
    events = await until("the story is not told live", read, enough)
    pillars = sorted({one["pillar"] for one in events})
    words = f"{len(events)} events of {', '.join(pillars)} by SSE, and on /cerita/{flood.story}"
    return Step("live", "everybody", words, {"pillars": pillars, "types": sorted(said(events))})


async def _close(flood: Flood) -> dict[str, Any]:
    """Units leave the incident, and it is closed."""
    visitor, path = flood.visitor, f"/v1/incidents/{flood.incident['id']}"
    one: dict[str, Any] = await visitor.get(path, DISPATCHER)
    if one["state"] == "closed":
        return one
    for work in one["assignments"]:
        if not work.get("end_time"):
            body = {"state": "available"}
            await visitor.post(f"/v1/units/{work['unit']}/state", body, DISPATCHER, await _etag(visitor, work["unit"]))
    body = {"outcome": "resolved", "report": "Cerita banjir sudah selesai diceritakan; tidak ada korban."}
    one = await visitor.get(path, DISPATCHER)
    closed: dict[str, Any] = await visitor.post(f"{path}/closure", body, DISPATCHER, one["etag"])
    return closed


async def _etag(visitor: Visitor, unit: str) -> str:
    units = (await visitor.get("/v1/units", DISPATCHER, page_size=200))["units"]
    return str(next(one["etag"] for one in units if one["code"] == unit))


async def _in_feed(visitor: Visitor, alert: str) -> int:
    """How many entities of the GTFS-RT feed tell of an alert."""
    answer = await visitor.client.get("/v1/gtfs-rt/alerts")
    message = gtfs_realtime_pb2.FeedMessage.FromString(answer.content)
    return sum(one.id.partition(":")[0] == alert for one in message.entity)


def _of_warning(alerts: list[dict[str, Any]], warning: str) -> list[dict[str, Any]]:
    return [one for one in alerts if one["source"] == warning]


def _advice(flood: Flood, advisories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What visitors are told of this warning: it is about the same kelurahan."""
    wanted = set(flood.areas)
    return [
        one
        for one in advisories
        if one["origin"] == "warning"
        and one["exercise"] is flood.exercise
        and {area["code"] for area in one["areas"]} == wanted
    ]
