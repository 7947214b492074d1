"""Who plans rounds is killed in the midst of it: another goes on, and the plan is made once."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from tests.fixtures.house import House, left_of, new_key, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SEARCH_S = 12
PLANNED = "smartcity.environment.v1.RoundPlanned"


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """One process per pillar; a search takes as long as it takes to kill it."""
    with tempfile.TemporaryDirectory(prefix="smartcity-rounds-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, env={"SMARTCITY_DEMO": "off", "SMARTCITY_ROUND_SECONDS": str(SEARCH_S)})
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


async def test_a_plan_whose_planner_was_killed_is_made_once_by_the_next(house: House) -> None:
    admin = await house.database()
    try:
        plan = await asked(house)

        async def searching() -> bool:
            return bool(
                await admin.fetchval("SELECT percent > 0 FROM environment.round_plan WHERE id = $1::uuid", plan["id"])
            )

        await until(searching, 60, "the search has begun")
        pid = house.components()["environment"]["pid"]
        searchers = {child.pid for child in psutil.Process(pid).children(recursive=True)}
        assert searchers, "the search is a process of its own"
        assert house.kill("environment") == pid

        async def ended() -> bool:
            return not left_of(searchers)

        await until(ended, 10, "the search ends with who started it")

        async def made() -> Any:
            (row,) = await admin.fetch("SELECT * FROM environment.round_plan WHERE id = $1::uuid", plan["id"])
            return row if row["state"] != "planning" else None

        row = await until(made, 120, "the plan is made")
        assert (row["state"], row["attempts"], row["edition"]) == ("planned", 2, 1)
        assert await admin.fetchval("SELECT count(*) FROM environment.round_plan") == 1
        assert await admin.fetchval("SELECT count(*) FROM environment.outbox WHERE type = $1", PLANNED) == 1
        doubled = "SELECT count(*) - count(DISTINCT subject) FROM environment.round_stop WHERE plan = $1::uuid"
        assert await admin.fetchval(doubled, plan["id"]) == 0
    finally:
        await admin.close()


async def asked(house: House) -> dict[str, Any]:
    """Rounds of the depot for the next Monday, when most of its areas are collected, once there are containers."""
    head = {"Authorization": f"Bearer {await house.token('petugas-dlh')}"}
    async with httpx.AsyncClient(base_url=house.url, timeout=15, headers=head) as client:
        for _ in range(60):
            if (await client.get("/v1/things", params={"page_size": 200})).json()["things"]:
                break
            await asyncio.sleep(0.5)
        today = datetime.now(UTC).date()
        monday = today + timedelta(days=7 - today.weekday())
        body, key = {"depot": "kaligawe", "day": str(monday)}, {"Idempotency-Key": new_key()}
        answer = await client.post("/v1/waste/rounds", json=body, headers=key)
        assert answer.status_code == 201, answer.text
        plan: dict[str, Any] = answer.json()
        return plan
