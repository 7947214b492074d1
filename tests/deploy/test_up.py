"""The whole platform by its one command, as a newcomer starts it."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from deploy.local.process import free_ports
from deploy.operate import access

UP_WITHIN_S = 60.0
STOPPED_WITHIN_S = 10.0
RECOVERED_WITHIN_S = 30.0


@dataclass
class Platform:
    """A running platform, seen from outside."""

    env: Mapping[str, str]
    run: Mapping[str, Any]
    process: asyncio.subprocess.Process

    async def smartcity(self, *arguments: str) -> tuple[int, str]:
        """Exit code and standard output of a command."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.cli", *arguments, env=self.env, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    async def json(self, *arguments: str) -> Any:
        """What a command prints with `-o json`."""
        return json.loads((await self.smartcity(*arguments, "-o", "json"))[1])

    def pids(self) -> set[int]:
        """Every process of the platform, with the children of PostgreSQL."""
        return {self.process.pid, *(child.pid for child in psutil.Process(self.process.pid).children(recursive=True))}

    def components(self) -> dict[str, dict[str, Any]]:
        content = json.loads(Path(self.env["SMARTCITY_HOME"], "run.json").read_text())
        return {each["name"]: each for each in content["components"]}

    async def stop(self, number: signal.Signals) -> float:
        """Seconds from the signal to the end."""
        began = time.monotonic()
        self.process.send_signal(number)
        await asyncio.wait_for(self.process.wait(), STOPPED_WITHIN_S)
        return time.monotonic() - began


def left_of(pids: set[int]) -> set[int]:
    """Those that still are processes, not only waiting for a parent to read their exit code."""
    found = set()
    for pid in pids:
        with suppress(OSError):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            found |= {pid} if state != "Z" else set()
    return found


@asynccontextmanager
async def platform(home: Path) -> AsyncIterator[Platform]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTCITY_")}
    env = {**kept, "SMARTCITY_HOME": str(home), "SMARTCITY_PORT": str(free_ports(1)[0])}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli", "up", "-o", "json",
        env=env, stdout=asyncio.subprocess.PIPE, limit=1 << 20, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), UP_WITHIN_S)
        yield Platform(env, json.loads(line), process)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


@pytest.fixture(scope="module")
async def running(servers_home: Path) -> AsyncIterator[Platform]:
    async with platform(servers_home / "up") as found:
        yield found


async def test_everything_is_ready_when_the_command_says_so(running: Platform) -> None:
    state = await running.json("status")
    assert (state["attention"], state["healthy"]) == ([], True)
    async with httpx.AsyncClient(follow_redirects=True) as client:
        answers = {name: (await client.get(url)).status_code for name, url in running.run["urls"].items()}
    for behind_a_login in ("officer_desk", "business"):
        assert answers.pop(behind_a_login) in (200, 401)
    assert set(answers.values()) == {200}, answers


async def test_each_service_sees_its_own_schema_and_nobody_elses(running: Platform) -> None:
    found = access.find(running.env)
    async with access.database(found) as admin:
        allowed = await admin.fetch(
            "SELECT r AS role, s AS schema FROM unnest($1::text[]) r, unnest($1::text[]) s "
            "WHERE has_schema_privilege(r, s, 'USAGE')",
            ["governance", "economy", "living", "environment", "society", "branding", "gateway"],
        )
    assert all(row["role"] == row["schema"] for row in allowed)
    assert len(allowed) == 7


async def test_a_killed_pillar_is_back_and_its_restart_is_counted(running: Platform) -> None:
    before = running.components()["living"]
    os.kill(before["pid"], signal.SIGKILL)
    async with asyncio.timeout(RECOVERED_WITHIN_S):
        while (now := running.components()["living"])["state"] != "ready" or now["pid"] == before["pid"]:
            await asyncio.sleep(0.1)
    assert (now["restarts"], now["last_exit"]) == (before["restarts"] + 1, -signal.SIGKILL)
    state = await running.json("status")
    assert state["healthy"], state["attention"]


