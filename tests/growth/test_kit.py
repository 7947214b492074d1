"""The kit's own work (relay, consumers, dead letters, leases, pruning, gauges), planned with a million of each row."""

from pathlib import Path

from services.kit.database import maintenance
from services.kit.process.watching import _of_kit
from tests.growth.judging import KIT_SMALL, judge
from tests.growth.recording import Recorder
from tests.kit.conftest import World, reader
from tests.kit.events import test_events_flow as flow

UNRUN = {
    "idempotency.py": "run by every pillar, and planned there",
    "table.py": "run by every pillar, and planned there",
    "aside.py": "run by the pillars that are told over MQTT, and planned there",
    "asked.py": "run by the pillars that send mails, and planned there",
    "followers.py": "run by the pillars that send mails, and planned there",
    "queue.py": "run by the pillars that send mails, and planned there",
    "personal.py": "run by every pillar, and planned there",
    "counters.py": "run by the pillars that count, and planned there",
    "city.py": "one row, asked for once for each start",
    "migrate.py": "asks the catalogue, once for each start",
    "filling.py": "run by migrations, beside those who write",
}
ALLOWED = {
    "FROM environment.effect": "the test itself asks",
    "FROM governance.outbox": "the test itself asks",
}


async def test_no_statement_of_the_kit_grows_with_its_tables(world: World, recorder: Recorder) -> None:
    for case in (
        flow.test_a_batch_published_but_not_marked_is_found_in_the_stream_and_not_sent_again,
        flow.test_a_lost_stream_is_filled_again_and_effects_stay_single,
        flow.test_a_replay_that_fails_again_keeps_its_followers_waiting,
        flow.test_a_poison_event_is_parked_with_its_followers_and_replayed_in_order,
    ):
        for name in ("governance", "environment"):
            await world.schema(name)
        await case(world)
    runtime = await world.runtime("environment")
    await maintenance.prune(runtime)
    for gauges in _of_kit(reader(flow.write), runtime):
        await gauges.read(runtime)
    await judge(
        recorder, Path("services/kit"), world.admin, "environment", small=KIT_SMALL, unrun=UNRUN, allowed=ALLOWED
    )
