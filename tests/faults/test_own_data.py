"""Kills while somebody's own data are looked through and erased: each pillar does it once, and nothing is lost."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.society.own_data.model import PILLARS
from tests.fixtures.house import House, new_key, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

POINTS = (
    "action.before-commit", "action.committed", "relay.before-publish", "relay.published",
    "consumer.before-commit", "consumer.committed",
)  # fmt: skip
"""Where a process dies: while the request is taken, told, looked through, erased, answered, and its answer kept."""


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Two processes per pillar, full fsync."""
    with tempfile.TemporaryDirectory(prefix="smartcity-faults-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        (home / "faults").mkdir()
        made = House(home, processes=2, env={"SMARTCITY_FAULTS": str(home / "faults"), "SMARTCITY_DEMO": "off"})
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


@pytest.fixture
async def siti(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a login."""
    head = {"Authorization": f"Bearer {await house.token('warga')}"}
    async with httpx.AsyncClient(base_url=house.url, headers=head, timeout=15) as client:
        yield client


async def _proposed(house: House, siti: httpx.AsyncClient) -> str:
    """A proposal of hers that waits; answers with its process."""
    head = {"Authorization": f"Bearer {await house.token('petugas-bappeda')}"}
    async with httpx.AsyncClient(base_url=house.url, headers=head, timeout=15) as officer:
        words = {"title": "Taman di bantaran kali", "summary": "Usulkan apa yang sebaiknya dibangun di sana."}
        body = {"kind": "konsultasi", "area": "33.74", **words}
        made = (await officer.post("/v1/processes", json=body, headers={"Idempotency-Key": new_key()})).json()
        move = {"Idempotency-Key": new_key(), "If-Match": f'"{made["etag"]}"'}
        reason = {"phase": "collect", "reason": "Warga dipersilakan mengusulkan."}
        await officer.post(f"/v1/processes/{made['id']}/phase", json=reason, headers=move)
    asked = {
        "process": made["id"],
        "title": "Lampu jalan di gang",
        "words": "Gang gelap sejak tiang tumbang bulan lalu.",
    }
    answer = await siti.post("/v1/proposals", json=asked, headers={"Idempotency-Key": new_key()})
    assert answer.status_code == 201, answer.text
    return str(made["id"])


async def _asked(house: House, siti: httpx.AsyncClient, point: str, *, erase: bool) -> dict[str, Any]:
    """A request, while the first process that passes a point is killed; tried until it is taken, with one key."""
    mark, key = house.home / "faults" / point, new_key()
    mark.touch()

    async def taken() -> Any:
        try:
            answer = await siti.post("/v1/data-requests", json={"erase": erase}, headers={"Idempotency-Key": key})
        except httpx.HTTPError:
            return None
        return answer.json() if answer.status_code == 201 else None

    made = await until(taken, 60, "the request is taken")

    async def done() -> Any:
        try:
            answer = await siti.get(f"/v1/data-requests/{made['id']}")
        except httpx.HTTPError:
            return None
        return answer.json() if answer.status_code == 200 and answer.json()["done"] else None

    found: dict[str, Any] = await until(done, 120, f"all pillars answer, one killed at {point}")
    assert not mark.exists(), f"nobody was killed at {point}"
    return found


async def test_each_pillar_answers_once_and_erases_once_whoever_is_killed(
    house: House, siti: httpx.AsyncClient
) -> None:
    for point in POINTS:
        await _proposed(house, siti)
        told = await _asked(house, siti, point, erase=False)
        assert _of(told, "proposals")["held"] == 1, f"an export loses nothing, {point}"
        told = await _asked(house, siti, point, erase=True)
        assert (_of(told, "proposals")["held"], _of(told, "proposals")["erased"]) == (1, 1), point
        left = (await siti.get("/v1/own-data")).json()
        assert left["proposals"] == [], point
        await _answered_once(house, told["id"])


def _of(told: dict[str, Any], kind: str) -> dict[str, Any]:
    kinds = next(one["kinds"] for one in told["answers"] if one["pillar"] == "society")
    return next(dict(one) for one in kinds if one["kind"] == kind)


async def _answered_once(house: House, request: str) -> None:
    """One request in the outbox, one answer in that of each pillar, and one kept of each."""
    admin = await house.database()
    try:
        for pillar in PILLARS:
            sql = f"SELECT count(*) FROM {pillar}.outbox WHERE aggregate = $1"
            assert await admin.fetchval(sql, f"personal:{request}") == 1, pillar
        assert await admin.fetchval("SELECT count(*) FROM society.outbox WHERE aggregate = $1", request) == 1
        kept = await admin.fetchval("SELECT count(*) FROM society.data_answer WHERE request = $1::uuid", request)
    finally:
        await admin.close()
    assert kept == len(PILLARS)
