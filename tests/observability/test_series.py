"""Every panel and every rule returns series from a real Prometheus that scrapes a platform at work."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import yaml

from observability.dashboards import build
from tests.fixtures.house import House, new_key, until
from tests.observability import prometheus
from tests.observability.prometheus import CLUSTER, RULES, Prometheus, always, needs_prometheus

pytestmark = [needs_prometheus, pytest.mark.timeout(300)]

WITHIN = 90.0
"""Seconds: services report every ten, and a rate needs two reports."""
TALKING = ("governance", "environment")
"""Pillars that publish and react; of the others the panels about events may be empty."""


@pytest.fixture(scope="module")
async def scraped(house: House, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Prometheus]:
    """A Prometheus beside the house, with traffic going on."""
    with prometheus.running(tmp_path_factory.mktemp("prometheus"), house.viewer, [CLUSTER]) as started:
        traffic = asyncio.create_task(busy(house))
        try:
            yield started
        finally:
            traffic.cancel()
            await asyncio.gather(traffic, return_exceptions=True)


async def busy(house: House) -> None:
    """People use the city: they look, they report waste, a verifier decides, a crew looks, a bill is paid."""
    headers, crew = [{"Authorization": f"Bearer {await house.token(user)}"} for user in ("verifikator", "petugas-dlh")]
    paying = asyncio.create_task(asyncio.to_thread(house.smartcity, "story", "levy", "-o", "json", seconds=100))
    async with httpx.AsyncClient(base_url=house.url, timeout=15) as client:
        while True:
            await client.get("/v1/city")
            filed = await client.post("/v1/complaints", json=WASTE, headers={"Idempotency-Key": new_key()})
            one = filed.json()
            move = {**headers, "Idempotency-Key": new_key(), "If-Match": f'"{one["etag"]}"'}
            await client.post(f"/v1/complaints/{one['code']}/transitions", json={"transition": "verify"}, headers=move)
            await client.get(f"/v1/complaints/{one['code']}")
            await client.get("/v1/cleanups", headers=crew)
            await asyncio.sleep(2)
            if paying.done():
                paying.result()


WASTE = {
    "text": "Sampah menumpuk di depan pasar sejak tiga hari dan mulai berbau",
    "category": "sampah-menumpuk",
    "location": {"lon": 110.4105, "lat": -6.9837},
}


def panels() -> Iterator[str]:
    """Every query of every dashboard, for the pillars that have something to tell."""
    for text in build.files().values():
        for panel in json.loads(text)["panels"]:
            for target in panel.get("targets", ()):
                query = target["expr"].replace("$__rate_interval", "1m")
                yield from {query.replace("$pillar", pillar) for pillar in TALKING}


def expressions() -> Iterator[str]:
    """Every expression of every rule, those of alerts so that they answer also while all is well."""
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                yield always(rule["expr"]) if "alert" in rule else rule["expr"]


def unheard(query: str) -> bool:
    """Whether it is about a pillar that nobody called yet: these have nothing to serve so far; or about the weather
    service and other operators, which no platform on one machine asks.
    """
    pillars = (f'smartcity_pillar="{pillar}"' for pillar in ("living", "society", "branding"))
    return any(each in query for each in (*pillars, "smartcity_nowcasts_", "smartcity_operators_"))


async def test_every_panel_returns_series(scraped: Prometheus) -> None:
    left = {query for query in panels() if not unheard(query)}

    async def none_left() -> bool:
        left.difference_update({query for query in left if scraped.query(query)})
        return not left

    try:
        await until(none_left, WITHIN, "every panel has series")
    except AssertionError:
        assert left == set()


async def test_every_rule_returns_series(scraped: Prometheus) -> None:
    left = {rule for rule in expressions() if not unheard(rule)}

    async def none_left() -> bool:
        left.difference_update({query for query in left if scraped.query(query)})
        return not left

    try:
        await until(none_left, WITHIN, "every rule has series")
    except AssertionError:
        assert left == set()
    assert {rule["health"] for rule in scraped.rules()} == {"ok"}


async def test_on_a_healthy_platform_the_watchdog_alone_fires(scraped: Prometheus) -> None:
    async def watchdog() -> bool:
        return [one["alertname"] for one in scraped.alerts("none")] == ["Watchdog"]

    await until(watchdog, WITHIN, "the watchdog fires")
    assert scraped.alerts("page") == []
    assert scraped.alerts("ticket") == []


async def test_pillars_agree_on_what_they_all_read(scraped: Prometheus) -> None:
    """What is in the database every process reports, so that the maximum by service is the value."""
    for name in (
        "smartcity_outbox_unsent",
        "smartcity_dead_letters",
        "smartcity_lease_held",
        "smartcity_heartbeat_seconds",
    ):
        services = {one["metric"]["service_name"] for one in scraped.query(f"count by (service_name) ({name})")}
        assert {"governance", "economy", "living", "environment", "society", "branding"} <= services, name


def test_promtool_finds_nothing_wrong_with_the_exposition(house: House) -> None:
    text = httpx.get(f"{house.viewer}/metrics").content
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    told = [line for line in done.stderr.decode().splitlines() if not line.endswith("no help text")]
    # The conventions call it so.
    assert [line for line in told if not line.startswith("db_client_connection_count ")] == []
