"""How many bodies are read at once: uploads that wait leave room for everything else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from gateway.answers.problems import Problem
from gateway.bodies.flight import Flight, Pool
from gateway.bodies.kinds import SMALL
from tests.gateway.running import Stand, gateway_settings, serving
from tests.security.attacks.bodies import (
    FORM,
    MEBIBYTE,
    WAIT,
    Visitor,
    flight_of,
    part,
    reason,
    token,
)


def test_room_is_for_all_and_for_one_and_comes_back() -> None:
    pool = Pool(100, 60)
    pool.take("a", 60)
    with pytest.raises(Problem, match="your address") as caught:
        pool.take("a", 1)
    assert (caught.value.status, caught.value.reason, caught.value.headers["retry-after"]) == (
        429, "BODIES_FROM_ADDRESS", "5",
    )  # fmt: skip
    pool.take("b", 40)
    with pytest.raises(Problem) as caught:
        pool.take("c", 1)
    assert (caught.value.status, caught.value.reason) == (503, "BODIES_BUSY")
    pool.give_back("a", 60)
    pool.take("c", 60)
    assert pool.bytes == 100
    pool.give_back("b", 40)
    assert "b" not in pool._held, "who is gone is forgotten"


@asynccontextmanager
async def narrow(stand: Stand, tmp_path: Path, **room: int) -> AsyncIterator[Stand]:
    """A gateway with little room and no pillars."""
    settings = gateway_settings(
        stand.settings.postgres_url.get_secret_value(),
        json.loads(stand.settings.assertion_key.get_secret_value()),
        tmp_path,
        {},
        **room,
    )
    async with serving(settings) as made:
        yield made


async def test_uploads_that_wait_leave_room_for_other_addresses_and_for_everything_else(
    stand: Stand, tmp_path: Path
) -> None:
    async with narrow(stand, tmp_path, upload_bytes=4 * MEBIBYTE) as tight, tight.client() as client:
        known, uploads = await token(client), flight_of(tight).uploads
        opening = part("csrf", known["csrf"]) + part("photos", filename="a.jpg")

        async def hold(address: str, size: int) -> Visitor:
            visitor = await Visitor.post(tight, "/lapor", FORM, None, address, cookie=known["cookie"])
            for piece in (opening, *[bytes(65_536)] * (size >> 16)):
                await visitor.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            return visitor

        async def held(size: int) -> None:
            async with asyncio.timeout(WAIT):
                while uploads.bytes < size:
                    await asyncio.sleep(0.01)

        first = await hold("127.0.0.1", MEBIBYTE)
        await held(MEBIBYTE)
        over = await hold("127.0.0.1", 2 * MEBIBYTE)
        assert reason(await over.answer()) == (429, "BODIES_FROM_ADDRESS")
        said = await Visitor.post(tight, "/lapor", FORM, 3 * MEBIBYTE, cookie=known["cookie"])
        refusal = await said.answer()
        assert reason(refusal) == (429, "BODIES_FROM_ADDRESS"), "by what it says, before a byte of it came"
        assert refusal.headers["retry-after"] == "5"
        others = [await hold(f"127.0.0.{n}", 1 * MEBIBYTE) for n in (2, 3)]
        await held(3 * MEBIBYTE)
        full = await Visitor.post(tight, "/lapor", FORM, 2 * MEBIBYTE - 65_536, "127.0.0.4", cookie=known["cookie"])
        busy = await full.answer()
        assert (reason(busy), busy.headers["retry-after"]) == ((503, "BODIES_BUSY"), "5")
        fields = {"csrf": known["csrf"], "step": "what", "text": "Lampu jalan mati sejak kemarin."}
        assert (await client.post("/lapor", data=fields)).status_code == 303, "what is no upload goes on"
        for each in (first, over, said, full, *others):
            each.close()
        async with asyncio.timeout(WAIT):
            while uploads.bytes:
                await asyncio.sleep(0.01)


async def test_many_small_bodies_are_bounded_too(stand: Stand, tmp_path: Path) -> None:
    async with narrow(stand, tmp_path, small_body_bytes=MEBIBYTE) as tight:
        held = [await Visitor.post(tight, "/v1/complaints/similar", "application/json", 200_000) for _ in range(2)]
        for each in held:
            await each.send(b" " * 199_000)
        answers = await asyncio.gather(*(asyncio.wait_for(each.answer(), 5) for each in held), return_exceptions=True)
        assert [reason(each) for each in answers if isinstance(each, httpx.Response)] == [(429, "BODIES_FROM_ADDRESS")]
        for each in held:
            each.close()


def test_small_bodies_never_take_the_room_of_uploads() -> None:
    flight = Flight(100, 40)
    flight.small.take("a", 10)
    flight.uploads.take("a", 50)
    assert (flight.small.bytes, flight.uploads.bytes) == (10, 50)
    assert SMALL.files == 0
