"""A fleet of gauges that send, as many readings as a test wants, and the same rows for PostgreSQL alone."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from services.environment.ingest import hot
from services.environment.ingest.model import Arrived, Outcome
from services.environment.observations import actions as observations
from services.environment.pillar import PILLAR
from tests.fixtures.pillars import Served, own_database, standing

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
"""A Wednesday, within a full hour."""
SERIES, READINGS = 1, 50
"""Of a message."""
PERIOD_MS = 1_000

_FLEET = """
INSERT INTO thing (id, version, code, kind, name, agency, area, lon, lat, created_at, updated_at)
SELECT gen_random_uuid(), 1, 'duga-' || n, 'river_gauge', 'Duga', 'dpu', '33.74.01.1007', 110.4, -7, $2, $2
  FROM generate_series(1, $1::integer) AS n;
"""
_STREAMS = """
INSERT INTO datastream (id, number, version, thing, name, property, sensor, feature, least, most, period, created_at,
                        updated_at)
SELECT gen_random_uuid(), nextval('datastream_number'), 1, id, 'level', 'water_level', 'Radar', 'Kali', 0, 10, 1, $1, $1
  FROM thing
"""
_DEVICES = """
INSERT INTO device (id, version, thing, agency, generation, created_at, updated_at)
SELECT code, 1, id, 'dpu', 1, $1, $1 FROM thing
"""
# As the city's own gauges: three levels, a rate and a stuck value; silence is the timer's.
_RULES = """
INSERT INTO rule (id, version, datastream, thing, name, kind, clock, bound, below, hysteresis, dwell, calm, span,
                  paused, reason, by, made_up, source, created_at, updated_at)
SELECT gen_random_uuid(), 1, datastream.number, datastream.thing, said.name, said.kind, 'phenomenon', said.bound, false,
       said.hysteresis, said.dwell, 600, said.span, false, '', '', true, '', $1, $1
  FROM datastream, (VALUES ('waspada', 'threshold', 7.5, 0.05, 60, 0), ('siaga', 'threshold', 7.7, 0.05, 60, 0),
       ('awas', 'threshold', 7.8, 0.05, 60, 0), ('naik-cepat', 'rate', 9.0, 0.1, 0, 900),
       ('macet', 'stuck', 0, 0, 0, 3600)) AS said (name, kind, bound, hysteresis, dwell, span)
"""


@dataclass
class Fleet:
    """Gauges that send in turn, each a message of readings one after another."""

    served: Served
    size: int
    memory: hot.Memory = field(default_factory=hot.Memory)
    sent: int = 0
    random: Random = field(default_factory=lambda: Random(1))

    @property
    def admin(self) -> Any:
        """A connection that may do anything."""
        return self.served.admin

    def messages(self, count: int) -> list[Arrived]:
        """The next messages of the fleet."""
        made = []
        for _ in range(count):
            turn, device = divmod(self.sent, self.size)
            self.sent += 1
            first = self._first(turn)
            level = 2 + self.random.random()
            readings = [(first + place * PERIOD_MS, level + place * 0.01) for place in range(READINGS)]
            series = [{"name": "level", "unit": "m", "readings": readings}]
            body = {"boot": 1, "seq": turn, "sent": first, "series": series}
            made.append(Arrived(f"duga-{device + 1}", msgspec.json.encode(body), self.served.now))
        return made

    def _first(self, turn: int) -> int:
        """In milliseconds: a turn of the fleet is as long as its readings."""
        return int(NOW.timestamp() * 1000) + turn * READINGS * PERIOD_MS

    async def take(self, messages: list[Arrived]) -> None:
        """Takes a batch in; the clock goes on with what it measured."""
        self.served.now = NOW + timedelta(seconds=(self.sent // self.size + 1) * READINGS * PERIOD_MS / 1000)
        async with self.served.runtime.transaction() as tx:
            verdicts = await hot.take(tx, self.memory, messages)
        assert set(verdicts) == {Outcome.STORED}

    async def rate(self, batches: list[list[Arrived]]) -> float:
        """Readings per second."""
        began = time.perf_counter()
        for batch in batches:
            await self.take(batch)
        return sum(map(len, batches)) * SERIES * READINGS / (time.perf_counter() - began)


@asynccontextmanager
async def fleet(postgres: str, size: int, *, rules: bool = True) -> AsyncIterator[Fleet]:
    """A pillar of its own with that many gauges, each with one datastream and one device."""
    url = await own_database(postgres, PILLAR)
    async with standing(PILLAR, url) as stand, stand.fresh(NOW) as served:
        # Each rule alone would count the registry on: fifty thousand times in one transaction.
        await served.admin.execute("ALTER TABLE environment.rule DISABLE TRIGGER USER")
        for statement in (_FLEET, _STREAMS, _DEVICES, *((_RULES,) if rules else ())):
            args = (size, NOW) if statement is _FLEET else (NOW,)
            await served.admin.execute("SET search_path = environment")
            await served.admin.execute(statement.strip().rstrip(";"), *args)
        await served.admin.execute("ALTER TABLE rule ENABLE TRIGGER USER")
        await served.admin.execute("ANALYZE thing, datastream, device, rule")
        async with served.runtime.transaction() as tx:
            await observations.make_room(tx)
        try:
            yield Fleet(served, size)
        finally:
            await served.admin.execute("TRUNCATE observation, latest, hour")
