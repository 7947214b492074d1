"""What many ask alike of the API: one call to the pillar a moment, and nobody gets what is for somebody else."""

import asyncio
from typing import Any

import httpx
import pytest
from google.protobuf.message import Message

from gateway.calls.alike import Alike
from services.kit.caller import ANONYMOUS, Caller
from smartcity.living.v1 import stops_pb2
from tests.gateway.running import Stand

TARIFFS = "/v1/levies/tariffs"


@pytest.fixture
def calls(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> list[Caller]:
    """For whom the pillars are asked, as it goes on; what is alike is kept for the whole test."""
    found: list[Caller] = []
    measured = stand.gateway.pillars._measured

    async def counted(method: Any, request: Message, caller: Caller, *more: Any) -> Message:
        found.append(caller)
        return await measured(method, request, caller, *more)

    monkeypatch.setattr(stand.gateway.pillars, "_measured", counted)
    monkeypatch.setattr(stand.gateway.pillars, "_alike", Alike[Message](60, 256))
    return found


async def test_a_crowd_asks_the_pillar_once(client: httpx.AsyncClient, calls: list[Caller]) -> None:
    answers = await asyncio.gather(*(client.get(TARIFFS) for _ in range(8)))
    assert {each.status_code for each in answers} == {200}
    assert len({each.content for each in answers}) == 1
    assert {each.headers["cache-control"] for each in answers} == {"public, max-age=60"}
    assert calls == [ANONYMOUS]


async def test_each_question_has_its_own_answer(client: httpx.AsyncClient, calls: list[Caller]) -> None:
    for query in ("group=area", "group=sector", "group=area"):
        assert (await client.get(f"/v1/indicators?{query}")).status_code == 200
    assert len(calls) == 2


async def test_what_is_wrong_is_refused_as_if_nobody_had_asked_before(
    client: httpx.AsyncClient, calls: list[Caller]
) -> None:
    assert (await client.get("/v1/indicators")).status_code == 200
    assert (await client.get("/v1/indicators?group=person")).status_code == 422
    assert (await client.get("/v1/indicators")).status_code == 200
    assert len(calls) <= 2


async def test_who_is_logged_in_is_answered_for_themselves(
    stand: Stand, client: httpx.AsyncClient, calls: list[Caller]
) -> None:
    assert (await client.get(TARIFFS)).status_code == 200
    assert (await client.get(TARIFFS, headers=await stand.bearer("petugas-disdag"))).status_code == 200
    assert [each == ANONYMOUS for each in calls] == [True, False]


async def test_what_is_not_for_everybody_is_read_for_each(client: httpx.AsyncClient, calls: list[Caller]) -> None:
    for _ in range(2):
        assert (await client.get("/v1/receipts/seals/2026-11-24")).status_code == 404
    assert len(calls) == 2


async def test_what_is_read_is_what_was_asked_also_when_the_asker_goes_on_with_the_same_message(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads page after page changes the token in theirs."""
    asked: list[str] = []

    async def slow(method: Any, request: Any, *more: Any) -> Message:
        await asyncio.sleep(0.05)
        asked.append(request.page_token)
        return stops_pb2.ListStopsResponse()

    monkeypatch.setattr(stand.gateway.pillars, "_measured", slow)
    monkeypatch.setattr(stand.gateway.pillars, "_alike", Alike[Message](60, 256))
    request = stops_pb2.ListStopsRequest()
    first = asyncio.ensure_future(stand.gateway.pillars.send(request, ANONYMOUS))
    await asyncio.sleep(0.01)
    request.page_token = "next"
    await asyncio.gather(first, stand.gateway.pillars.send(request, ANONYMOUS))
    assert asked == ["", "next"]
