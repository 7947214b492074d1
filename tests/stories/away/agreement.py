"""What must agree when a story is over, whoever was away: outboxes, streams, readers, dead letters and books."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from tests.faults.books import faults
from tests.fixtures.house import House, until

PILLARS = ("governance", "economy", "living", "environment", "society", "branding")


async def at_rest(house: House, seconds: float) -> None:
    """Waits until every event is published, and acknowledged by everybody who reads it."""
    admin, bus = await house.database(), await house.nats()

    async def quiet() -> bool:
        unsent = [await admin.fetchval(_UNSENT.format(pillar)) for pillar in PILLARS]
        return not any(unsent) and not any(one["num_pending"] + one["num_ack_pending"] for one in await _readers(bus))

    try:
        await until(quiet, seconds, "every event published and read")
    finally:
        await bus.close()
        await admin.close()


async def differences(house: House) -> list[str]:
    """What does not agree, in words: nothing is lost, nothing there twice, nothing overtaken within an aggregate."""
    admin, bus = await house.database(), await house.nats()
    found = []
    try:
        for pillar in PILLARS:
            written, published = defaultdict(list), defaultdict(list)
            for row in await admin.fetch(_WRITTEN.format(pillar)):
                written[row["aggregate"]].append(row["id"])
            for aggregate, id_ in await _published(bus, pillar):
                published[aggregate].append(id_)
            other = [each for each in written | published if written[each] != published[each]]
            found += [f"{pillar}: {each} in the outbox and the stream" for each in other]
            dead = await admin.fetchval(_DEAD.format(pillar))
            found += [f"{pillar}: {dead} dead letters"] if dead else []
        return found + await faults(admin)
    finally:
        await bus.close()
        await admin.close()


_UNSENT = "SELECT count(*) FROM {}.outbox WHERE published_at IS NULL"
_WRITTEN = "SELECT id, aggregate FROM {}.outbox ORDER BY position"
_DEAD = "SELECT count(*) FROM {}.dead_letter WHERE replayed_at IS NULL"


async def _readers(bus: Any) -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for pillar in PILLARS:
        told = await _asked(bus, f"$JS.API.CONSUMER.LIST.{pillar}", {"offset": 0})
        found += told["consumers"] or []
    return found


async def _published(bus: Any, stream: str) -> list[tuple[str, UUID]]:
    """Aggregate and id of what a stream holds, in its order."""
    state = (await _asked(bus, f"$JS.API.STREAM.INFO.{stream}", {}))["state"]
    found = []
    for sequence in range(max(1, state["first_seq"]), state["last_seq"] + 1):
        ask = json.dumps({"seq": sequence}).encode()
        head = (await bus.request(f"$JS.API.DIRECT.GET.{stream}", ask, timeout=10)).headers
        found.append((unquote(head["ce-subject"]), UUID(head["ce-id"])))
    return found


async def _asked(bus: Any, subject: str, body: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((await bus.request(subject, json.dumps(body).encode(), timeout=10)).data)
    assert "error" not in told, told
    return told
