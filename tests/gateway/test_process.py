"""The gateway as a process: start, refusal of wrong settings, stop."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from deploy.local.process import Command, Process, free_ports
from tests.gateway.conftest import WASTE, new_key
from tests.gateway.running import gateway_settings


def _command(edge_database: str, assertion_key: dict[str, Any], target: str, files: Path) -> tuple[Command, str]:
    settings = gateway_settings(edge_database, assertion_key, files, {"governance": target})
    env = {
        "SMARTCITY_MODE": "local",
        "SMARTCITY_PORT": str(settings.port),
        "SMARTCITY_PUBLIC_URL": settings.public_url,
        "SMARTCITY_POSTGRES_URL": edge_database,
        "SMARTCITY_TARGETS": json.dumps(settings.targets),
        "SMARTCITY_ASSERTION_KEY": json.dumps(assertion_key),
        "SMARTCITY_SESSION_SECRET": settings.session_secret.get_secret_value(),
        "SMARTCITY_FILES_URL": settings.files_url,
        "SMARTCITY_DRAIN_SECONDS": "0",  # there is a last call without it, too: what is on its way is answered
        "SMARTCITY_HEALTH_PORT": str(free_ports(1)[0]),
    }
    return Command((sys.executable, "-m", "gateway"), env), settings.public_url


async def test_it_starts_drains_and_stops(
    edge_database: str, assertion_key: dict[str, Any], governance_target: str, tmp_path: Path
) -> None:
    command, url = _command(edge_database, assertion_key, governance_target, tmp_path)
    process = Process(command, tmp_path / "gateway.log")

    def status(path: str) -> int:
        try:
            return httpx.get(f"{url}{path}").status_code
        except httpx.TransportError:
            return 0

    try:
        await asyncio.to_thread(process.wait_ready, lambda: status("/readyz") == 200, 30)
        probes = f"http://127.0.0.1:{command.env['SMARTCITY_HEALTH_PORT']}"
        assert await asyncio.to_thread(_refused, url) == b"HTTP/1.1 400 Bad Request"
        async with httpx.AsyncClient(base_url=url) as client:
            assert (await client.get(f"{probes}/livez")).text == "ok\n"
            assert (await client.get(f"{probes}/readyz")).text == "ready\n"
            assert (await client.post("/v1/complaints", json=WASTE, headers=new_key())).status_code == 201
            process.signal(signal.SIGTERM)
            async with asyncio.timeout(5):
                while (await client.get(f"{probes}/readyz")).text != "draining\n":
                    await asyncio.sleep(0.01)
            async with asyncio.timeout(5):
                while (await client.get("/readyz")).status_code == 200:
                    await asyncio.sleep(0.01)
            last = await client.get("/v1/city")
            assert last.status_code == 200, "a draining gateway still answers"
            assert last.headers["connection"] == "close", "and the next request goes to another one"
        async with asyncio.timeout(10):
            while process.exit_code is None:
                await asyncio.sleep(0.05)
        assert process.exit_code == 0
    finally:
        await asyncio.to_thread(process.stop)


def _refused(url: str) -> bytes:
    """The first line of the answer to a request that does not say for whom it is."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5) as made:
        made.sendall(b"GET /livez HTTP/1.1\r\n\r\n")
        return made.recv(65_536).partition(b"\r\n")[0]


def test_missing_settings_are_named() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("SMARTCITY_")}
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "gateway"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "SMARTCITY_POSTGRES_URL: Field required" in done.stderr
    assert "SMARTCITY_ASSERTION_KEY: Field required" in done.stderr
    assert time.monotonic() - started < 30
