"""Everybody has a rate of their own, and nobody two: behind proxies, with forged headers, with a whole /64."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.types import Scope

from gateway.answers.problems import Problem
from gateway.edge.connections import Connections
from gateway.edge.routing import Route, Routes
from gateway.portal.kit.here import DEEPEST
from gateway.settings import GatewaySettings
from gateway.streams.payments import Live
from gateway.visitors.addresses import client_address, networks
from gateway.visitors.places import Places
from tests.gateway.running import gateway_settings, serving

PROXIES = "10.244.0.0/16, 2001:db8:ffff::/48"


def seen(peer: str, *lines: str, trusted: str = PROXIES) -> str:
    """As whom a request counts that comes from ``peer`` with these lines of X-Forwarded-For."""
    headers = Headers(raw=[(b"x-forwarded-for", line.encode()) for line in lines])
    return client_address({"client": (peer, 4711)}, headers, networks(trusted))


@pytest.mark.parametrize(
    ("peer", "lines", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.244.1.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.244.1.1", ["forged, 198.51.100.1"], "198.51.100.1"),
        ("10.244.1.1", ["192.0.2.66", "198.51.100.1"], "198.51.100.1"),
        ("10.244.1.1", ["192.0.2.66", "198.51.100.1, 10.244.7.7"], "198.51.100.1"),
        ("10.244.1.1", ["192.0.2.66", "198.51.100.1", "10.244.7.7"], "198.51.100.1"),
        ("10.244.1.1", ["198.51.100.1:50123"], "198.51.100.1"),
        ("10.244.1.1", ["[2001:db8:1:2::9]:443"], "2001:db8:1:2::/64"),
        ("10.244.1.1", ["unknown"], "10.244.1.1"),
        ("10.244.1.1", ["", " , "], "10.244.1.1"),
        ("10.244.1.1", ["198.51.100.1, _hidden"], "10.244.1.1"),
        ("10.244.1.1", [], "10.244.1.1"),
        ("2001:db8:ffff::1", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.244.1.1", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("", [], ""),
    ],
)
def test_a_request_counts_as_the_last_address_that_is_no_proxy_of_ours(
    peer: str, lines: list[str], expected: str
) -> None:
    assert seen(peer, *lines) == expected


def test_without_proxies_the_header_says_nothing() -> None:
    assert seen("203.0.113.9", "198.51.100.1", trusted="") == "203.0.113.9"


def test_the_addresses_of_one_home_are_one_visitor() -> None:
    assert len({seen(f"2001:db8:1:2::{number:x}") for number in range(1, 300)}) == 1
    assert seen("2001:db8:1:3::1") != seen("2001:db8:1:2::1")


def test_a_proxy_that_is_no_network_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"SMARTCITY_TRUSTED_PROXIES: .*10\.244\.0\.0/16"):
        gateway_settings("postgresql://unused", {}, tmp_path, {}, trusted_proxies="my-ingress")


@pytest.fixture
async def visitors(
    edge_database: str, assertion_key: dict[str, Any], tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway behind a proxy, of which this machine is one; six reads at once, then one in ten seconds."""
    settings = gateway_settings(
        edge_database, assertion_key, tmp_path, {}, trusted_proxies="127.0.0.0/8", read_rate=0.1
    )
    async with serving(settings) as stand, stand.client() as client:
        yield client


async def _passed(client: httpx.AsyncClient, *forwarded: list[str]) -> int:
    """How many of these reads pass."""
    answers = [
        await client.get("/v1/categories", headers=[("x-forwarded-for", line) for line in lines]) for lines in forwarded
    ]
    assert {each.status_code for each in answers} <= {200, 429}
    return sum(each.status_code == 200 for each in answers)


async def test_forged_lines_before_that_of_the_proxy_are_worth_nothing(visitors: httpx.AsyncClient) -> None:
    forged = ([f"192.0.2.{number}", "198.51.100.7"] for number in range(30))
    assert await _passed(visitors, *forged) == 6


async def test_addresses_of_one_network_share_one_rate(visitors: httpx.AsyncClient) -> None:
    assert await _passed(visitors, *([f"2001:db8:5:6::{number:x}"] for number in range(1, 31))) == 6


async def test_visitors_behind_the_proxy_have_a_rate_each(visitors: httpx.AsyncClient) -> None:
    assert await _passed(visitors, *([f"203.0.113.{number}"] for number in range(30))) == 30


