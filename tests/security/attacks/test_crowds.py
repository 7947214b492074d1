"""Many connections stop nobody else: of one address and of all, against a real server."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import uvloop
from fastapi import FastAPI

from deploy.local.process import free_ports
from gateway.edge.server import ACCEPTING, configured
from gateway.settings import GatewaySettings
from tests.gateway.running import InProcessServer, gateway_settings, serving
from tests.security.attacks.sockets import LIVEZ, LOOPBACK, Served, Socket, closing, livez, server, until

__all__ = ["server"]


async def test_idle_connections_of_one_address_give_way_to_its_own_next_one(server: Served) -> None:
    sockets = [await Socket.to(server) for _ in range(30)]
    with closing(*sockets):
        assert (await livez(server))[0] == 200
        assert server.connections.open <= 20
        assert await sockets[0].ends() < 1


async def test_busy_connections_of_one_address_leave_room_for_others(server: Served) -> None:
    sockets = [await Socket.to(server) for _ in range(20)]
    with closing(*sockets):
        for each in sockets:
            await each.send(b"GET /livez HTTP/1.1\r\n")
        await until(lambda: server.connections.resting == 0)
        one_more = await Socket.to(server)
        with closing(one_more):
            await one_more.send(LIVEZ)
            assert (await one_more.answer())[1]["reason"] == "TOO_MANY_CONNECTIONS"
        assert (await livez(server, LOOPBACK[0]))[0] == 200


async def test_a_full_house_lets_the_next_one_in_while_somebody_only_rests(server: Served) -> None:
    sockets = [await Socket.to(server, address) for address in LOOPBACK for _ in range(20)]
    with closing(*sockets):
        assert server.connections.open == 40
        status, seconds = await livez(server)
        assert (status, seconds < 1) == (200, True)


async def test_a_house_full_of_work_says_so(server: Served) -> None:
    sockets = [await Socket.to(server, address) for address in LOOPBACK for _ in range(20)]
    with closing(*sockets):
        for each in sockets:
            await each.send(b"GET /livez HTTP/1.1\r\n")
        await until(lambda: server.connections.resting == 0)
        next_one = await Socket.to(server)
        with closing(next_one):
            await next_one.send(LIVEZ)
            assert (await next_one.answer())[1]["reason"] == "CONNECTIONS_FULL"
    await until(lambda: server.connections.open == 0)
    assert (await livez(server))[0] == 200


async def test_a_newcomer_behind_a_crowd_waits_for_few_turns_of_the_loop(tmp_path: Path) -> None:
    settings = gateway_settings("postgresql://unused", {}, tmp_path, {}, connections_per_address=1_000)
    assert await asyncio.to_thread(uvloop.run, _turns(settings, 320)) <= 320 / ACCEPTING + 4


async def _turns(settings: GatewaySettings, crowd: int) -> int:
    """In how many turns of its loop a server accepts those who came while it was busy."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    running = InProcessServer(config := configured(app, settings, loop="none"), app, settings)
    task = asyncio.create_task(running.serve())
    await until(lambda: running.started)
    callers = [socket.socket() for _ in range(crowd)]
    for each in callers:
        each.connect(("127.0.0.1", settings.port))
    turns = 0
    while config.connections.open < crowd:
        await asyncio.sleep(0)
        turns += 1
    for each in callers:
        each.close()
    running.should_exit = True
    await task
    return turns


async def test_probes_have_a_port_of_their_own(
    edge_database: str, assertion_key: dict[str, Any], tmp_path: Path
) -> None:
    health = free_ports(1)[0]
    settings = gateway_settings(edge_database, assertion_key, tmp_path, {}, connections=1, health_port=health)
    async with serving(settings) as stand:
        busy = await Socket.to(Served(settings.port, stand.app.state.connections))
        with closing(busy):
            await busy.send(b"GET /livez HTTP/1.1\r\n")
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{health}", timeout=5) as kubelet:
                began = time.monotonic()
                assert (await kubelet.get("/livez")).text == "ok\n"
                assert time.monotonic() - began < 1
                assert (await kubelet.get("/readyz")).status_code in (200, 503)
                assert (await kubelet.get("/v1/city")).status_code == 404
                stand.gateway.drain()
                assert (await kubelet.get("/readyz")).text == "draining\n"
