"""What a pillar's process looks at every ten seconds: outbox, consumers, dead letters, jobs, its own counts.

Every process reads all of it, and no lease is needed: what no process does is just what must be seen. All processes of
a service therefore report the same facts, and whoever adds up takes ``max by (service_name)``. A value that could not
be read for a minute is not reported any more: alerts about it see nothing, so each process also says since when.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import structlog

from observability import metrics, process, semconv
from observability.semconv import Metric
from services.kit import tasks
from services.kit.events.bus import ANSWER_S
from services.kit.events.consumers import carriers
from services.kit.gauges import Gauges, Reading, Readings
from services.kit.pillar import Pillar
from services.kit.runtime import Runtime
from services.kit.subjects import publisher

EVERY_S = 10.0
FRESH_S = 60.0

# The last published row is looked for among the newest thousand. The number stands in the statement, since for a LIMIT
# that is not known the planner expects a tenth of the table, and may read all of it.
_RECORD = """
SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unsent,
       (SELECT extract(epoch FROM clock_timestamp() - recorded_at)::float8
          FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT 1) AS age,
       (SELECT extract(epoch FROM clock_timestamp() - max(published_at))::float8
          FROM (SELECT published_at FROM outbox ORDER BY position DESC LIMIT 1000) AS newest) AS published_age,
       (SELECT count(*) FROM dead_letter WHERE replayed_at IS NULL AND state = 'poison') AS poison,
       (SELECT count(*) FROM dead_letter WHERE replayed_at IS NULL AND state = 'parked') AS parked,
       ARRAY(SELECT name FROM lease WHERE owner = $1 AND expires_at > clock_timestamp()) AS held
