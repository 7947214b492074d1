"""A proposal, from its process to the finished work: one story, told by one command over several pillars."""

import json
from typing import Any

import httpx
import pytest

from tests.fixtures.house import House, until

pytestmark = pytest.mark.timeout(240)

SOCIETY, ENVIRONMENT = "smartcity.society.v1.", "smartcity.environment.v1."
STEPS = [
    "process", "proposal", "support", "followed", "accepted", "ballot", "votes", "counted", "chosen", "carried_out",
    "linked", "finished", "told", "story",
]  # fmt: skip


@pytest.fixture(scope="module")
def told(house: House) -> dict[str, Any]:
    """What the command told, by step."""
    done = house.smartcity("story", "proposal", "-o", "json", seconds=180)
    assert done.returncode == 0, done.stdout + done.stderr + house.logs()
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [step["step"] for step in steps] == STEPS
    return {step["step"]: step["data"] for step in steps}


def test_a_vote_in_secret_chooses_it_and_it_is_carried_out(told: dict[str, Any]) -> None:
    ballot, result, done = told["ballot"], told["counted"], told["story"]
    assert {one["proposal"] for one in ballot["options"]} >= {done["code"]}
    assert (ballot["advisory"], ballot["method"], ballot["process"]) == (True, "equal_shares", told["process"]["id"])
    assert (result["votes"], result["withheld"]) == (7, False)
    assert (told["chosen"]["approvals"], told["chosen"]["votes"]) == (5, 7)
    assert done["state"] == "done"


def test_the_supporter_hears_each_step_once_and_in_order(told: dict[str, Any]) -> None:
    # Whoever follows within the second in which it was published hears of that as well.
    subjects = [one for one in told["told"]["subjects"] if "diterbitkan" not in one]
    assert len(subjects) == len(set(subjects))
    words = ("diterima", "terpilih", "kabar pelaksanaan", "Pembersihan", "selesai dikerjakan")
    assert [next(word for word in words if word in one) for one in subjects] == list(words)


def test_anybody_counts_again(house: House, told: dict[str, Any]) -> None:
    file = httpx.get(f"{house.url}/v1/ballots/{told['ballot']['id']}/votes.pb")
    path = house.home / "votes.pb"
    path.write_text(file.text)
    counted = house.smartcity("recount", str(path), "--digest", told["counted"]["digest"])
    assert counted.returncode == 0, counted.stdout + counted.stderr


async def test_the_finished_work_is_one_trace_from_the_crew_to_the_proposal(house: House, told: dict[str, Any]) -> None:
    expected = [
        "POST /v1/cleanups/{id}/completion",
        f"{ENVIRONMENT}CleanupService/CompleteCleanup",
        "transaction environment",
        f"send {ENVIRONMENT}CleanupCompleted",
        f"process {ENVIRONMENT}CleanupCompleted",
        f"send {SOCIETY}ProposalAdvanced",
        f"process {SOCIETY}ProposalAdvanced",
    ]
    code = told["story"]["code"]

    async def way() -> Any:
        async with httpx.AsyncClient(base_url=house.viewer) as viewer:
            found = await viewer.get(f"/api/stories/{code}")
            story = found.json() if found.status_code == 200 else {"traces": []}
            for trace in story["traces"]:
                spans = trace["spans"]
                chains = [_chain(spans, span) for span in spans if span["name"] == expected[-1]]
                for chain in chains:
                    if set(expected) <= set(chain):
                        return chain, story
        return None

    chain, story = await until(way, 20, "the trace of the finished work reaches the proposal's followers")
    positions = [chain.index(name) for name in expected]
    assert positions == sorted(positions)
    assert story["correlation_ids"] == [code]


def _chain(spans: list[dict[str, Any]], span: dict[str, Any]) -> list[str]:
    """The names of a span and those around it, the outermost first."""
    by_id = {one["span_id"]: one for one in spans}
    names, one = [], span
    while one:
        names.append(one["name"])
        one = by_id.get(one.get("parent_span_id") or "", {})
    return names[::-1]


async def test_no_trace_of_the_story_tells_of_a_vote(house: House, told: dict[str, Any]) -> None:
    admin = await house.database()
    try:
        types = await admin.fetch("SELECT DISTINCT type FROM society.outbox")
        kept = await admin.fetchval(
            "SELECT count(*) FROM society.ballot_envelope WHERE ballot = $1", told["ballot"]["id"]
        )
    finally:
        await admin.close()
    assert not [row["type"] for row in types if "Vote" in row["type"]]
    assert kept == 0, "envelopes are gone with the count"


async def test_the_story_is_told_to_people_step_by_step_and_once_more(house: House, told: dict[str, Any]) -> None:
    done = house.smartcity("story", "proposal", seconds=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("✓")] == STEPS
