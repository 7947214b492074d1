"""Each story is told to its end while one that takes part is away: a pillar, the bus, or one gateway after the other.

Whoever is away is killed again as soon as it is back. The rest goes on, whoever was away catches up; nothing is lost,
nothing happens twice, and nothing overtakes within an aggregate.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from itertools import cycle
from pathlib import Path

import pytest

from deploy.operate import flood_story, levy_story, permit_story, proposal_story, story, ticket_story
from deploy.operate.story import Step
from deploy.operate.visitor import Visitor
from services.kit.city import load_city
from tests.fixtures.house import RATES, House, until
from tests.stories.away.agreement import PILLARS, at_rest, differences
from tests.stories.away.patience import patient

pytestmark = [pytest.mark.stories, pytest.mark.timeout(900)]

AWAY_S = float(os.environ.get("SMARTCITY_STORY_AWAY", "60"))
SETTLED_S = 180.0
_KILLED_EVERY_S = 0.3
CITY = load_city("semarang")

Tell = Callable[[House, Visitor], AsyncGenerator[Step, None]]
STORIES: Mapping[str, Tell] = {
    "flood": lambda house, one: flood_story.tell(one, house.components()["nats"]["ports"]["mqtt"], CITY.id),
    "levy": lambda _, one: levy_story.tell(one, CITY.id, str(CITY.timezone)),
    "permit": lambda _, one: permit_story.tell(one, CITY.timezone),
    "proposal": lambda _, one: proposal_story.tell(one, CITY.timezone),
    "ticket": lambda _, one: ticket_story.tell(one, CITY.id, str(CITY.timezone)),
}
AWAY = (*PILLARS, "nats", "gateway")
_NO_DEVICE = {("flood", "nats")}
"""Told without: the gauge of the story has no other way to tell what it measures, and says so."""


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Two gateways, one process per pillar, full fsync."""
    with tempfile.TemporaryDirectory(prefix="smartcity-stories-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, gateways=2, env={**RATES, "SMARTCITY_TRACE_RATIO": "0.01"})
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


async def _kept_away(house: House, name: str) -> int:
    """Kills it as soon as it is back, or one replica after the other; how often."""
    replicas = sorted(each for each in house.components() if each == name or each.startswith(f"{name}-"))
    kills, ends = 0, asyncio.get_running_loop().time() + AWAY_S
    for each in cycle(replicas):
        if asyncio.get_running_loop().time() > ends:
            return kills
        kills += house.kill(each) is not None
        await asyncio.sleep(_KILLED_EVERY_S if len(replicas) == 1 else 5)
    raise AssertionError(f"there is no {name}")


@pytest.mark.parametrize("away", AWAY)
@pytest.mark.parametrize("name", STORIES)
async def test_a_story_comes_to_its_end_whoever_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str, away: str
) -> None:
    if (name, away) in _NO_DEVICE:
        pytest.skip("a gauge without its broker measures nothing")
    patience = AWAY_S + SETTLED_S
    monkeypatch.setattr(story, "WITHIN_S", patience)
    monkeypatch.setattr(proposal_story, "VOTE_S", AWAY_S + 45)  # nobody votes while who counts is away
    steps = []
    async with patient(house, patience) as (visitor, tries), aclosing(STORIES[name](house, visitor)) as telling:
        killing: asyncio.Task[int] | None = None
        async for step in telling:
            steps.append(step.name)
            killing = killing or asyncio.create_task(_kept_away(house, away))
        assert killing is not None
        print(f"{name} without {away}: {await killing} kills, {tries.failed} requests sent again, {len(steps)} steps")

    async def well() -> bool:
        return all(each["state"] in ("ready", "done") for each in house.components().values())

    await until(well, SETTLED_S, "all is ready again")
    await at_rest(house, SETTLED_S)
    assert await differences(house) == []
