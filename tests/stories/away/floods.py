"""Many floods at once: warnings of their own kelurahan that a second officer approves at the same moment."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from deploy.operate.flood_drill import SECOND
from deploy.operate.visitor import StoryError, Visitor
from services.kit.city import City
from smartcity.branding.v1 import events_pb2 as branding
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2 as governance
from tests.fixtures.house import House

OFFICER = "petugas-bpbd"
_LOOK_S = 0.05
TOLD: dict[str, tuple[str, Any]] = {
    "WarningRaised": ("environment", environment.WarningRaised),
    "AdvisoryGiven": ("branding", branding.AdvisoryGiven),
    "IncidentOpened": ("governance", governance.IncidentOpened),
    "ServiceAlertPublished": ("living", None),
}
"""What each flood makes happen once, and by whom."""


@dataclass
class Floods:
    """``areas`` of each by the warning; when its approval was sent and answered, and the home showed it."""

    visitor: Visitor
    looker: Visitor
    """Somebody else, whose looks wait behind no officer's clicks in the same client."""
    areas: dict[str, frozenset[str]] = field(default_factory=dict)
    sent: dict[str, float] = field(default_factory=dict)
    raised: dict[str, float] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)

    def waited(self, since: dict[str, float]) -> list[float]:
        """How long each took to the home from then, in seconds."""
        return [max(0.0, at - since[id_]) for id_, at in self.shown.items()]

    async def rise(self, city: City, count: int) -> None:
        """So many warnings are proposed, then approved side by side while somebody looks at the home."""
        proposed = []
        for codes in _places(city, count):
            body = {"hazard": "flood", "areas": codes, "level": "awas", "hours": 1}
            one = await self.visitor.post("/v1/warnings", body, OFFICER)
            self.areas[one["id"]] = frozenset(codes)
            proposed.append(one)
        looking = asyncio.create_task(self._look())
        try:
            await asyncio.gather(*(self._approve(one) for one in proposed))
            async with asyncio.timeout(120):
                await looking
        finally:
            looking.cancel()

    async def fall(self) -> None:
        """All of them are cleared by two officers."""
        for id_ in self.areas:
            one = await self.visitor.get(f"/v1/warnings/{id_}", OFFICER)
            one = await self.visitor.post(f"/v1/warnings/{id_}/clearance", {}, OFFICER, one["etag"])
            await self.visitor.post(f"/v1/warnings/{id_}/approval", {}, SECOND, one["etag"])

    async def _approve(self, one: dict[str, Any]) -> None:
        self.sent[one["id"]] = time.monotonic()
        done = await self.visitor.post(f"/v1/warnings/{one['id']}/approval", {}, SECOND, one["etag"])
        if done["state"] != "in_force":
            raise StoryError(f"the warning is {done['state']}")
        self.raised[one["id"]] = time.monotonic()

    async def _look(self) -> None:
        """Until the home shows all of them; when it showed each first."""
        while len(self.shown) < len(self.areas):
            home = await self.looker.get("/v1/city")
            now = time.monotonic()
            for one in home["sections"]["environment"]["overview"]["warnings"]:
                if one["id"] in self.sent:
                    self.shown.setdefault(one["id"], now)
            await asyncio.sleep(_LOOK_S)


def _places(city: City, count: int) -> list[list[str]]:
    """Kelurahan for so many floods, no two alike: each alone first, then pairs."""
    lowest = [one.code for one in city.areas.values() if one.is_lowest]
    alone = [[code] for code in lowest]
    return (alone + [list(two) for two in combinations(lowest, 2)][: max(0, count - len(alone))])[:count]


async def crosstalk(house: House, areas: dict[str, frozenset[str]]) -> list[str]:
    """What tells of another flood than its correlation id says, happened twice, or did not happen."""
    admin = await house.database()
    found = []
    try:
        for name, (pillar, kind) in TOLD.items():
            query = f"SELECT correlation, payload FROM {pillar}.outbox WHERE type = $1 AND correlation = ANY($2)"
            rows = await admin.fetch(query, f"smartcity.{pillar}.v1.{name}", list(areas))
            told = [row["correlation"] for row in rows]
            found += [f"{name} {told.count(one)} times in {one}" for one in areas if told.count(one) != 1]
            for row in rows:
                message = kind.FromString(bytes(row["payload"])) if kind is not None else None
                if not _own(message, row["correlation"], areas[row["correlation"]]):
                    found.append(f"{name} of another flood in {row['correlation']}")
        return found
    finally:
        await admin.close()


def _own(message: Any, warning: str, codes: frozenset[str]) -> bool:
    """Whether an event is about this flood."""
    if isinstance(message, governance.IncidentOpened):
        return bool(message.warning == warning)
    if message is None:
        return True
    return frozenset(area.code for area in message.areas) == codes


def percentile(seconds: Sequence[float], share: float) -> float:
    """That many of a hundred took no longer."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def told(seconds: Sequence[float]) -> str:
    """How long floods took to the home, in words."""
    cuts = {name: round(percentile(seconds, share), 2) for name, share in (("p50", 50), ("p95", 95), ("most", 100))}
    return json.dumps(cuts)
