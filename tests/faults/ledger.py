"""What must agree after any number of kills: acknowledged = rows = outbox = stream = effects, in order per case."""

import json
from collections import defaultdict
from typing import Any

from services.kit.events.envelope import decode
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2 as governance
from tests.fixtures.house import House, until

TYPES: dict[str, type[Any]] = {
    message.full_name: getattr(module, message.name)
    for module in (governance, environment)
    for message in module.DESCRIPTOR.message_types_by_name.values()
}
OPENED = environment.CleanupOpened.DESCRIPTOR.full_name
FILED = governance.ComplaintFiled.DESCRIPTOR.full_name
ASSIGNED = governance.ComplaintAssigned.DESCRIPTOR.full_name


async def at_rest(house: House, seconds: float = 180.0) -> None:
    """Waits until every event is published, delivered and acknowledged."""
    admin, bus = await house.database(), await house.nats()

    async def quiet() -> bool:
        for pillar in ("governance", "environment"):
            if await admin.fetchval(f"SELECT count(*) FROM {pillar}.outbox WHERE published_at IS NULL"):
                return False
        for stream, reader in (("governance", "environment"), ("environment", "governance")):
            info = json.loads((await bus.request(f"$JS.API.CONSUMER.INFO.{stream}.{reader}", b"")).data)
            if "error" in info or info["num_pending"] or info["num_ack_pending"]:
                return False
        return True

    try:
        await until(quiet, seconds, "every event published and consumed")
        await until(quiet, seconds, "and still")
    finally:
        await bus.close()
        await admin.close()


async def stream_events(house: House, stream: str) -> list[Any]:
    """Every event of a stream, in its order."""
    bus = await house.nats()
    try:
        info = json.loads((await bus.request(f"$JS.API.STREAM.INFO.{stream}", b"")).data)
        first, last = info["state"]["first_seq"], info["state"]["last_seq"]
        events = []
        for sequence in range(first, last + 1):
            ask = json.dumps({"seq": sequence}).encode()
            found = await bus.request(f"$JS.API.DIRECT.GET.{stream}", ask, timeout=10)
            events.append(decode(found.headers, found.data, TYPES))
        return events
    finally:
        await bus.close()


async def assert_agreement(house: House, filed: dict[str, str], verified: set[str]) -> None:
    """Everything that was acknowledged exists once everywhere, and nothing else exists."""
    admin = await house.database()
    try:
        rows = await admin.fetch("SELECT code FROM governance.complaint WHERE channel <> 'demo'")
        assert {row["code"] for row in rows} == set(filed)
        assert len(rows) == len(filed)
        for pillar in ("governance", "environment"):
            await _assert_stream_is_outbox(house, admin, pillar)
        cleanups = await admin.fetch("SELECT complaint, count(*) AS jobs FROM environment.cleanup GROUP BY 1")
        assert {row["complaint"]: row["jobs"] for row in cleanups} == dict.fromkeys(verified, 1)
        told = await admin.fetch(
            "SELECT c.code, count(*) AS told FROM governance.entry e"
            " JOIN governance.complaint c ON c.id = e.complaint_id WHERE e.type = $1 GROUP BY 1",
            OPENED,
        )
        assert {row["code"]: row["told"] for row in told} == dict.fromkeys(verified, 1)
        assert await admin.fetchval("SELECT count(*) FROM environment.dead_letter WHERE replayed_at IS NULL") == 0
        assert await admin.fetchval("SELECT count(*) FROM governance.dead_letter WHERE replayed_at IS NULL") == 0
    finally:
        await admin.close()


async def _assert_stream_is_outbox(house: House, admin: Any, pillar: str) -> None:
    outbox = await admin.fetch(f"SELECT id, aggregate, type FROM {pillar}.outbox ORDER BY position")
    streamed = await stream_events(house, pillar)
    assert len(streamed) == len(outbox), f"{pillar}: {len(streamed)} in the stream, {len(outbox)} in the outbox"
    written, published = defaultdict(list), defaultdict(list)
    for row in outbox:
        written[row["aggregate"]].append(row["id"])
    for event in streamed:
        published[event.aggregate].append(event.id)
    assert published == written, f"{pillar}: order or content differs"
    if pillar == "governance":
        assert len({row["aggregate"] for row in outbox if row["type"] == FILED}) == sum(
            r["type"] == FILED for r in outbox
        )
