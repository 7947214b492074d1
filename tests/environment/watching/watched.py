"""A gauge whose readings are held to rules, as tests use it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.environment.ingest import hot
from services.environment.ingest.model import Arrived
from services.environment.watching import timers
from smartcity.environment.v1 import alarms_pb2, datastreams_pb2, rules_pb2
from tests.environment.conftest import DPU
from tests.environment.sensing import Sensing
from tests.governance.conftest import request_id

WHY = "Ambang menurut posko banjir."
LEVEL = {"limit": 1.7, "hysteresis": 0.1}


def terms(**fields: Any) -> rules_pb2.RuleTerms:
    """Terms by the phenomenon's clock unless they say otherwise."""
    return rules_pb2.RuleTerms(**{"clock": rules_pb2.RULE_CLOCK_PHENOMENON, **fields})


@dataclass
class Watched:
    """One process that takes the messages of one gauge in; a reading each minute."""

    sensing: Sensing
    datastream: datastreams_pb2.Datastream
    device: str
    memory: hot.Memory = field(default_factory=hot.Memory)
    seq: int = 0

    @classmethod
    async def made(cls, sensing: Sensing, **fields: Any) -> "Watched":
        """A gauge with one device."""
        thing = await sensing.thing()
        datastream = await sensing.datastream(thing, **fields)
        return cls(sensing, datastream, (await sensing.device(thing)).device.id)

    async def rule(self, kind: str = "threshold", name: str = "siaga", **fields: Any) -> rules_pb2.Rule:
        """A rule of the gauge; terms beside its name."""
        paused = fields.pop("paused", False)
        request = rules_pb2.AddRuleRequest(
            request_id=request_id(),
            datastream=self.datastream.id,
            name=name,
            kind=rules_pb2.RuleKind.Value(f"RULE_KIND_{kind.upper()}"),
            terms=terms(**(fields or LEVEL)),
            paused=paused,
            reason=WHY,
        )
        made: rules_pb2.Rule = (await self.sensing.call(request)).rule
        return made

    async def change(self, rule: rules_pb2.Rule, *, paused: bool = False, **fields: Any) -> rules_pb2.Rule:
        """The rule with other terms."""
        said = terms(**fields) if fields else rule.terms
        request = rules_pb2.ChangeRuleRequest(
            request_id=request_id(), id=rule.id, etag=rule.etag, terms=said, paused=paused, reason=WHY
        )
        made: rules_pb2.Rule = (await self.sensing.call(request)).rule
        return made

    async def measure(self, *values: float, minutes: int = 1) -> None:
        """A message for each value, one after another."""
        for value in values:
            self.sensing.served.pass_time(minutes=minutes)
            await self.take([(0, value)])

    async def take(self, readings: Sequence[tuple[int, float]]) -> None:
        """One message with readings that were measured so many seconds ago."""
        now = self.sensing.served.now
        sent = [[int((now - timedelta(seconds=ago)).timestamp() * 1000), value] for ago, value in readings]
        series = {"name": self.datastream.name, "unit": self.datastream.unit, "readings": sent}
        body = {"boot": 1, "seq": self.seq, "sent": 0, "series": [series]}
        self.seq += 1
        async with self.sensing.served.runtime.transaction() as tx:
            await hot.take(tx, self.memory, [Arrived(self.device, json.dumps(body).encode(), now)])

    def taken_over(self) -> None:
        """Another process takes messages in from now on."""
        self.memory = hot.Memory()

    async def listen(self, **time: int) -> None:
        """Time passes, and the timer looks for silence."""
        self.sensing.served.pass_time(**time)
        await timers.listen(self.sensing.served.runtime)

    async def latest(self) -> float:
        """The latest value of the gauge."""
        made = await self.sensing.call(datastreams_pb2.GetDatastreamRequest(id=self.datastream.id))
        value: float = made.datastream.latest.value
        return value

    async def alarms(self, **wanted: Any) -> list[alarms_pb2.Alarm]:
        """Alarms, those that are open first."""
        answer = await self.sensing.call(alarms_pb2.ListAlarmsRequest(**wanted), DPU)
        return list(answer.alarms)

    async def turns(self) -> list[str]:
        """Events of alarms so far."""
        return [name.removeprefix("Alarm") for name in await self.sensing.emitted() if name.startswith("Alarm")]
