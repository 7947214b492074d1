"""The sections of the home: fresh while a pillar answers, standing still when it does not."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from deploy.local.process import free_ports
from deploy.permissions import Permissions, of_gateway
from gateway.city import home, reference
from services.kit.city import load_city
from services.kit.events import bus
from services.kit.subjects import nudge_subject
from tests.fixtures.servers import NatsServer
from tests.fixtures.waiting import until
from tests.gateway.conftest import Serve, file
from tests.gateway.running import gateway_settings, serving


async def test_a_section_stands_still_while_its_pillar_is_away_and_goes_on_after(
    edge_database: str,
    assertion_key: dict[str, Any],
    serve_governance: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(home, "STALE_AFTER", 0.3)
    port = free_ports(1)[0]
    settings = gateway_settings(edge_database, assertion_key, tmp_path, {"governance": f"ipv4:127.0.0.1:{port}"})
    async with serving(settings) as stand:

        def section() -> home.Section:
            return stand.gateway.home.section("governance")

        async with serve_governance(port):
            await until(lambda: section().status == "ok")
            before = section().as_of
            await until(lambda: section().as_of != before)
        last = section().as_of
        await until(lambda: section().status == "stale")
        async with stand.client() as client:
            shown = (await client.get("/v1/city")).json()["sections"]["governance"]
        assert section().as_of == last
        assert shown["status"] == "stale"
        assert shown["overview"]["agencies"] is not None
        async with serve_governance(port):
            await until(lambda: section().status == "ok")
            assert section().as_of != last


def test_the_citys_channels_have_the_names_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime(2025, 4, 8, 23, 59, tzinfo=load_city("semarang").timezone)
    monkeypatch.setattr(reference, "datetime", SimpleNamespace(now=lambda zone: day.astimezone(zone)))
    shown = home.Home(reference.Reference(load_city("semarang")).head, SimpleNamespace())  # type: ignore[arg-type]
    before = msgspec.json.decode(shown.body)["city"]["channels"]
    day += timedelta(minutes=1)
    shown._render()  # as each second does
    after = msgspec.json.decode(shown.body)["city"]["channels"]
    assert [one["name"] for one in before] != [one["name"] for one in after]


async def test_a_pillar_that_restarts_is_not_noticed(
    edge_database: str, assertion_key: dict[str, Any], serve_governance: Serve, tmp_path: Path
) -> None:
    port = free_ports(1)[0]
    settings = gateway_settings(edge_database, assertion_key, tmp_path, {"governance": f"ipv4:127.0.0.1:{port}"})
    async with serving(settings) as stand, stand.client() as client:
        async with serve_governance(port):
            await file(client)
        waiting = asyncio.create_task(file(client))
        await asyncio.sleep(0.3)  # the pillar is away for a moment; what is tested is that nobody sees it
        assert not waiting.done()
        async with serve_governance(port):
            assert (await waiting)["code"]


async def test_a_nudge_refreshes_a_section_at_once(
    edge_database: str,
    assertion_key: dict[str, Any],
    governance_target: str,
    nats: NatsServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(home, "PERIOD", 60.0)
    allowed = of_gateway()
    settings = gateway_settings(
        edge_database,
        assertion_key,
        tmp_path,
        {"governance": governance_target},
        nats_url=nats.url,
        nats_seed=nats.user(Permissions(allowed.publish, allowed.subscribe)),
    )
    pillar = await bus.connect(nats.url, nats.admin_seed, "admin")
    try:
        async with serving(settings) as stand:
            await until(lambda: stand.gateway.home.section("governance").status == "ok")
            before = stand.gateway.home.section("governance").as_of

            async def nudged() -> None:
                while stand.gateway.home.section("governance").as_of == before:
                    await pillar.publish(nudge_subject("governance"), b"")
                    await asyncio.sleep(0.05)

            await asyncio.wait_for(nudged(), 10)
    finally:
        await pillar.close()


async def test_many_nudges_make_few_fetches(stand: Any, client: httpx.AsyncClient) -> None:
    made = 0
    fetch = stand.gateway.home._fetch

    async def counted(name: str) -> None:
        nonlocal made
        made += name == "governance"
        await fetch(name)

    stand.gateway.home._fetch = counted
    try:
        for _ in range(200):
            stand.gateway.home.nudge("governance")
            await asyncio.sleep(0.005)
    finally:
        stand.gateway.home._fetch = fetch
    assert 2 <= made <= 15
    assert (await client.get("/v1/city")).status_code == 200
