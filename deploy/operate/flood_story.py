"""A flood, step by step on a running platform: from a gauge's reading through all pillars, and to the all clear.

The gauge is one of the city's, and so are the rules and the criteria by which a warning rises: to the second level by
itself, to the gravest when an officer approves what the gauge asks for. The device is the story's own. So that nobody
has to wait for an hour, rules are held without their dwell while the story is told, and are put back at its end, as is
everything else: no warning, no incident and no complaint of the story is left.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from deploy.local.stories import GAUGE
from deploy.operate import flood_effects
from deploy.operate.flood_effects import Flood
from deploy.operate.gauge import Gauge, connected
from deploy.operate.story import LOOK_S, Step, since, until
from deploy.operate.visitor import StoryError, Visitor
from services.kit import tasks

THING, DATASTREAM, RULE, LEVEL = GAUGE, "level", "awas", "siaga"
"""A gauge; the rule of it that opens the alarm, named as the level that it means; and how far that rises by itself."""
CALM_S, SLEPT_S = 2, 3600
RISES, FALLS = 0.05, 0.2
"""By how much the water stands above the rule's limit, and then below the lowest of the gauge's, in its unit."""
_WARNED = re.compile(r'data-warning="([0-9a-f-]{36})"')


async def tell(visitor: Visitor, mqtt_port: int, city: str) -> AsyncGenerator[Step, None]:
    """The steps as they happen. Raises StoryError when one does not come out as it should."""
    thing = await visitor.get(f"/v1/things/{THING}")
    officer = f"petugas-{thing['agency']}"
    zone, criterion = await _criterion(visitor)
    await require_calm(visitor, zone)
    yield Step("criteria", "everybody", f"{THING} {RULE} means {RULE} in {len(zone['areas'])} kelurahan", criterion)

    async with AsyncExitStack() as stack:
        rules = await _rules(visitor)
        held = [await stack.enter_async_context(_quick(visitor, one, officer)) for one in rules]
        rule = next(one for one in held if one["name"] == RULE)
        high = rule["terms"]["limit"] + RISES
        low = min(one["terms"]["limit"] for one in held) - FALLS
        words = f"from {rule['terms']['limit']} {rule['unit']}, at once while the story is told"
        yield Step("rule", officer, words, rule)

        issued = await stack.enter_async_context(_issued(visitor, officer))
        name, password = issued["id"], issued.pop("password")
        gauge = await stack.enter_async_context(connected(name, password, mqtt_port, DATASTREAM, rule["unit"], low))
        await gauge.measure()
        yield Step("device", officer, f"{name} is let in over MQTT and measures {low:.2f} {rule['unit']}", issued)

        flood = Flood(visitor, city, zone, officer)
        try:
            yield await flood_effects.plan(flood)
            yield await flood_effects.report(flood)
            async for step in _flood(flood, gauge, low, high):
                yield step
        finally:
            await flood_effects.withdraw(flood)


async def _flood(flood: Flood, gauge: Gauge, low: float, high: float) -> AsyncGenerator[Step, None]:
    """The water rises, everybody is warned and acts; it falls, and all is clear."""
    visitor, zone = flood.visitor, flood.zone
    going_on = asyncio.create_task(gauge.go_on())
    before = await on_home(visitor)
    try:
        began = await gauge.shows(high)
        words = f"{high:.2f} {gauge.unit}, acknowledged after {since(began):.2f} s"
        yield Step("rise", gauge.name, words, {"value": high})
        seen = await asyncio.gather(
            _alarm(visitor, began), _warning(visitor, zone, began), _home(visitor, before, began)
        )
        (alarm, alarmed), (warning, warned), (shown, stood) = seen
        flood.warning, flood.story = warning["id"], alarm["id"]
        words = f"open {alarmed:.2f} s after the reading: {alarm['value']} {alarm['unit']}"
        yield Step("alarm", "the rule", words, alarm)
        words = f"{warning['level']} in force {warned:.2f} s after the reading, without a human"
        yield Step("warning", "the city's criteria", words, warning)
        home = {"path": "/", "warning": shown, "seconds": round(stood, 3)}
        yield Step("home", "everybody", f"on the home page {stood:.2f} s after the reading", home)
        message, told = await cap(visitor, warning, 1, began)
        kind = f"{message['type']} {message['identifier']}{', signed' if message['signed'] else ''}"
        yield Step("feed", "other services", f"{kind} in the CAP feed {told:.2f} s after the reading", message)

        graver = await _approved(flood)
        yield Step("graver", flood.officer, f"{graver['level']}, as the gauge asks for: approved by an officer", graver)
        async for step in flood_effects.reactions(flood):
            yield step

        began = await gauge.shows(low)
        yield Step("fall", gauge.name, f"{low:.2f} {gauge.unit}", {"value": low})
        await _approved(flood)
        cleared = partial(visitor.get, f"/v1/warnings/{warning['id']}")
        over = await until("the warning is not cleared", cleared, lambda one: one["state"] == "cleared")
        await until("the home page still warns", partial(on_home, visitor), lambda ids: warning["id"] not in ids)
        yield Step("clear", flood.officer, f"all clear {since(began):.2f} s after the water fell", over)
        message, _ = await cap(visitor, warning, len(over["messages"]), began)
        yield Step("over", "other services", f"{message['type']} {message['identifier']} says all clear", message)
        yield await flood_effects.undone(flood, began)
        traces = visitor.urls["traces"].rstrip("/")
        yield Step("story", "everybody", f"{traces}/stories/{alarm['id']}", {"correlation": alarm["id"]})
    finally:
        await tasks.end(going_on)
        await _end(flood, gauge, low)


async def _criterion(visitor: Visitor) -> tuple[dict[str, Any], dict[str, Any]]:
    """The zone of the gauge, and what its rule means there."""
    criteria = await visitor.get("/v1/warning-criteria")
    if LEVEL not in criteria["raises"] or RULE in criteria["raises"]:
        raise StoryError(f"in this city a warning does not rise to {LEVEL} by itself and then asks for {RULE}")
    wanted = (THING, DATASTREAM, RULE, RULE)
    for zone in criteria["zones"]:
        for one in zone["criteria"]:
            if (one["thing"], one["datastream"], one["rule"], one["level"]) == wanted:
                return zone, one
    raise StoryError(f"the city's criteria say nothing of {RULE} of {THING}")


async def require_calm(visitor: Visitor, zone: Mapping[str, Any]) -> None:
    """What is told here must not be mixed with what happens. Raises StoryError."""
    if await live(visitor, zone):
        raise StoryError(f"there is a warning for {zone['id']} already: tell the story when it is over")


async def live(visitor: Visitor, zone: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Warnings of the zone that are in force; no drills."""
    found = (await visitor.get("/v1/warnings"))["warnings"]
    return [one for one in found if one["zone"] == zone["id"] and one["state"] == "in_force" and not one["exercise"]]


