"""Payments live: server-sent events to whoever waits, however many they are and however long it takes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from deploy.local.process import free_ports
from gateway.answers.problems import Problem
from gateway.callers.session import SESSION_COOKIE
from gateway.streams import payments as live
from gateway.visitors.places import Places
from tests.gateway.running import Stand, serving
from tests.gateway.till import CASHIER, Till


@pytest.fixture
async def quick(stand: Stand) -> AsyncIterator[Stand]:
    """A gateway whose requests may take a second."""
    settings = stand.settings.model_copy(update={"request_seconds": 1.0, "port": free_ports(1)[0]})
    async with serving(settings, stand.provider) as other:
        yield other


@pytest.fixture
def till(stand: Stand, client: httpx.AsyncClient) -> Till:
    """Somebody to send with, over another gateway."""
    return Till(stand, client)


@asynccontextmanager
async def following(quick: Stand, payment: str, user: str = "") -> AsyncIterator[AsyncIterator[str]]:
    """The blocks of a payment's stream, without the empty lines."""
    async with _stream(quick, payment, await quick.bearer(user) if user else {}) as blocks:
        yield blocks


@asynccontextmanager
async def _stream(quick: Stand, payment: str, headers: dict[str, str]) -> AsyncIterator[AsyncIterator[str]]:
    path = f"/v1/payments/{payment}/events"
    async with quick.client() as client, client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _blocks(answer)


