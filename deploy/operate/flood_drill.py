"""A flood as a drill: officers warn of one that is none, all pillars react as they would, and nothing counts.

At its end it reports who reacted when. What says nothing of a drill, or counts one, ends it as failed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from deploy.operate import flood_effects
from deploy.operate.flood_effects import Flood
from deploy.operate.flood_story import RULE, THING, cap, on_home
from deploy.operate.story import LOOK_S, Step, since, until
from deploy.operate.visitor import StoryError, Visitor

SECOND = "piket"
"""Login of the officer who approves."""
COUNTED = ("/v1/response-times", "/v1/visits", "/v1/city-indicators")
"""Statistics that must not move; performance is counted by case, and the drill's is none of them."""
_MARKS = (("/cerita/{story}", 'id="exercise"'), ("/lingkungan/peringatan/{warning}", 'class="note drilled"'))
"""Pages, and how each says that it is a drill."""


async def tell(visitor: Visitor, city: str) -> AsyncGenerator[Step, None]:
    """The steps as they happen. Raises StoryError when one does not come out as it should."""
    zones = (await visitor.get("/v1/warning-criteria"))["zones"]
    zone = next((one for one in zones if any(rule["thing"] == THING for rule in one["criteria"])), None)
    if zone is None:
        raise StoryError(f"the city's criteria say nothing of {THING}")
    officer = f"petugas-{(await visitor.get(f'/v1/things/{THING}'))['agency']}"
    flood = Flood(visitor, city, zone, officer, exercise=True)
    counted = {path: await visitor.get(path) for path in COUNTED}
    try:
        yield await flood_effects.report(flood)
        wanted = {"zone": zone["id"], "level": RULE, "hours": 1, "exercise": True}
        proposed = await visitor.post("/v1/warnings", wanted, officer)
        yield Step("proposed", officer, f"{RULE} in {len(zone['areas'])} kelurahan, as a drill", proposed)
        async for step in _drill(flood, proposed):
            yield step
    finally:
        await _end(flood)
        await flood_effects.withdraw(flood)
    moved = [path for path in COUNTED if await visitor.get(path) != counted[path]]
    if moved:
        raise StoryError(f"a drill moved statistics: {', '.join(moved)}")
    yield Step("unmoved", "everybody", f"{', '.join(COUNTED)} say what they said before", {"paths": list(COUNTED)})
    yield await _reacted(flood)
    traces = visitor.urls["traces"].rstrip("/")
    yield Step("story", "everybody", f"{traces}/stories/{flood.story}", {"correlation": flood.story})


async def _drill(flood: Flood, proposed: dict[str, Any]) -> AsyncGenerator[Step, None]:
    visitor, began = flood.visitor, asyncio.get_running_loop().time()
    raised = await visitor.post(f"/v1/warnings/{proposed['id']}/approval", {}, SECOND, proposed["etag"])
    flood.warning, flood.story = raised["id"], raised["story"]
    yield Step("warning", SECOND, f"{raised['level']} in force, approved by a second officer, as a drill", raised)
    await until("the home page does not tell of the drill", lambda: on_home(visitor), _has(flood.warning), LOOK_S)
    stood = since(began)
    await _require_marked(visitor, flood.warning)
    home = {"path": "/", "warning": flood.warning, "seconds": round(stood, 3)}
    yield Step("home", "everybody", f"on the home page, marked as a drill, {stood:.2f} s after the approval", home)
    yield await _message(flood, 1, began, "feed")
    async for step in flood_effects.reactions(flood):
        yield step
    pages = []
    for path, mark in _MARKS:
        path = path.format(story=flood.story, warning=flood.warning)
        if mark not in (await visitor.client.get(path, headers={"Accept": "text/html"})).text:
            raise StoryError(f"{path} does not say that it is a drill")
        pages.append(path)
    yield Step("pages", "everybody", f"{', '.join(pages)} say that it is a drill", {"pages": pages})

    began = asyncio.get_running_loop().time()
    over = await _end(flood)
    yield Step("clear", SECOND, "all clear, proposed by one officer and approved by another", over)
    yield await _message(flood, len(over["messages"]), began, "over")
    yield await flood_effects.undone(flood, began)


async def _message(flood: Flood, number: int, began: float, name: str) -> Step:
    """A CAP message that says Exercise."""
    message, told = await cap(flood.visitor, {"id": flood.warning}, number, began)
    body = (await flood.visitor.client.get(message["path"])).text
    if "<status>Exercise</status>" not in body:
        raise StoryError(f"the CAP message {message['identifier']} does not say Exercise")
    words = f"{message['type']} {message['identifier']} with the status Exercise, {told:.2f} s after"
    return Step(name, "other services", words, {**message, "status": "Exercise"})


async def _require_marked(visitor: Visitor, warning: str) -> None:
    page = (await visitor.client.get("/", headers={"Accept": "text/html"})).text
    if not re.search(rf'class="warned-one drill" data-warning="{warning}"', page):
        raise StoryError("the home page does not say that it is a drill")


async def _end(flood: Flood) -> dict[str, Any]:
    """The drill's warning is cleared by two officers, however far it came."""
    visitor = flood.visitor
    if not flood.warning:
        return {}
    path = f"/v1/warnings/{flood.warning}"
    one: dict[str, Any] = await visitor.get(path, flood.officer)
    if one["state"] == "in_force":
        if not one.get("proposal"):
            one = await visitor.post(f"{path}/clearance", {}, flood.officer, one["etag"])
        if one["state"] == "in_force":
            one = await visitor.post(f"{path}/approval", {}, SECOND, one["etag"])
    return one


async def _reacted(flood: Flood) -> Step:
    """Who reacted when: each event of the story, and how long after the warning."""
    events = (await flood.visitor.get(f"/v1/stories/{flood.story}"))["events"]
    real = [one["type"] for one in events if not one["exercise"]]
    if real:
        raise StoryError(f"the drill's story tells of what is none: {', '.join(real)}")
    first = next(one for one in events if one["type"].endswith(".WarningRaised"))
    began = datetime.fromisoformat(first["time"])
    reacted = [
        {
            "pillar": one["pillar"],
            "what": one["type"].rpartition(".")[2],
            "agency": one["agency"],
            "seconds": round((datetime.fromisoformat(one["time"]) - began).total_seconds(), 3),
        }
        for one in events
    ]
    pillars = sorted({one["pillar"] for one in reacted})
    words = f"{len(reacted)} reactions of {', '.join(pillars)}, every one marked as a drill"
    return Step("reacted", "all pillars", words, {"reactions": reacted, "pillars": pillars})


def _has(warning: str) -> Any:
    return lambda ids: warning in ids