async def _rules(visitor: Visitor) -> list[dict[str, Any]]:
    """The gauge's rules of a level that mean a warning, by their limits."""
    rules = (await visitor.get("/v1/rules", thing=THING))["rules"]
    found = [one for one in rules if one["datastream_name"] == DATASTREAM and one["kind"] == "threshold"]
    if not any(one["name"] == RULE and not one["paused"] for one in found):
        raise StoryError(f"{THING} is not held to {RULE}: see /petugas/alarm")
    return found


@asynccontextmanager
async def _quick(visitor: Visitor, rule: dict[str, Any], officer: str) -> AsyncIterator[dict[str, Any]]:
    """The rule with a short calm, without its dwell or (of a lesser level) asleep, until the block ends."""
    dwell = 0 if rule["name"] == RULE else SLEPT_S
    terms = {**rule["terms"], "dwell_seconds": dwell, "calm_seconds": CALM_S}
    reason = "Selama cerita banjir diceritakan di platform setempat"
    path = f"/v1/rules/{rule['id']}/versions"
    held = await visitor.post(path, {"terms": terms, "reason": reason}, officer, rule["etag"])
    try:
        yield held
    finally:
        await visitor.post(path, {"terms": rule["terms"], "reason": rule["reason"]}, officer, held["etag"])


