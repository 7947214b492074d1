"""A river rises, step by step on a running platform: from a gauge's reading to the home page, and to the all clear.

The gauge is one of the city's, and so are the rule and the criteria by which a warning rises. The device is the
story's own. So that nobody has to wait for an hour, the rule is held without its dwell while the story is told, and is
put back at its end, as is everything else: no warning is left in force.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from deploy.operate.gauge import Gauge, connected
from deploy.operate.story import Step, until
from deploy.operate.visitor import StoryError, Visitor
from services.kit import tasks

THING, DATASTREAM, RULE, LEVEL = "duga-simongan", "level", "waspada", "waspada"
"""A gauge, and the rule of it that opens the alarm; the level that this means where the city's criteria say so."""
CALM_S = 2
RISES, FALLS = 0.05, 0.2
"""By how much the water stands above the rule's limit, and then below it, in the datastream's unit; together less than
what the gauge's rule of fast rises speaks of. Beside a simulator, whose river is lower, that rule may open its alarm,
and clears it ten minutes later."""
_LOOK_S = 0.05
"""Between two looks at what is measured: it is what the times told may be too long by."""
_WARNED = re.compile(r'data-warning="([0-9a-f-]{36})"')


async def tell(visitor: Visitor, mqtt_port: int) -> AsyncGenerator[Step, None]:
    """The steps as they happen. Raises StoryError when one does not come out as it should."""
    thing = await visitor.get(f"/v1/things/{THING}")
    officer = f"petugas-{thing['agency']}"
    zone, criterion = await _criterion(visitor)
    await _require_calm(visitor, zone)
    yield Step("criteria", "everybody", f"{THING} {RULE} means {LEVEL} in {len(zone['areas'])} kelurahan", criterion)

    async with AsyncExitStack() as stack:
        rule = await _rule(visitor)
        held = await stack.enter_async_context(_quick(visitor, rule, officer))
        terms = held["terms"]
        yield Step("rule", officer, f"from {terms['limit']} {held['unit']}, at once while the story is told", held)

        low, high = terms["limit"] - FALLS, terms["limit"] + RISES
        issued = await stack.enter_async_context(_issued(visitor, officer))
        name, password = issued["id"], issued.pop("password")
        gauge = await stack.enter_async_context(connected(name, password, mqtt_port, DATASTREAM, held["unit"], low))
        await gauge.measure()
        yield Step("device", officer, f"{name} is let in over MQTT and measures {low:.2f} {held['unit']}", issued)

        async for step in _flood(visitor, gauge, zone, low, high):
            yield step


async def _flood(
    visitor: Visitor, gauge: Gauge, zone: Mapping[str, Any], low: float, high: float
) -> AsyncGenerator[Step, None]:
    """The water rises, everybody is warned; it falls, and all is clear."""
    going_on = asyncio.create_task(gauge.go_on())
    before = await _on_home(visitor)
    try:
        began = await gauge.shows(high)
        yield Step(
            "rise", gauge.name, f"{high:.2f} {gauge.unit}, acknowledged after {_since(began):.2f} s", {"value": high}
        )
        seen = await asyncio.gather(
            _alarm(visitor, began), _warning(visitor, zone, began), _home(visitor, before, began)
        )
        (alarm, alarmed), (warning, warned), (shown, stood) = seen
        yield Step(
            "alarm", "the rule", f"open {alarmed:.2f} s after the reading: {alarm['value']} {alarm['unit']}", alarm
        )
        words = f"{warning['level']} in force {warned:.2f} s after the reading, without a human"
        yield Step("warning", "the city's criteria", words, warning)
        home = {"path": "/", "warning": shown, "seconds": round(stood, 3)}
        yield Step("home", "everybody", f"on the home page {stood:.2f} s after the reading", home)
        message, told = await _message(visitor, warning, 1, began)
        kind = f"{message['type']} {message['identifier']}{', signed' if message['signed'] else ''}"
        yield Step("feed", "other services", f"{kind} in the CAP feed {told:.2f} s after the reading", message)

        began = await gauge.shows(low)
        yield Step("fall", gauge.name, f"{low:.2f} {gauge.unit}", {"value": low})
        cleared = partial(visitor.get, f"/v1/warnings/{warning['id']}")
        over = await until("the warning is not cleared", cleared, lambda one: one["state"] == "cleared")
        await until("the home page still warns", partial(_on_home, visitor), lambda ids: warning["id"] not in ids)
        yield Step("clear", "the city's criteria", f"all clear {_since(began):.2f} s after the water fell", over)
        message, _ = await _message(visitor, warning, 2, began)
        yield Step("over", "other services", f"{message['type']} {message['identifier']} says all clear", message)
        traces = visitor.urls["traces"].rstrip("/")
        yield Step("story", "everybody", f"{traces}/stories/{alarm['id']}", {"correlation": alarm["id"]})
    finally:
        await tasks.end(going_on)
        await _end(visitor, gauge, zone, low)


