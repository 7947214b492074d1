"""The whole platform by its one command, as a newcomer starts it."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.operate import access, restart
from tests.fixtures.house import House, left_of, new_key

pytestmark = pytest.mark.timeout(240)

STOPPED_WITHIN_S = 10.0
RECOVERED_WITHIN_S = 30.0


async def test_everything_is_ready_when_the_command_says_so(house: House) -> None:
    state = house.json("status")
    assert (state["attention"], state["healthy"]) == ([], True)
    async with httpx.AsyncClient(follow_redirects=True) as client:
        answers = {name: (await client.get(url)).status_code for name, url in house.about["urls"].items()}
    for behind_a_login in ("officer_desk", "business"):
        assert answers.pop(behind_a_login) in (200, 401)
    assert set(answers.values()) == {200}, answers


async def test_each_service_sees_its_own_schema_and_nobody_elses(house: House) -> None:
    found = access.find(house.surroundings)
    async with access.database(found) as admin:
        allowed = await admin.fetch(
            "SELECT r AS role, s AS schema FROM unnest($1::text[]) r, unnest($1::text[]) s "
            "WHERE has_schema_privilege(r, s, 'USAGE')",
            ["governance", "economy", "living", "environment", "society", "branding", "gateway"],
        )
    assert all(row["role"] == row["schema"] for row in allowed)
    assert len(allowed) == 7


async def test_a_killed_pillar_is_back_and_its_restart_is_counted(house: House) -> None:
    before = house.components()["living"]
    os.kill(before["pid"], signal.SIGKILL)
    async with asyncio.timeout(RECOVERED_WITHIN_S):
        while (now := house.components()["living"])["state"] != "ready" or now["pid"] == before["pid"]:
            await asyncio.sleep(0.1)
    assert (now["restarts"], now["last_exit"]) == (before["restarts"] + 1, -signal.SIGKILL)
    state = house.json("status")
    assert state["healthy"], state["attention"]


async def test_what_hangs_beside_the_services_is_restarted_by_its_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restart, "GRACE_S", 1.0)
    before = house.components()
    os.kill(before["callout"]["pid"], signal.SIGSTOP)
    done = [name async for name, _ in restart.restart(access.find(house.surroundings), ["viewer", "callout"])]
    now = house.components()
    assert done == ["viewer", "callout"]
    assert [(now[name]["state"], now[name]["pid"] != before[name]["pid"]) for name in done] == [("ready", True)] * 2


async def test_what_the_services_lean_on_is_not_restarted_under_them(house: House) -> None:
    refused = house.smartcity("restart", "postgres")
    assert (refused.returncode, "postgres: not to be restarted here; those to be are " in refused.stderr) == (1, True)


async def test_an_event_can_be_read_with_its_envelope(house: House) -> None:
    body = {"text": "Lampu jalan mati di depan Lawang Sewu", "location": {"lon": 110.4103, "lat": -6.9839}}
    async with httpx.AsyncClient(base_url=house.about["urls"]["portal"]) as client:
        filed = await client.post("/v1/complaints", json=body, headers={"Idempotency-Key": new_key()})
        assert filed.status_code == 201, filed.text
    options = ("--type", "ComplaintFiled", "--last", "9", "--count", "1", "-o", "json")
    tail = await asyncio.to_thread(house.smartcity, "events", "tail", *options)
    event = json.loads(tail.stdout)
    assert (tail.returncode, event["type"], event["version"]) == (0, "smartcity.governance.v1.ComplaintFiled", 1)
    assert event["data"]


async def test_a_dead_letter_that_fails_again_says_why(house: House) -> None:
    found = access.find(house.surroundings)
    async with access.database(found) as admin:
        await admin.execute(
            "INSERT INTO governance.dead_letter (consumer, event_id, type, aggregate, version, headers, payload, "
            "reason, state) VALUES ('environment', 'x', 'smartcity.x', 'case-1', 1, '{}', '', 'BROKEN', 'poison')"
        )
    (letter,) = house.json("dead-letters", "list", "--pillar", "governance")
    assert (letter["state"], letter["reason"]) == ("poison", "BROKEN")
    replay = house.smartcity("dead-letters", "replay", "--pillar", "governance", "-o", "json")
    (outcome,) = json.loads(replay.stdout)
    assert (replay.returncode, outcome["outcome"]) == (1, "failed")
    assert outcome["reason"] != "BROKEN"
    state = house.json("status")
    assert state["attention"] == ["governance: 1 dead letters; see `smartcity dead-letters list --pillar governance`"]
    async with access.database(found) as admin:
        await admin.execute("DELETE FROM governance.dead_letter")


@pytest.mark.faults
async def test_a_killed_supervisor_takes_all_with_it_and_nothing_is_lost(servers_home: Path) -> None:
    home = servers_home / "killed"
    home.mkdir()
    platform = House(home)
    platform.start()
    pids = platform.pids()
    async with access.database(access.find(platform.surroundings)) as admin:
        await admin.execute("CREATE TABLE public.kept AS SELECT 42 AS answer")
    platform.kill_supervisor()
    async with asyncio.timeout(STOPPED_WITHIN_S):
        while left_of(pids):
            await asyncio.sleep(0.05)
    platform.start()
    try:
        async with access.database(access.find(platform.surroundings)) as admin:
            assert await admin.fetchval("SELECT answer FROM public.kept") == 42
    finally:
        platform.stop()


def test_a_command_without_a_platform_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["status"], env={"SMARTCITY_HOME": str(tmp_path)})
    assert done.exit_code == 2
    assert "start it with `smartcity up`" in done.stderr


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
