"""From two to five: the gateway's own channel finds new servers by name, while it calls those that it has."""

import asyncio
import json
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from gateway.calls.assertions import Assertions
from gateway.calls.pillars import PILLARS, Pillars
from gateway.settings import GatewaySettings
from services.kit.caller import ANONYMOUS, Minter, Scope, Verifier
from services.kit.rpc.server import Guard, build_server
from smartcity.living.v1 import overview_pb2, overview_pb2_grpc
from tests.drills.names import Names, name_server

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(150),
    pytest.mark.skipif(sys.platform != "linux", reason="needs the whole of 127.0.0.0/8 as addresses of this machine"),
]

SERVICE = overview_pb2.DESCRIPTOR.services_by_name["OverviewService"].full_name
ACCESS = {"GetOverview": {"anonymous": Scope.ANY}}
SHARE_WITHIN_S = 60.0
CALLS = 100


class Counting(overview_pb2_grpc.OverviewServiceServicer):
    """Counts the calls that reach an address."""

    def __init__(self, address: str, calls: Counter[str]) -> None:
        self._address, self._calls = address, calls

    async def GetOverview(self, request: Any, context: Any) -> overview_pb2.GetOverviewResponse:
        self._calls[self._address] += 1
        return overview_pb2.GetOverviewResponse()


@asynccontextmanager
async def serving(address: str, port: int, key: OKPKey, calls: Counter[str]) -> AsyncIterator[None]:
    """A pillar's server, as the kit builds it for every pillar."""
    verifier = Verifier(json.dumps({"keys": [key.as_dict(private=False)]}), "living")
    server, _ = build_server(Guard("living", verifier, {SERVICE: ACCESS}), [SERVICE], f"{address}:{port}")
    overview_pb2_grpc.add_OverviewServiceServicer_to_server(Counting(address, calls), server)
    await server.start()
    try:
        yield
    finally:
        await server.stop(1)


def gateway(key: OKPKey, names: Names, port: int) -> Pillars:
    """The gateway's channels, with the target that the chart gives them, at our name server."""
    settings = GatewaySettings.model_validate(
        {
            "postgres_url": "postgresql://unused",
            "assertion_key": json.dumps(key.as_dict(private=True)),
            "session_secret": "x" * 32,
            "files_url": "file:///unused",
            "public_url": "https://kota.test",
            "targets": dict.fromkeys(PILLARS, f"dns://127.0.0.1:{names.port}/smartcity-living.test:{port}"),
        }
    )
    return Pillars(settings, Assertions(Minter(settings.assertion_key.get_secret_value())))


def port_of_all() -> int:
    """A port that is free on every address."""
    with socket.create_server(("0.0.0.0", 0)) as listener:
        return int(listener.getsockname()[1])


async def test_from_two_to_five_each_takes_its_share_within_a_minute() -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "drill"}, auto_kid=False)
    port, calls = port_of_all(), Counter[str]()
    addresses = [f"127.0.0.{number}" for number in range(2, 7)]
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(name_server())
        for address in addresses[:2]:
            await stack.enter_async_context(serving(address, port, key, calls))
        names.addresses = addresses[:2]
        pillars = gateway(key, names, port)
        stack.push_async_callback(pillars.close)
        await called(pillars, CALLS)
        assert set(calls) == set(addresses[:2])
        for address in addresses[2:]:
            await stack.enter_async_context(serving(address, port, key, calls))
        names.addresses = addresses
        began = time.monotonic()
        while not await are_shared(pillars, calls, addresses):
            assert time.monotonic() - began < SHARE_WITHIN_S, f"after {SHARE_WITHIN_S} s: {calls}"
        print(f"each has its share after {time.monotonic() - began:.0f} s: {dict(calls)}")


async def are_shared(pillars: Pillars, calls: Counter[str], addresses: list[str]) -> bool:
    """Whether of the next calls each address gets at least half of what is its due."""
    calls.clear()
    await called(pillars, CALLS)
    await asyncio.sleep(0.5)
    return all(calls[address] >= CALLS / len(addresses) / 2 for address in addresses)


async def called(pillars: Pillars, times: int) -> None:
    """Calls one after the other; none may fail while connections come and go."""
    for _ in range(times):
        await pillars.call(overview_pb2.GetOverviewRequest(), ANONYMOUS, retry=False)