async def test_an_event_can_be_read_with_its_envelope(running: Platform) -> None:
    body = {"text": "Lampu jalan mati di depan Lawang Sewu", "location": {"lon": 110.4103, "lat": -6.9839}}
    async with httpx.AsyncClient(base_url=running.run["urls"]["portal"]) as client:
        filed = await client.post("/v1/complaints", json=body, headers={"Idempotency-Key": "tests-deploy-up-1"})
        assert filed.status_code == 201, filed.text
    code, output = await running.smartcity("events", "tail", "--type", "ComplaintFiled", "--last", "9", "--count", "1", "-o", "json")  # fmt: skip # noqa: E501
    event = json.loads(output)
    assert (code, event["type"], event["version"]) == (0, "smartcity.governance.v1.ComplaintFiled", 1)
    assert event["data"]


async def test_a_dead_letter_that_fails_again_says_why(running: Platform) -> None:
    found = access.find(running.env)
    async with access.database(found) as admin:
        await admin.execute(
            "INSERT INTO governance.dead_letter (consumer, event_id, type, aggregate, version, headers, payload, "
            "reason, state) VALUES ('environment', 'x', 'smartcity.x', 'case-1', 1, '{}', '', 'BROKEN', 'poison')"
        )
    (letter,) = await running.json("dead-letters", "list", "--pillar", "governance")
    assert (letter["state"], letter["reason"]) == ("poison", "BROKEN")
    code, output = await running.smartcity("dead-letters", "replay", "--pillar", "governance", "-o", "json")
    (outcome,) = json.loads(output)
    assert (code, outcome["outcome"]) == (1, "failed")
    assert outcome["reason"] != "BROKEN"
    state = await running.json("status")
    assert state["attention"] == ["governance: 1 dead letters; see `smartcity dead-letters list --pillar governance`"]
    async with access.database(found) as admin:
        await admin.execute("DELETE FROM governance.dead_letter")


async def test_a_second_platform_runs_beside_the_first_and_ctrl_c_stops_it_whole(
    running: Platform, servers_home: Path
) -> None:
    async with platform(servers_home / "second") as second:
        assert (await second.json("status"))["healthy"]
        pids = second.pids()
        assert len(pids) > 20
        assert await second.stop(signal.SIGINT) < STOPPED_WITHIN_S
        assert second.process.returncode == 0
    assert left_of(pids) == set()
    assert (await running.json("status"))["attention"] == []


@pytest.mark.faults
async def test_a_killed_supervisor_takes_all_with_it_and_nothing_is_lost(servers_home: Path) -> None:
    home = servers_home / "killed"
    async with platform(home) as first:
        pids = first.pids()
        found = access.find(first.env)
        async with access.database(found) as admin:
            await admin.execute("CREATE TABLE public.kept AS SELECT 42 AS answer")
        await first.stop(signal.SIGKILL)
        async with asyncio.timeout(STOPPED_WITHIN_S):
            while left_of(pids):
                await asyncio.sleep(0.05)
    async with platform(home) as again, access.database(access.find(again.env)) as admin:
        assert await admin.fetchval("SELECT answer FROM public.kept") == 42


async def test_a_command_without_a_platform_says_what_to_do(tmp_path: Path) -> None:
    env = {**os.environ, "SMARTCITY_HOME": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli", "status", env=env, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await process.communicate()
    assert process.returncode == 2
    assert b"start it with `smartcity up`" in complaint


async def test_a_port_in_use_is_said_before_anything_starts(tmp_path: Path) -> None:
    async with asyncio.timeout(20):
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        env = {**os.environ, "SMARTCITY_HOME": str(tmp_path), "SMARTCITY_PORT": str(port)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.cli", "up", env=env, stderr=asyncio.subprocess.PIPE
        )
        _, complaint = await process.communicate()
        server.close()
        await server.wait_closed()
    assert process.returncode == 1
    assert b"SMARTCITY_PORT=8081" in complaint
    assert not (tmp_path / "run.json").exists()