async def _get(quick: Stand, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """An answer that is no stream."""
    async with quick.client() as client:
        return await client.get(path, headers=headers)


async def _blocks(answer: httpx.Response) -> AsyncIterator[str]:
    block: list[str] = []
    async for line in answer.aiter_lines():
        if line:
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []


def read(block: str) -> dict[str, Any]:
    """The payment in an event."""
    fields = dict(line.split(": ", 1) for line in block.splitlines())
    assert fields["event"] == "payment"
    payment: dict[str, Any] = json.loads(fields["data"])
    assert fields["id"] == payment["etag"]
    return payment


async def gone(stand: Stand) -> None:
    """Waits until nothing is followed any more."""
    async with asyncio.timeout(10):
        while stand.gateway.live.streams or stand.gateway.live.polls:
            await asyncio.sleep(0.02)


async def test_a_payment_is_told_at_once_and_when_it_is_paid_and_then_the_stream_ends(quick: Stand, till: Till) -> None:
    payment = await till.payment()
    async with following(quick, payment["id"]) as blocks:
        assert read(await anext(blocks))["state"] == "created"
        await asyncio.sleep(quick.settings.request_seconds * 2)  # longer than any other request may take
        await till.done("POST", f"/v1/payments/{payment['id']}/cash", user=CASHIER)
        quick.gateway.live.nudge("economy")
        assert read(await anext(blocks))["state"] == "captured"
        assert [each async for each in blocks] == []
    await gone(quick)


async def test_a_nudge_makes_the_change_seen_at_once(quick: Stand, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "POLL_SECONDS", 60.0)
    payment = await till.payment()
    async with following(quick, payment["id"]) as blocks, asyncio.timeout(5):
        await anext(blocks)
        await till.done("POST", f"/v1/payments/{payment['id']}/cash", user=CASHIER)
        quick.gateway.live.nudge("governance")
        quick.gateway.live.nudge("economy")
        assert read(await anext(blocks))["state"] == "captured"


async def test_a_payment_that_is_over_is_told_once(quick: Stand, till: Till) -> None:
    payment = await till.paid()
    async with following(quick, payment["code"]) as blocks:
        assert [read(each)["state"] async for each in blocks] == ["captured"]
    path, seen = f"/v1/payments/{payment['id']}/events", {"last-event-id": payment["etag"]}
    assert (await _get(quick, path, headers=seen)).status_code == 204


async def test_listeners_share_one_poll_and_each_sees_what_they_may(quick: Stand, till: Till) -> None:
    payment = await till.payment()
    async with following(quick, payment["id"]) as anybody, following(quick, payment["code"], CASHIER) as payee:
        assert "fee" not in read(await anext(anybody))
        await anext(payee)
        async with asyncio.timeout(5):
            while quick.gateway.live.streams < 2:
                await asyncio.sleep(0.01)
        assert quick.gateway.live.polls == 1
        await till.done("POST", f"/v1/payments/{payment['id']}/cash", user=CASHIER)
        assert "fee" not in read(await anext(anybody))
        assert "fee" in read(await anext(payee))


async def test_it_ends_with_the_login_and_tells_the_next_what_everybody_may_see(
    quick: Stand, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.0)
    payment = await till.payment()
    caller = await quick.gateway.bearers.caller((await quick.bearer(CASHIER))["authorization"].split()[1])
    token, session = await quick.gateway.sessions.create(caller, "Siti", "")
    cookie = {"cookie": f"{quick.settings.cookie(SESSION_COOKIE)}={token}"}
    async with _stream(quick, payment["id"], cookie) as payee:
        await anext(payee)
        await quick.gateway.sessions.end(session)
        await till.done("POST", f"/v1/payments/{payment['id']}/cash", user=CASHIER)
        quick.gateway.live.nudge("economy")
        assert [each async for each in payee if each != ":"] == []
    async with _stream(quick, payment["id"], cookie) as anybody:
        assert "fee" not in read(await anext(anybody))


async def test_a_client_that_leaves_is_forgotten(quick: Stand, till: Till) -> None:
    payment = await till.payment()
    async with following(quick, payment["id"]) as blocks:
        await anext(blocks)
    await gone(quick)


async def test_a_sign_of_life_comes_while_nothing_happens(
    quick: Stand, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.1)
    payment = await till.payment()
    async with following(quick, payment["id"]) as blocks:
        await anext(blocks)
        assert await anext(blocks) == ":"


async def test_a_stream_ends_after_a_while(quick: Stand, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_SECONDS", 0.2)
    payment = await till.payment()
    async with following(quick, payment["id"]) as blocks:
        assert [read(each)["state"] async for each in blocks if each != ":"] == ["created"]


async def test_one_address_cannot_hold_all_streams(quick: Stand, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick.gateway.live.room, "places", Places(2, 1))
    payment = await till.payment()
    async with following(quick, payment["id"]) as blocks:
        await anext(blocks)
        refused = await _get(quick, f"/v1/payments/{payment['id']}/events")
        assert (refused.status_code, refused.json()["reason"]) == (429, "TOO_MANY_STREAMS")
    await gone(quick)
    monkeypatch.setattr(quick.gateway.live.room, "places", Places(0, 1))
    refused = await _get(quick, f"/v1/payments/{payment['id']}/events")
    assert (refused.status_code, refused.json()["reason"]) == (503, "STREAMS_FULL")


async def test_strangers_fill_no_places_of_officers(quick: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Payments, vehicles and desks have places of their own."""
    gateway = quick.gateway
    rooms = (gateway.live.room, gateway.fleet.room, gateway.desks.room)
    for one in rooms:
        with monkeypatch.context() as patch:
            patch.setattr(one.places, "most", 0)
            for other in rooms:
                if other is not one:
                    with other.place("192.0.2.1"):
                        assert gateway.listeners == 1
            with pytest.raises(Problem, match="Very many"), one.place("192.0.2.1"):
                pass


async def test_a_gateway_that_is_told_to_stop_ends_its_streams(quick: Stand, till: Till) -> None:
    payment = await till.payment()
    async with following(quick, payment["id"]) as blocks, asyncio.timeout(5):
        await anext(blocks)
        quick.gateway.drain()
        assert [each async for each in blocks if each != ":"] == []


async def test_nobody_follows_what_is_not_there(quick: Stand, till: Till) -> None:
    answer = await _get(quick, "/v1/payments/SMGP-2222222-22/events")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