"""

_log = structlog.get_logger()


@asynccontextmanager
async def watching(pillar: Pillar, runtime: Runtime) -> AsyncIterator[None]:
    """Reads the gauges of the kit and of the pillar, and watches the process, until the block ends."""
    for name in pillar.types_out():
        metrics.count(*semconv.EVENTS_RECORDED, 0, {semconv.EVENT_TYPE: name, semconv.EXERCISE: False})
    kept = (*_of_kit(pillar, runtime), *pillar.gauges)
    read_at = {each.of[0].name: time.monotonic() for each in kept}
    """When each was last read, by the first of its gauges."""

    def unread() -> Iterable[Reading]:
        return [(time.monotonic() - at, {semconv.GAUGES: name}) for name, at in read_at.copy().items()]

    metrics.observe(*semconv.GAUGES_UNREAD, unread)
    async with process.watching(runtime.pool, pillar.name):
        keepers = [asyncio.create_task(_keep(each, runtime, read_at)) for each in kept]
        try:
            yield
        finally:
            await tasks.end(*keepers)


async def _keep(gauges: Gauges, runtime: Runtime, read_at: dict[str, float]) -> None:
    """Reads for ever; an outage is logged once."""
    board: dict[Metric, tuple[float, list[Reading]]] = {}

    def report(metric: Metric) -> Callable[[], Iterable[Reading]]:
        def read() -> Iterable[Reading]:
            at, values = board.get(metric, (0.0, []))
            return values if time.monotonic() - at < FRESH_S else []

        return read

    for metric in gauges.of:
        metrics.observe(*metric, report(metric))
    told = False
    while True:
        try:
            async with asyncio.timeout(EVERY_S):
                found = await gauges.read(runtime)
            at = read_at[gauges.of[0].name] = time.monotonic()
            board.update({metric: (at, list(values)) for metric, values in found.items()})
            told = False
        except Exception as error:
            if not told:
                _log.warning("gauges not read", gauges=[metric.name for metric in gauges.of], error=repr(error))
            told = True
        await asyncio.sleep(EVERY_S)


def _of_kit(pillar: Pillar, runtime: Runtime) -> list[Gauges]:
    streams = _Streams(pillar)
    outbox = (semconv.OUTBOX_UNSENT, semconv.OUTBOX_AGE, semconv.PUBLISHED_AGE)
    kept = [Gauges((*outbox, semconv.DEAD_LETTERS, semconv.LEASE_HELD), streams.record)]
    if pillar.reactions:
        kept.append(Gauges((semconv.CONSUMER_LAG, semconv.CONSUMER_STALLED), streams.consumers))
    return kept


class _Streams:
    """What is known of the pillar's own outbox, and of its consumers on the streams it reacts to."""

    def __init__(self, pillar: Pillar) -> None:
        self._pillar = pillar
        types = pillar.types_in()
        self._shared = [name for name in types if publisher(name) is None]
        self._streams = {one for name in types if (one := publisher(name)) is not None}
        self._floors: dict[str, tuple[int, float]] = {}
        """Up to where each stream was handled, and since when nothing more."""
        self._missing: dict[str, float] = {}
        """Since when a consumer that should be there is not, or the server does not answer for it."""

    async def record(self, runtime: Runtime) -> Readings:
        """What the pillar's own schema tells."""
        row = await runtime.pool.fetchrow(_RECORD, runtime.owner)
        assert row is not None
        jobs = ["timers", *(["relay"] if self._pillar.publishes else []), *(f"consumer:{one}" for one in self._streams)]
        jobs += [f"job:{job.name}" for job in self._pillar.jobs if job.wanted(runtime.settings)]
        published: list[Reading] = [] if row["published_age"] is None else [(row["published_age"], {})]
        return {
            semconv.OUTBOX_UNSENT: [(row["unsent"], {})],
            semconv.OUTBOX_AGE: [(row["age"] or 0.0, {})],
            semconv.PUBLISHED_AGE: published,
            semconv.DEAD_LETTERS: [(row[state], {semconv.STATE: state}) for state in ("poison", "parked")],
            semconv.LEASE_HELD: [(job in row["held"], {semconv.LEASE: job}) for job in sorted(jobs)],
        }

    async def consumers(self, runtime: Runtime) -> Readings:
        """What the server tells of the pillar's consumers; nothing before it is there.

        A stream of which it tells nothing, unlike of the others, counts as one that stands still, and hides no other.
        Raises what the bus raised where it tells of none.
        """
        if runtime.bus is None:
            return {semconv.CONSUMER_LAG: [], semconv.CONSUMER_STALLED: []}
        for name in self._shared:
            self._streams |= set(await carriers(runtime.bus, name))
        told = [(stream, info) for stream, info in (await self._infos(runtime)).items() if info is not None]
        waiting = {stream: int(info["num_pending"]) + int(info["num_ack_pending"]) for stream, info in told}
        stalled = {stream: self._stalled(stream, int(info["ack_floor"]["stream_seq"])) for stream, info in told}
        lost = [(time.monotonic() - since, {semconv.STREAM: stream}) for stream, since in self._missing.items()]
        return {
            semconv.CONSUMER_LAG: [(lag, {semconv.STREAM: stream}) for stream, lag in waiting.items()],
            semconv.CONSUMER_STALLED: [
                *(
                    (seconds if waiting[stream] else 0.0, {semconv.STREAM: stream})
                    for stream, seconds in stalled.items()
                ),
                *lost,
            ],
        }

    async def _infos(self, runtime: Runtime) -> dict[str, dict[str, Any] | None]:
        """The states of all consumers, asked for at once: those that are slow take no time of the others."""
        streams = sorted(self._streams)
        answers = await asyncio.gather(*(self._info(runtime, one) for one in streams), return_exceptions=True)
        silent = {one: each for one, each in zip(streams, answers, strict=True) if isinstance(each, BaseException)}
        if silent and len(silent) == len(streams):
            raise next(iter(silent.values()))
        for stream, error in silent.items():
            if stream not in self._missing:
                self._missing[stream] = time.monotonic()
                _log.warning("no answer about a consumer", stream=stream, error=repr(error))
        return {
            one: None if isinstance(each, BaseException) else each for one, each in zip(streams, answers, strict=True)
        }

    async def _info(self, runtime: Runtime, stream: str) -> dict[str, Any] | None:
        """The state of the consumer on a stream; None while there is none, which handles nothing either."""
        assert runtime.bus is not None
        subject = f"$JS.API.CONSUMER.INFO.{stream}.{runtime.pillar}"
        answer: dict[str, Any] = json.loads((await runtime.bus.request(subject, b"", timeout=ANSWER_S)).data)
        if "error" in answer:
            self._floors.pop(stream, None)
            self._missing.setdefault(stream, time.monotonic())
            return None
        self._missing.pop(stream, None)
        if not int(answer["num_pending"]) + int(answer["num_ack_pending"]):
            self._floors.pop(stream, None)
        return answer

    def _stalled(self, stream: str, floor: int) -> float:
        """Seconds for which the floor has not moved, as far as this process has seen."""
        known, since = self._floors.get(stream, (-1, 0.0))
        if floor != known:
            since = time.monotonic()
            self._floors[stream] = (floor, since)
        return time.monotonic() - since
