"""What is broken while a fault is on, as somebody sees it who looks: no metric, no alert."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from deploy.local.ready import grpc_serving, http_ok
from tests.alerts.town import Town, at_once

Broken = Callable[[Town], Awaitable[bool]]


async def _sql(town: Town, query: str) -> Any:
    admin = await town.house.database()
    try:
        return await admin.fetchval(query)
    finally:
        await admin.close()


def _found(query: str) -> Broken:
    async def look(town: Town) -> bool:
        return bool(await _sql(town, query))

    return look


def _slow(what: Callable[[Town], Awaitable[httpx.Response]], seconds: float) -> Broken:
    async def look(town: Town) -> bool:
        began = time.monotonic()
        answer = await what(town)
        assert answer.status_code < 500, answer.text
        return time.monotonic() - began > seconds

    return look


def _fails(what: Callable[[Town], Awaitable[httpx.Response]]) -> Broken:
    async def look(town: Town) -> bool:
        return (await what(town)).status_code >= 500

    return look


def _silent(name: str, port: str, path: str) -> Broken:
    async def look(town: Town) -> bool:
        return not await http_ok(town.house.components()[name]["ports"][port], path)()

    return look


async def _away(town: Town) -> bool:
    return not await grpc_serving(town.house.components()["environment"]["ports"]["health"])()


async def _restarting(town: Town) -> bool:
    return bool(town.house.components()["environment"]["state"] != "ready") or await _away(town)


async def _blocked(town: Town) -> bool:
    return any(answer.status_code >= 500 for answer in await at_once(4, town.cleanups))


async def _held(town: Town) -> bool:
    """Its log says so."""
    log = town.house.home / "logs" / "environment.log"
    before = log.stat().st_size
    await asyncio.sleep(2.5)
    return b"event loop held" in log.read_bytes()[before:]


async def _crawls(town: Town) -> bool:
    began = time.monotonic()
    await at_once(2, town.cleanups)
    return time.monotonic() - began > 0.5


def _consumer(is_bad: Callable[[dict[str, Any]], bool]) -> Broken:
    async def look(town: Town) -> bool:
        bus = await town.house.nats()
        try:
            answer = await bus.request("$JS.API.CONSUMER.INFO.governance.environment", b"", timeout=5)
        finally:
            await bus.close()
        return is_bad(json.loads(answer.data))

    return look


async def _poisoned(town: Town) -> bool:
    await town.report()
    await asyncio.sleep(1)
    return bool(await _sql(town, "SELECT count(*) FROM environment.dead_letter WHERE replayed_at IS NULL"))


async def _unsent(town: Town) -> bool:
    """An event is in the outbox that was filed a second ago."""
    await town.file()
    await asyncio.sleep(1)
    return bool(await _sql(town, "SELECT count(*) FROM governance.outbox WHERE published_at IS NULL"))


async def _section_ages(town: Town) -> bool:
    """The home says itself that what it shows of environment is old."""
    sections = (await town.ask("GET", "/v1/city")).json()["sections"]
    return bool(sections["environment"]["status"] == "stale")


async def _lied_to(town: Town) -> bool:
    before = await _sql(town, "SELECT count(*) FROM economy.suspense")
    await town.pay()
    await asyncio.sleep(1)
    return bool(await _sql(town, "SELECT count(*) FROM economy.suspense") > before)


async def _whims(town: Town) -> bool:
    answer = await town.client.get(f"{town.house.about['urls']['bank']}/api/whims")
    return any(whim["kind"] == "forget" for whim in answer.json()["whims"])


async def _hoards(town: Town) -> bool:
    status = Path(f"/proc/{town.house.components()['society']['pid']}/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return kilobytes > 250_000


async def _ahead(town: Town) -> bool:
    """An event is from the future."""
    await town.report()
    await asyncio.sleep(1)
    query = "SELECT max(recorded_at) > clock_timestamp() + interval '10 s' FROM environment.outbox"
    return bool(await _sql(town, query))


async def _nobody_comes(town: Town) -> bool:
    return not await town.knock()


async def _warned(town: Town) -> bool:
    """Everybody reads it on every page."""
    return "data-warning=" in (await town.ask("GET", "/", headers={"Accept": "text/html"})).text


async def _unplanned(town: Town) -> bool:
    """A plan is neither begun nor gone on with; who makes one says each second how far it is."""
    await town.plan()
    await asyncio.sleep(6)
    query = "SELECT count(*) FROM environment.round_plan WHERE state = 'planning'"
    return bool(await _sql(town, f"{query} AND updated_at < clock_timestamp() - interval '5 s'"))


EFFECTS: dict[str, Broken] = {
    "slow-query": _slow(lambda town: town.file(), 0.8),
    "slow-pillar": _crawls,
    "event-loop-blocked": _blocked,
    "event-loop-held": _held,
    "pillar-down": _restarting,
    "pillar-hung": _away,
    "pillar-flapping": _restarting,
    "gateway-errors": _fails(lambda town: town.logged_in()),
    "consumer-lost": _consumer(lambda info: "error" in info),
    "consumer-stuck": _consumer(lambda info: bool(info.get("paused"))),
    "poison-event": _poisoned,
    "outbox-flood": _found("SELECT count(*) FROM governance.outbox WHERE aggregate = 'smartcity-fault'"),
    "relay-stopped": _unsent,
    "timers-lost": _found("SELECT count(*) FROM governance.lease WHERE name = 'timers' AND expires_at = 'infinity'"),
    "nats-down": _silent("nats", "monitor", "/healthz"),
    "postgres-down": _fails(lambda town: town.read()),
    "connections-refused": _fails(lambda town: town.read()),
    "pool-exhausted": _fails(lambda town: town.read()),
    "lock-held": _fails(lambda town: town.read()),
    "section-stale": _section_ages,
    "bank-down": _silent("bank", "http", "/"),
    "bank-slow": _slow(lambda town: town.qr(), 1.2),
    "bank-lies": _lied_to,
    "bank-forgets": _whims,
    "ledger-misposted": _found("SELECT sum(balance) <> 0 FROM economy.account"),
    "account-frozen": _found("SELECT count(*) FROM economy.account WHERE kind = 'clearing' AND status = 'frozen'"),
    "audit-stopped": _found("SELECT count(*) FROM economy.lease WHERE name = 'timers' AND expires_at = 'infinity'"),
    "clock-skewed": _ahead,
    "memory-hog": _hoards,
    "disk-full": _fails(lambda town: town.photo()),
    "login-down": _fails(lambda town: town.opaque()),
    "mail-down": _silent("mailbox", "http", "/"),
    "telemetry-lost": _silent("viewer", "http", "/readyz"),
    "callout-hung": _nobody_comes,
    "devices-unread": _found(
        "SELECT count(*) FROM environment.lease WHERE name = 'job:devices' AND expires_at = 'infinity'"
    ),
    "devices-refused": _nobody_comes,
    "gauges-silent": _found("SELECT silent - unheard > 5 FROM environment.hearing"),
    "warnings-refused": _found("SELECT count(*) FROM environment.alarm WHERE lasting = 1 AND rule_name = 'waspada'"),
    "proposal-waits": _found("SELECT count(*) FROM environment.warning_proposal WHERE fate = 'waiting'"),
    "warning-ends": _warned,
    "mails-stuck": _found("SELECT count(*) FROM environment.warning_telling WHERE done_at IS NULL"),
    "air-stopped": _found("SELECT count(*) FROM environment.air_station WHERE due = 'infinity'"),
    "pump-deaf": _found("SELECT count(*) FROM environment.pump_command WHERE state = 'timed_out'"),
    "planning-stuck": _unplanned,
    "emergency-unattended": _found(
        "SELECT count(*) FROM governance.incident_clock JOIN governance.incident i ON i.id = incident"
        " WHERE i.place = 'smartcity-fault'"
    ),
    "unit-silent": _found("SELECT count(*) FROM governance.emergency_unit WHERE code = 'smartcity-fault'"),
    "hand-off-unanswered": _found("SELECT count(*) FROM governance.hand_off WHERE reference = 'smartcity-fault'"),
    "gauges-unread": _found(
        "SELECT count(*) FROM pg_locks WHERE relation = 'governance.hand_off'::regclass"
        " AND mode = 'AccessExclusiveLock' AND granted"
    ),
    "correction-waits": _found("SELECT count(*) FROM living.facility_correction WHERE state = 'waiting'"),
    "ride-unsettled": _found("SELECT count(*) FROM living.ride WHERE state = 'due' AND validator = 'smartcity-fault'"),
    "proposal-late": _found("SELECT count(*) FROM society.proposal WHERE code = 'smartcity-fault'"),
    "ballot-uncounted": _found("SELECT count(*) FROM society.ballot WHERE title = 'smartcity-fault'"),
    "followers-untold": _found("SELECT count(*) FROM society.follower_telling WHERE done_at IS NULL"),
    "permit-silent": _found("SELECT count(*) FROM economy.permit WHERE code = 'smartcity-fault'"),
    "return-refused": _found("SELECT count(*) FROM economy.payment_return WHERE state = 'refused'"),
    "days-not-compared": _found("SELECT count(*) FROM economy.reconciling WHERE since < current_date - 500"),
    "timetable-over": _found("SELECT count(*) FROM living.feed WHERE kept AND last_day < current_date"),
    "vehicles-silent": _found(
        "SELECT count(*) FROM living.vehicle_progress"
        " WHERE vehicle LIKE 'smartcity-fault-%' AND at < now() - interval '90 s'"
    ),
    "operator-silent": _found("SELECT count(*) FROM living.operator_feed WHERE id = 'smartcity-fault'"),
    "planner-away": _found("SELECT count(*) FROM living.feed WHERE digest = 'smartcity-fault'"),
    "ticket-refund-refused": _found("SELECT count(*) FROM branding.ticket_refund WHERE state = 'refused'"),
    "ticket-hold-stuck": _found("SELECT count(*) FROM branding.ticket_order WHERE hold_until < now() - interval '1 m'"),
}
"""Answers whether it is broken now; asked until it is, and after `off` until it is not."""
