"""Governance on the real bus: its events go out, environment's come in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from nats.aio.client import Client

from deploy import streams
from deploy.pillars import pillars
from services.governance.pillar import PILLAR
from services.kit.events import bus
from services.kit.events import envelope as events
from services.kit.ids import uuid7
from services.kit.pillar import Pillar
from smartcity.environment.v1 import events_pb2 as environment
from tests.fixtures.servers import NatsServer
from tests.governance.cases import Filed, file, state
from tests.governance.conftest import Governance
from tests.kit.conftest import within, working

ENVIRONMENT = Pillar(name="environment", migrations=Path("none"), publishes=(environment.DESCRIPTOR,))


async def _tell(client: Client, governance: Governance, message: Any) -> None:
    """Publishes an event as environment's relay does."""
    headers = events.headers(
        id=uuid7(),
        type=message.DESCRIPTOR.full_name,
        source=events.source("semarang", "environment"),
        time=governance.now,
        aggregate="cleanup-1",
        version=1,
        correlation="case-1",
        causation=None,
        exercise=False,
        traceparent=None,
    )
    await client.jetstream().publish(message.DESCRIPTOR.full_name, message.SerializeToString(), headers=headers)


async def _becomes(filed: Filed, wanted: str) -> None:
    async def reached() -> bool:
        return state(await filed.read()) == wanted

    await within(reached)


async def test_a_cleanup_told_on_the_bus_resolves_the_case(governance: Governance, nats: NatsServer) -> None:
    admin = await bus.connect(nats.url, nats.admin_seed, "admin")
    for name in ("governance", "environment"):
        await admin.request(f"$JS.API.STREAM.DELETE.{name}", b"")
    await streams.ensure(admin, list(pillars().values()))
    runtime = governance.runtime
    runtime.bus = await bus.connect(nats.url, nats.admin_seed, "governance")
    async with working(replace(PILLAR, timers=()), runtime):
        filed = await file(governance)
        await filed.transition("verify")
        await _tell(admin, governance, environment.CleanupDispatched(id="1", complaint=filed.code))
        await _becomes(filed, "in_progress")
        photo = await filed.evidence()
        done = environment.CleanupCompleted(id="1", complaint=filed.code, note="Sudah bersih", photos=[photo])
        await _tell(admin, governance, done)
        await _becomes(filed, "resolved")
        unsent = "SELECT count(*) = 0 FROM outbox WHERE published_at IS NULL"
        await within(lambda: runtime.pool.fetchval(unsent))
    told = await governance.events(filed.last.correlation_id)
    sent = await admin.jetstream().get_last_msg("governance", "smartcity.governance.v1.ComplaintResolved")
    resolved = next(row for row in told if row["type"].endswith("ComplaintResolved"))
    assert sent.headers is not None
    assert sent.headers["ce-id"] == str(resolved["id"])
    assert resolved["causation"] is not None
    await runtime.bus.close()
    await admin.close()
