"""Calls are taken also while the store of keys hangs: those without a caller at once, others without who called."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from services.governance.resources import resources
from smartcity.governance.v1 import emergency_calls_pb2 as calls
from tests.governance.conftest import Governance
from tests.governance.emergency.room import Room, key

AT_ONCE_S = 1.0
WITHIN_S = 2.5
WHO = {"name": "Siti Contoh", "phone": "+62 812 0000 0000"}


@asynccontextmanager
async def stalled(governance: Governance) -> AsyncIterator[None]:
    """No key can be written."""
    async with governance.admin.transaction():
        await governance.admin.execute("LOCK TABLE public.wrapped_key IN EXCLUSIVE MODE")
        yield


async def taken(room: Room, **fields: Any) -> calls.CreateEmergencyCallResponse:
    """A call that was taken, and what is said of it."""
    asked = calls.CreateEmergencyCallRequest(request_id=key(), words="Asap tebal.", **fields)
    answer: calls.CreateEmergencyCallResponse = await room.call("EmergencyCallService.CreateEmergencyCall", asked)
    return answer


async def everything(governance: Governance) -> str:
    """All that governance has stored, as it can be read without a key."""
    tables = await governance.runtime.pool.fetch(
        "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'p')"
        " AND c.relnamespace = 'governance'::regnamespace"
    )
    found: list[str] = []
    for table in tables:
        rows = await governance.runtime.pool.fetch(f"SELECT one::text FROM {table['name']} AS one")
        found += [row[0] for row in rows]
    return "\n".join(found)


async def test_no_call_waits_for_the_key_of_another(room: Room, governance: Governance) -> None:
    async with stalled(governance):
        began = time.monotonic()
        waiting = asyncio.create_task(taken(room, **WHO))
        await asyncio.sleep(0.2)
        without = await taken(room)
        numbers = calls.ReservePaperNumbersRequest(request_id=key(), count=2)
        await room.call("EmergencyCallService.ReservePaperNumbers", numbers)
        assert (time.monotonic() - began < AT_ONCE_S, waiting.done()) == (True, False)
        answer = await waiting
        assert time.monotonic() - began < WITHIN_S
    assert (without.call.number, without.caller_not_kept) == (1, False)
    assert (answer.call.number, answer.call.has_caller, answer.caller_not_kept) == (4, False, True)
    stored = await everything(governance)
    assert (answer.call.id in stored, "Siti" in stored, "0000 0000" in stored) == (True, False, False)
    assert not await governance.runtime.pool.fetch("SELECT FROM emergency_caller")
    kept = await taken(room, **WHO)
    assert (kept.call.has_caller, kept.caller_not_kept) == (True, False)


async def test_a_store_that_does_not_even_end_what_it_is_asked_to_holds_no_call(
    room: Room, governance: Governance, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = asyncio.Event()

    async def create(subject: UUID) -> bytes:
        while not answers.is_set():
            try:
                await answers.wait()
            except asyncio.CancelledError:
                continue
        raise OSError(subject)

    monkeypatch.setattr(resources(governance.runtime).keys, "create", create)
    try:
        async with asyncio.timeout(WITHIN_S):
            assert (await taken(room, **WHO)).caller_not_kept
    finally:
        answers.set()


async def test_a_store_that_is_away_refuses_no_call(
    room: Room, governance: Governance, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def create(subject: UUID) -> bytes:
        raise ConnectionRefusedError(subject)

    monkeypatch.setattr(resources(governance.runtime).keys, "create", create)
    async with asyncio.timeout(AT_ONCE_S):
        assert (await taken(room, **WHO)).caller_not_kept
