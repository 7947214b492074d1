"""Calls to a pillar that comes and goes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
import pytest

from deploy.local.secrets import new_jwk
from deploy.pillars import NAMES
from gateway.answers.problems import from_grpc
from gateway.calls.assertions import Assertions
from gateway.calls.pillars import PILLARS, Pillars
from gateway.settings import GatewaySettings
from services.kit.caller import ANONYMOUS, Minter
from services.kit.rpc.contract import MOST_ANSWER_BYTES
from smartcity.living.v1 import overview_pb2, overview_pb2_grpc
from smartcity.society.v1 import overview_pb2 as society_overview

KEY = new_jwk()


class Ending(overview_pb2_grpc.OverviewServiceServicer):
    """Refuses the first calls as a server does that is just ending, then answers."""

    def __init__(self, code: grpc.StatusCode, times: int) -> None:
        self._code, self._left = code, times

    async def GetOverview(self, request: Any, context: Any) -> overview_pb2.GetOverviewResponse:
        if self._left:
            self._left -= 1
            await context.abort(self._code, self._code.name)
        return overview_pb2.GetOverviewResponse()


@asynccontextmanager
async def pillars(servicer: overview_pb2_grpc.OverviewServiceServicer) -> AsyncIterator[Pillars]:
    """The gateway's channels to one server."""
    server = grpc.aio.server()
    overview_pb2_grpc.add_OverviewServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    settings = GatewaySettings.model_validate(
        {
            "mode": "local",
            "postgres_url": "postgresql://unused",
            "assertion_key": json.dumps(KEY),
            "session_secret": "x" * 32,
            "files_url": "file:///unused",
            "targets": dict.fromkeys(PILLARS, f"ipv4:127.0.0.1:{port}"),
        }
    )
    made = Pillars(settings, Assertions(Minter(settings.assertion_key.get_secret_value())))
    try:
        yield made
    finally:
        await made.close()
        await server.stop(0)


class Long(overview_pb2_grpc.OverviewServiceServicer):
    """Answers with that many bytes and a few."""

    def __init__(self, size: int) -> None:
        self._size = size

    async def GetOverview(self, request: Any, context: Any) -> overview_pb2.GetOverviewResponse:
        return overview_pb2.GetOverviewResponse(nouns=["x" * self._size])


async def test_a_page_of_the_longest_texts_comes_through() -> None:
    """Before: at most 4 MiB came through, which 200 reports of 5,000 signs each went over."""
    async with pillars(Long(MOST_ANSWER_BYTES - 100)) as made:
        await made.call(overview_pb2.GetOverviewRequest(), ANONYMOUS)
    async with pillars(Long(MOST_ANSWER_BYTES)) as made:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await made.call(overview_pb2.GetOverviewRequest(), ANONYMOUS)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize(
    "code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.UNIMPLEMENTED]
)
async def test_a_call_that_meets_an_ending_process_is_made_again(code: grpc.StatusCode) -> None:
    async with pillars(Ending(code, 2)) as made:
        await made.call(overview_pb2.GetOverviewRequest(), ANONYMOUS)


async def test_what_the_version_before_does_not_serve_yet_is_away_and_not_broken() -> None:
    """A new gateway beside old processes of a pillar, as an upgrade has them for minutes."""
    async with pillars(Ending(grpc.StatusCode.OK, 0)) as made:
        with pytest.raises(grpc.aio.AioRpcError) as unknown:
            await made.call(society_overview.GetOverviewRequest(), ANONYMOUS, within=0.3)
    assert unknown.value.code() is grpc.StatusCode.UNIMPLEMENTED
    problem = from_grpc(unknown.value)
    assert (problem.status, problem.reason, problem.headers) == (503, "PILLAR_UNAVAILABLE", {"retry-after": "1"})


async def test_a_call_is_not_made_again_with_too_little_time_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused at once and after 50 ms; after 150 of 180 ms it would end in doubt."""
    monkeypatch.setattr("gateway.calls.pillars.random.uniform", lambda least, most: most)
    ending = Ending(grpc.StatusCode.UNAVAILABLE, 100)
    async with pillars(ending) as made:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await made.call(overview_pb2.GetOverviewRequest(), ANONYMOUS, within=0.18)
    assert (refused.value.code(), 100 - ending._left) == (grpc.StatusCode.UNAVAILABLE, 2)


async def test_what_a_page_asks_for_since_this_version_is_empty_from_the_version_before_and_not_waited_for() -> None:
    async with pillars(Ending(grpc.StatusCode.OK, 0)) as made, asyncio.timeout(1):
        answer = await made.newer(society_overview.GetOverviewRequest(), ANONYMOUS)
    assert answer == society_overview.GetOverviewResponse()


async def test_what_a_page_asks_for_since_this_version_is_asked_again_of_an_ending_process_as_all_else() -> None:
    async with pillars(Ending(grpc.StatusCode.UNAVAILABLE, 2)) as made:
        await made.newer(overview_pb2.GetOverviewRequest(), ANONYMOUS)


async def test_what_broke_is_not_made_again() -> None:
    async with pillars(Ending(grpc.StatusCode.INTERNAL, 1)) as made:
        with pytest.raises(grpc.aio.AioRpcError, match="INTERNAL"):
            await made.call(overview_pb2.GetOverviewRequest(), ANONYMOUS)


def test_the_gateway_calls_the_pillars_that_are_deployed() -> None:
    """Neither may import the other: a pillar is named in both."""
    assert PILLARS == NAMES
