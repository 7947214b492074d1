"""A permit, from the application to a business that is paid as long as it holds: one story, told by one command."""

import json
from typing import Any

import httpx
import pytest

from deploy.operate.permit_story import APPLICANT
from tests.fixtures.house import House, new_key, until
from tests.security.rest.seeds import picture
from tests.stories.judging import judge_from

pytestmark = pytest.mark.timeout(180)

ECONOMY = "smartcity.economy.v1."
STEPS = [
    "applied", "sent", "asked", "checked", "granted", "paper", "merchant", "suspended", "upheld", "payable", "paid",
    "story",
]  # fmt: skip


@pytest.fixture(scope="module")
def told(house: House) -> dict[str, Any]:
    """What the command told, by step."""
    done = house.smartcity("story", "permit", "-o", "json", seconds=120)
    assert done.returncode == 0, done.stdout + done.stderr + house.logs()
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [step["step"] for step in steps] == STEPS
    return {step["step"]: step["data"] for step in steps}


def test_it_is_checked_by_one_decided_by_another_and_holds_until_it_is_suspended(told: dict[str, Any]) -> None:
    granted, paper = told["granted"], told["paper"]
    assert [step["act"] for step in granted["steps"]] == ["submit", "ask", "submit", "check", "grant"]
    assert (paper["validity"], paper["genuine"], paper["electronic_simulated"]) == ("valid", True, True)
    assert "Sri Wahyuni" not in json.dumps(paper)
    assert told["suspended"]["permit"] == granted["code"]
    assert (told["upheld"]["state"], told["paid"]["state"]) == ("granted", "granted")


async def test_who_applied_judges_how_it_was_decided(house: House, told: dict[str, Any]) -> None:
    await judge_from(house, f"/izin/saya/{told['story']['code']}", APPLICANT)


async def test_a_photo_that_was_taken_out_does_not_come_back_with_its_key(house: House) -> None:
    head = {"Authorization": f"Bearer {await house.token(APPLICANT)}", "Idempotency-Key": new_key()}
    body = {"kind": "pkl", "name": "Lumpia", "holder": "Sri", "area": "33.74.01.1007", "place": "Kios 12"}
    async with httpx.AsyncClient(base_url=house.url, headers=head, timeout=20) as client:
        permit = (await client.post("/v1/permits", json=body)).json()["code"]
        photo: dict[str, Any] = {
            "content": picture(),
            "headers": {"Content-Type": "image/jpeg"},
            "params": {"document": "ktp"},
        }
        added = await client.post(f"/v1/permits/{permit}/documents", **photo)
        assert added.status_code == 201, added.text
        assert (await client.delete(f"/v1/permits/{permit}/documents/{added.json()['id']}")).status_code == 200
        again = await client.post(f"/v1/permits/{permit}/documents", **photo)
    assert (again.status_code, again.json()["reason"]) == (409, "PHOTO_REMOVED")
    assert not list((house.home / "files").rglob(f"*{added.json()['id']}*"))


async def test_a_suspension_is_one_trace_from_the_desk_to_the_business(house: House, told: dict[str, Any]) -> None:
    expected = [
        "POST /v1/permits/{code}/transitions",
        f"{ECONOMY}PermitService/TransitionPermit",
        "transaction economy",
        f"send {ECONOMY}PermitAdvanced",
        f"process {ECONOMY}PermitAdvanced",
        f"send {ECONOMY}MerchantSuspended",
    ]
    code = told["story"]["code"]

    async def way() -> Any:
        async with httpx.AsyncClient(base_url=house.viewer) as viewer:
            found = await viewer.get(f"/api/stories/{code}")
            story = found.json() if found.status_code == 200 else {"traces": []}
            for trace in story["traces"]:
                for span in trace["spans"]:
                    chain = _chain(trace["spans"], span) if span["name"] == expected[-1] else []
                    if set(expected) <= set(chain):
                        return chain, story
        return None

    chain, story = await until(way, 20, "the trace of the suspension reaches the business")
    positions = [chain.index(name) for name in expected]
    assert positions == sorted(positions)
    assert code in story["correlation_ids"]


def _chain(spans: list[dict[str, Any]], span: dict[str, Any]) -> list[str]:
    """The names of a span and those around it, the outermost first."""
    by_id = {one["span_id"]: one for one in spans}
    names, one = [], span
    while one:
        names.append(one["name"])
        one = by_id.get(one.get("parent_span_id") or "", {})
    return names[::-1]


async def test_no_event_of_the_story_says_whose_it_is(house: House, told: dict[str, Any]) -> None:
    admin = await house.database()
    try:
        rows = await admin.fetch("SELECT payload FROM economy.outbox WHERE correlation = $1", told["story"]["code"])
    finally:
        await admin.close()
    assert rows
    assert not [row for row in rows if b"Sri Wahyuni" in bytes(row["payload"])]