async def _criterion(visitor: Visitor) -> tuple[dict[str, Any], dict[str, Any]]:
    """The zone of the gauge, and what its rule means there."""
    criteria = await visitor.get("/v1/warning-criteria")
    if LEVEL not in criteria["raises"] or LEVEL not in criteria["lowers"]:
        raise StoryError(f"{LEVEL} does not rise and fall by itself in this city")
    wanted = (THING, DATASTREAM, RULE, LEVEL)
    for zone in criteria["zones"]:
        for one in zone["criteria"]:
            if (one["thing"], one["datastream"], one["rule"], one["level"]) == wanted:
                return zone, one
    raise StoryError(f"the city's criteria say nothing of {RULE} of {THING}")


async def _require_calm(visitor: Visitor, zone: Mapping[str, Any]) -> None:
    """What is told here must not be mixed with what happens."""
    if await _live(visitor, zone):
        raise StoryError(f"there is a warning for {zone['id']} already: tell the story when it is over")


async def _live(visitor: Visitor, zone: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Warnings of the zone that are in force; no drills."""
    found = (await visitor.get("/v1/warnings"))["warnings"]
    return [one for one in found if one["zone"] == zone["id"] and one["state"] == "in_force" and not one["exercise"]]


async def _rule(visitor: Visitor) -> dict[str, Any]:
    rules = (await visitor.get("/v1/rules", thing=THING))["rules"]
    found = [one for one in rules if (one["datastream_name"], one["name"]) == (DATASTREAM, RULE)]
    if not found or found[0]["paused"]:
        raise StoryError(f"{THING} is not held to {RULE}: see /petugas/alarm")
    return dict(found[0])


@asynccontextmanager
async def _quick(visitor: Visitor, rule: dict[str, Any], officer: str) -> AsyncIterator[dict[str, Any]]:
    """The rule without its dwell and with a short calm, until the block ends."""
    terms = {**rule["terms"], "dwell_seconds": 0, "calm_seconds": CALM_S}
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


async def _alarm(visitor: Visitor, began: float) -> tuple[dict[str, Any], float]:
    ask = partial(visitor.get, "/v1/alarms", thing=THING, state="open")
    found = await until("no alarm opens", ask, lambda page: _named(page["alarms"]), _LOOK_S)
    return _named(found["alarms"])[0], _since(began)


def _named(alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in alarms if one["rule_name"] == RULE]


async def _warning(visitor: Visitor, zone: Mapping[str, Any], began: float) -> tuple[dict[str, Any], float]:
    found = await until("no warning is in force", partial(_live, visitor, zone), bool, _LOOK_S)
    return found[0], _since(began)


async def _home(visitor: Visitor, before: set[str], began: float) -> tuple[str, float]:
    ask = partial(_on_home, visitor)
    found = await until("the home page does not warn", ask, lambda ids: ids - before, _LOOK_S)
    return min(found - before), _since(began)


async def _on_home(visitor: Visitor) -> set[str]:
    """The warnings that the home page shows."""
    page = await visitor.client.get("/", headers={"Accept": "text/html"})
    if page.status_code != 200:
        raise StoryError(f"the home page answered {page.status_code}")
    return set(_WARNED.findall(page.text))


async def _message(
    visitor: Visitor, warning: Mapping[str, Any], number: int, began: float
) -> tuple[dict[str, Any], float]:
    """A message of a warning, once the CAP feed links to it."""
    path = f"/v1/warnings/{warning['id']}/messages/{number}.cap"

    async def feed() -> str:
        return (await visitor.client.get("/v1/warnings.cap")).text

    await until(f"the CAP feed lacks message {number}", feed, lambda text: path in text, _LOOK_S)
    told = _since(began)
    known = await visitor.get(f"/v1/warnings/{warning['id']}")
    return next(one for one in known["messages"] if one["number"] == number), told


async def _end(visitor: Visitor, gauge: Gauge, zone: Mapping[str, Any], low: float) -> None:
    """Leaves no warning in force, however far the story came."""
    gauge.level = low
    falling = asyncio.create_task(gauge.go_on())
    try:
        ask = partial(visitor.get, "/v1/alarms", thing=THING, state="open")
        await until("the alarm is left open", ask, lambda page: not _named(page["alarms"]))
        await until("a warning is left in force", partial(_live, visitor, zone), lambda found: not found)
    finally:
        await tasks.end(falling)


def _since(began: float) -> float:
    """Seconds since a moment of the event loop's clock."""
    return asyncio.get_running_loop().time() - began