@pytest.mark.parametrize("path", ["/v1/journeys?from=x&to=y", "/transit?dari=x&ke=y"])
async def test_searches_for_journeys_have_a_rate_of_their_own(
    edge_database: str, assertion_key: dict[str, Any], tmp_path: Path, path: str
) -> None:
    """Before: 50 a second of what takes the planner a good part of one, so that it answered nobody else."""
    settings = gateway_settings(edge_database, assertion_key, tmp_path, {}, journey_rate=0.02)
    async with serving(settings) as stand, stand.client() as client:
        answers = [(await client.get(path)).status_code for _ in range(4)]
        assert [status == 429 for status in answers] == [False, True, True, True]
        assert (await client.get(path.partition("?")[0])).status_code != 429


async def test_a_refusal_at_a_long_address_costs_no_more_than_at_a_short_one(
    edge_database: str, assertion_key: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: each of its 4,000 parts was looked for among all pages, a third of a second for everybody else."""
    sought: set[str] = set()
    among = Routes.among

    def counted(self: Routes, scope: Scope) -> Sequence[Route]:
        sought.add(scope["path"])
        return among(self, scope)

    monkeypatch.setattr(Routes, "among", counted)
    settings = gateway_settings(edge_database, assertion_key, tmp_path, {}, anonymous_write_rate=0.1, burst_seconds=10)
    async with serving(settings) as stand, stand.client() as client:
        for verb, status in (("OPTIONS", 404), ("POST", 404), ("POST", 429)):
            sought.clear()
            answer = await client.request(verb, "/a" * 4_000, headers={"accept": "text/html"})
            assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
            assert len(sought) <= DEEPEST + 2, verb


def _connections(tmp_path: Path, **more: Any) -> Connections:
    return Connections(gateway_settings("postgresql://unused", {}, tmp_path, {}, **more))


class Resting:
    """A connection that does nothing but give way."""

    def __init__(self) -> None:
        self.gave_way = False

    def give_way(self) -> None:
        """Notes it."""
        self.gave_way = True


def test_connections_of_one_network_share_their_places(tmp_path: Path) -> None:
    table = _connections(tmp_path, connections=10, connections_per_address=2)
    refused = [table.enter(Resting(), f"2001:db8:1:2::{number:x}") for number in range(1, 5)]
    assert [each.reason if each else "" for each in refused] == ["", "", "TOO_MANY_CONNECTIONS", "TOO_MANY_CONNECTIONS"]
    assert table.open == 2


def test_a_proxy_of_ours_may_bring_everybody(tmp_path: Path) -> None:
    table = _connections(tmp_path, connections=10, connections_per_address=2, trusted_proxies="10.244.0.0/16")
    assert [table.enter(Resting(), "10.244.1.1") for _ in range(10)] == [None] * 10
    last = table.enter(Resting(), "10.244.1.1")
    assert last is not None
    assert last.reason == "CONNECTIONS_FULL"


def test_the_one_that_rested_longest_gives_way(tmp_path: Path) -> None:
    table = _connections(tmp_path, connections=3, connections_per_address=3)
    first, second, third, fourth = (Resting() for _ in range(4))
    for each, address in ((first, "192.0.2.1"), (second, "192.0.2.2"), (third, "192.0.2.3")):
        assert table.enter(each, address) is None
    table.rest(second)
    table.rest(first)
    assert table.enter(fourth, "192.0.2.4") is None
    assert (first.gave_way, second.gave_way, third.gave_way) == (False, True, False)
    table.leave(second)
    assert (table.open, table.resting) == (3, 1)


def test_streams_of_one_address_and_of_all_are_bounded() -> None:
    live = Live(SimpleNamespace(), Places(3, 2))  # type: ignore[arg-type]
    with live.room.place("192.0.2.1"), live.room.place("192.0.2.1"):
        with pytest.raises(Problem, match="streams are open from your address"), live.room.place("192.0.2.1"):
            pass
        with live.room.place("192.0.2.2"), pytest.raises(Problem, match="Very many wait"), live.room.place("192.0.2.3"):
            pass
    assert live.streams == 0


def test_the_bounds_are_settings() -> None:
    names = {"connections", "connections_per_address", "streams", "streams_per_address", "head_seconds", "idle_seconds"}
    assert names <= set(GatewaySettings.model_fields)
    for name in ("head_seconds", "idle_seconds"):
        assert GatewaySettings.model_fields[name].default <= 30
