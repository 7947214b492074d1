"""A part of a day of a city of two million at its real rates, with every story told in the middle of it.

Twenty minutes are a seventy-second part of its volume; ``SMARTCITY_STORY_DAY_SECONDS`` says otherwise. Afterwards books
balance, streams agree with outboxes, nothing is a dead letter, and the day's figures on /kinerja are those that its
events add up to.
"""

import asyncio
import json
import os
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.operate import proposal_story, story
from deploy.operate.visitor import Visitor
from smartcity.governance.v1 import events_pb2
from tests.fixtures.house import RATES, House
from tests.stories.away.agreement import at_rest, differences
from tests.stories.away.day import Day, wanted
from tests.stories.away.patience import patient
from tests.stories.away.test_away import CITY, STORIES
from tests.stories.away.test_many import MUCH

SECONDS = float(os.environ.get("SMARTCITY_STORY_DAY_SECONDS", "1200"))
SETTLED_S = 300.0
VOTE_S = 60
"""For how long the ballot of a story is open where everybody is busy."""
KEPT = 0.9
"""The share of the day's looks that a machine has to manage for all of them to be answered."""
LOST = 0.1
"""The share of looks that a slower machine may leave unanswered."""
GROWTH = 1.15
"""Memory of all processes: last third against the middle one."""
pytestmark = [pytest.mark.stories, pytest.mark.timeout(SECONDS + 1800)]


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Two gateways, one process per pillar, full fsync, devices that measure."""
    with tempfile.TemporaryDirectory(prefix="smartcity-day-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, gateways=2, env={**RATES, **MUCH, "SMARTCITY_READ_RATE": "10000"})
        try:
            made.start(400)
            yield made
        finally:
            made.stop()


async def test_a_day_of_two_million_leaves_books_streams_and_figures_that_agree(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "WITHIN_S", SETTLED_S)
    monkeypatch.setattr(proposal_story, "VOTE_S", VOTE_S)
    began, clock = datetime.now(UTC), asyncio.get_running_loop().time
    async with patient(house, SETTLED_S) as (visitor, tries):
        before = await _on_time(visitor, began)
        day = Day(house, visitor, SECONDS)
        await day.open()
        ends = clock() + SECONDS
        async with day.people():
            for name, tell in STORIES.items():
                async with aclosing(tell(house, visitor)) as telling:
                    steps = [one.name async for one in telling]
                print(f"{name}: {len(steps)} steps, {max(0.0, ends - clock()):.0f} s of the day are left")
            await asyncio.sleep(max(0.0, ends - clock()))
        took = clock() - ends + SECONDS
        _tell(day, took, tries.failed)
        await at_rest(house, SETTLED_S)
        assert day.failures == []
        # A machine that cannot keep the rate says so, to some; one that can says it to nobody.
        lost, keeps = len(day.unanswered), len(day.looked) >= KEPT * wanted("looks", took)
        assert lost <= (0 if keeps else LOST * (lost + len(day.looked))), day.unanswered[:10]
        assert await differences(house) == []
        counted = await _on_time(visitor, began) - before
    assert counted == await _resolved_on_time(house, began) >= day.resolved
    months = ("--from", _months(began)[0], "--to", _months(began)[-1])
    again = house.smartcity("performance", "recompute", *months, "-o", "json", seconds=400)
    assert again.returncode == 0, again.stdout + again.stderr
    assert {name: json.loads(again.stdout)[name] for name in ("missing", "changed")} == {"missing": 0, "changed": 0}
    third = len(day.memory) // 3
    if SECONDS >= 600:
        assert statistics.median(day.memory[-third:]) <= GROWTH * statistics.median(day.memory[third:-third])


async def _on_time(visitor: Visitor, began: datetime) -> int:
    """Resolved in time, of all agencies together, as /kinerja shows it for the months of the day."""
    total = 0
    for month in _months(began):
        page = await visitor.get("/v1/performance", month=month)
        total += sum(one["figures"]["on_time"] for one in page["agencies"])
    return total


def _months(began: datetime) -> list[str]:
    """Months of the city's calendar that the day is in."""
    return sorted({f"{at.astimezone(CITY.timezone):%Y-%m}" for at in (began, datetime.now(UTC))})


async def _resolved_on_time(house: House, began: datetime) -> int:
    """The same, counted anew from the events of the day."""
    admin = await house.database()
    try:
        name = "smartcity.governance.v1.ComplaintResolved"
        query = "SELECT payload FROM governance.outbox WHERE type = $1 AND recorded_at >= $2 AND NOT exercise"
        rows = await admin.fetch(query, name, began)
    finally:
        await admin.close()
    return sum(events_pb2.ComplaintResolved.FromString(bytes(row["payload"])).on_time for row in rows)


def _tell(day: Day, seconds: float, again: int) -> None:
    """What the day was like."""
    done: dict[str, int] = {"looks": len(day.looked), "payments": day.paid, "complaints": day.resolved}
    for what, count in done.items():
        print(f"{what}: {count} in {seconds:.0f} s, {wanted(what, seconds):.0f} are the day's rate")
    cuts = statistics.quantiles([took for took, _ in day.looked] * 2, n=100)
    lost = len(day.unanswered)
    print(f"a look took p50 {cuts[49]:.3f} s, p99 {cuts[-1]:.3f} s, {lost} not answered; {again} requests sent again")
    memory = [f"{each >> 20}" for each in day.memory[:: max(1, len(day.memory) // 20)]]
    print(f"memory of all processes, MB: {' '.join(memory)}")
