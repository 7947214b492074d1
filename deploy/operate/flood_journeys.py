"""Journeys go around what a flood closes: asked for between two open stops of a line that the flood interrupts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from deploy.operate.story import Step, until
from deploy.operate.visitor import Visitor

_LINES, _EVERY = 3, timedelta(hours=1)


async def around(visitor: Visitor, alert: Mapping[str, Any]) -> Step:
    """A journey that avoids the alert's stops and says so. At night, when no bus runs while it holds, there is none.

    Raises StoryError for one that calls where it is closed.
    """
    closed = set(alert["touched"]["stops"])
    async for origin, destination in _interrupted(visitor, alert, closed):
        for at in _times(alert):
            asked = {"from": origin, "to": destination, "at": at.isoformat()}
            ask = partial(visitor.get, "/v1/journeys", **asked)
            # The planner hears of an alert a moment after everybody can read it.
            found = await until("a journey calls where it is closed", ask, partial(_spares, alert, closed))
            if any(one["id"] == alert["id"] and one["avoided"] for one in found["alerts"]):
                ways = len(found["journeys"])
                words = f"{origin} to {destination} goes around in {ways} ways, and says what closes the usual one"
                words = words if ways else f"{origin} to {destination}: closed, and told by what"
                return Step("journeys", "living", words, {"around": True, "answer": found})
    return Step("journeys", "living", "no bus runs while the warning holds: it is night", {"around": False})


async def _interrupted(
    visitor: Visitor, alert: Mapping[str, Any], closed: set[str]
) -> AsyncGenerator[tuple[str, str], None]:
    """Pairs of open stops between which some lines call where it is closed."""
    for route in alert["touched"]["routes"][:_LINES]:
        for direction in (await visitor.get(f"/v1/routes/{route}"))["directions"]:
            stops = [call["stop"] for call in direction["calls"]]
            inside = [place for place, stop in enumerate(stops) if stop in closed]
            if inside and inside[0] > 0 and inside[-1] < len(stops) - 1:
                yield stops[inside[0] - 1], stops[inside[-1] + 1]


def _times(alert: Mapping[str, Any]) -> list[datetime]:
    """Moments while it holds, an hour apart."""
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    ends = _end(alert) or now + timedelta(hours=6)
    whole = max(0, int((ends - now) / _EVERY))
    return [now + _EVERY * each for each in range(whole + 1)] + [max(now, ends - timedelta(minutes=40))]


def _end(alert: Mapping[str, Any]) -> datetime | None:
    ends = (datetime.fromisoformat(one["end_time"]) for one in alert["periods"] if one.get("end_time"))
    return min(ends, default=None)


def _while(alert: Mapping[str, Any], call: Mapping[str, Any]) -> bool:
    """Whether somebody is at a stop while the alert holds: the last of a night's buses may call there after it."""
    ends, times = _end(alert), [call[name] for name in ("arrival_time", "departure_time") if call.get(name)]
    return ends is None or any(datetime.fromisoformat(each) < ends for each in times)


def _spares(alert: Mapping[str, Any], closed: set[str], found: Mapping[str, Any]) -> bool:
    return not any(call["place"]["stop"] in closed and _while(alert, call) for call in _calls(found))


def _calls(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        call
        for journey in found["journeys"]
        for leg in journey["legs"]
        if leg.get("ride")
        for call in leg["ride"]["calls"]
    ]