@asynccontextmanager
async def _issued(visitor: Visitor, officer: str) -> AsyncIterator[dict[str, Any]]:
    """A device with its password, revoked when the block ends."""
    wanted = {"name": f"cerita-{secrets.token_hex(4)}"}
    device = await visitor.post(f"/v1/things/{THING}/devices", wanted, officer)
    try:
        yield device
    finally:
        reason = {"reason": "Cerita banjir selesai diceritakan"}
        await visitor.post(f"/v1/devices/{device['id']}/revocation", reason, officer, device["etag"])


async def _approved(flood: Flood) -> dict[str, Any]:
    """What the gauge asks for is approved by an officer, as soon as it waits."""
    read = partial(flood.visitor.get, f"/v1/warnings/{flood.warning}", flood.officer)
    waits = await until("the gauge asks an officer for nothing", read, lambda one: one.get("proposal"))
    path = f"/v1/warnings/{flood.warning}/approval"
    done: dict[str, Any] = await flood.visitor.post(path, {}, flood.officer, waits["etag"])
    return done


async def _alarm(visitor: Visitor, began: float) -> tuple[dict[str, Any], float]:
    ask = partial(visitor.get, "/v1/alarms", thing=THING, state="open")
    found = await until("no alarm opens", ask, lambda page: _named(page["alarms"]), LOOK_S)
    return _named(found["alarms"])[0], since(began)


def _named(alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in alarms if one["rule_name"] == RULE]


async def _warning(visitor: Visitor, zone: Mapping[str, Any], began: float) -> tuple[dict[str, Any], float]:
    found = await until("no warning is in force", partial(live, visitor, zone), bool, LOOK_S)
    return found[0], since(began)


async def _home(visitor: Visitor, before: set[str], began: float) -> tuple[str, float]:
    found = await until("the home page does not warn", partial(on_home, visitor), lambda ids: ids - before, LOOK_S)
    return min(found - before), since(began)


async def on_home(visitor: Visitor) -> set[str]:
    """The warnings that the home page shows."""
    page = await visitor.client.get("/", headers={"Accept": "text/html"})
    if page.status_code != 200:
        raise StoryError(f"the home page answered {page.status_code}")
    return set(_WARNED.findall(page.text))


async def cap(visitor: Visitor, warning: Mapping[str, Any], number: int, began: float) -> tuple[dict[str, Any], float]:
    """A message of a warning, once the CAP feed links to it, and how long after ``began``."""
    path = f"/v1/warnings/{warning['id']}/messages/{number}.cap"

    async def feed() -> str:
        return (await visitor.client.get("/v1/warnings.cap")).text

    await until(f"the CAP feed lacks message {number}", feed, lambda text: path in text, LOOK_S)
    told = since(began)
    known = await visitor.get(f"/v1/warnings/{warning['id']}")
    return next(one for one in known["messages"] if one["number"] == number), told


async def _end(flood: Flood, gauge: Gauge, low: float) -> None:
    """Leaves no warning in force, however far the story came."""
    visitor = flood.visitor
    gauge.level = low
    falling = asyncio.create_task(gauge.go_on())
    try:
        ask = partial(visitor.get, "/v1/alarms", thing=THING, state="open")
        await until("the alarm is left open", ask, lambda page: not _named(page["alarms"]))
        if any(one["level"] == RULE for one in await live(visitor, flood.zone)):
            await _approved(flood)
        await until("a warning is left in force", partial(live, visitor, flood.zone), lambda found: not found)
    finally:
        await tasks.end(falling)
