"""A pile of waste on the real bus: governance and environment work side by side and talk in events alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from deploy import streams
from deploy.pillars import pillars
from services.environment.pillar import PILLAR
from services.governance.pillar import PILLAR as GOVERNANCE
from services.kit.events import bus
from smartcity.environment.v1 import cleanups_pb2 as pb
from tests.environment.conftest import NOTE, Environment, state
from tests.fixtures.servers import NatsServer
from tests.governance import cases
from tests.governance.cases import DLH, Filed, file
from tests.governance.conftest import ADMIN, VERIFIER, Governance
from tests.kit.conftest import within, working


@pytest.fixture
async def both(environment: Environment, governance: Governance, nats: NatsServer) -> AsyncIterator[None]:
    """Relays and consumers of both pillars at work, on fresh streams."""
    admin = await bus.connect(nats.url, nats.admin_seed, "admin")
    for name in ("governance", "environment"):
        await admin.request(f"$JS.API.STREAM.DELETE.{name}", b"")
    await streams.ensure(admin, list(pillars().values()))
    async with AsyncExitStack() as stack:
        for pillar, runtime in ((GOVERNANCE, governance.runtime), (PILLAR, environment.served.runtime)):
            runtime.bus = await bus.connect(nats.url, nats.admin_seed, pillar.name)
            stack.push_async_callback(runtime.bus.close)
            await stack.enter_async_context(working(replace(pillar, timers=()), runtime))
        yield
    await admin.close()


async def _job(environment: Environment, filed: Filed, wanted: str) -> pb.Cleanup:
    """The newest job of a case, once it is in the wanted state."""

    async def reached() -> Any:
        page = await environment.page(ADMIN, complaint=filed.code, states=[1, 2, 3, 4, 5])
        newest = max(page.cleanups, key=lambda job: int(job.etag), default=None)
        return newest if newest is not None and state(newest) == wanted else None

    found: pb.Cleanup = await within(reached)
    return found


async def _case(filed: Filed, wanted: str) -> None:
    """Waits until a case is in the wanted state."""

    async def reached() -> bool:
        filed.last = await filed.read()
        return cases.state(filed.last) == wanted

    await within(reached)


@pytest.mark.usefixtures("both")
async def test_waste_is_reported_cleaned_up_and_after_a_complaint_cleaned_up_again(
    environment: Environment, governance: Governance
) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    opened = await _job(environment, filed, "open")
    assert (opened.agency, opened.area.name, opened.due) == ("dlh", "Sekayu", filed.last.due.resolution)
    sent = await environment.move("Dispatch", opened)
    await _case(filed, "in_progress")
    photo = await filed.evidence(DLH)
    await environment.move("Complete", sent, photos=[photo])
    await _case(filed, "resolved")
    proof = [entry for entry in filed.last.timeline if entry.photos]
    assert [(entry.note, list(entry.photos)) for entry in proof] == [(NOTE, [photo])]

    await filed.act("Reopen", note="Masih banyak sampah di sana")
    again = await _job(environment, filed, "open")
    assert again.id != opened.id
    await filed.act("Withdraw")
    await _job(environment, filed, "cancelled")

    story = await environment.served.outbox()
    assert [row["type"].rpartition(".")[2] for row in story] == [
        "CleanupOpened", "CleanupDispatched", "CleanupCompleted", "CleanupOpened",
    ]  # fmt: skip
    assert {row["aggregate"] for row in story} == {filed.last.correlation_id}
    assert {row["correlation"] for row in story} == {filed.last.correlation_id}
    causes = {row["id"] for row in await governance.events(filed.last.correlation_id)}
    assert all(row["causation"] in causes for row in story if row["type"].endswith("Opened"))
    assert await environment.served.runtime.pool.fetchval("SELECT count(*) FROM dead_letter") == 0


@pytest.mark.usefixtures("both")
async def test_photos_that_governance_does_not_know_do_not_resolve_the_case(
    environment: Environment, governance: Governance
) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await environment.move("Complete", await _job(environment, filed, "open"))
    told = "smartcity.environment.v1.CleanupCompleted"

    async def known() -> bool:
        filed.last = await filed.read(VERIFIER)
        return filed.last.timeline[-1].type == told

    await within(known)
    assert cases.state(filed.last) == "assigned"
