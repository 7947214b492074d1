"""A pump station with a device, and commands to it."""

import json
from dataclasses import dataclass
from typing import Any

from services.environment.ingest import hot
from services.environment.ingest.model import Arrived
from services.environment.pumps import actions
from services.kit.caller import Caller
from smartcity.environment.v1 import datastreams_pb2, things_pb2
from smartcity.environment.v1 import pumps_pb2 as pb
from tests.environment.conftest import DPU
from tests.environment.sensing import Sensing
from tests.governance.conftest import request_id

WHY = "Hujan deras di hulu, muka air naik."


@dataclass
class Pumping:
    """A pump station."""

    sensing: Sensing
    thing: things_pb2.Thing
    device: str
    password: str
    seq: int = 0

    @classmethod
    async def made(cls, sensing: Sensing, code: str = "") -> "Pumping":
        """A station with its two datastreams and one device."""
        thing = await station(sensing, code)
        await sensing.datastream(thing, least=-3.0)
        running = datastreams_pb2.OBSERVED_PROPERTY_PUMPS_RUNNING
        await sensing.datastream(thing, name="pumps", property=running, most=20.0)
        issued = await sensing.device(thing)
        return cls(sensing, thing, issued.device.id, issued.password)

    async def measure(self, level: float, running: int) -> None:
        """The device sends what it measures."""
        now = self.sensing.served.now
        at = int(now.timestamp() * 1000)
        series = [
            {"name": "level", "unit": "m", "readings": [[at, level]]},
            {"name": "pumps", "unit": "1", "readings": [[at, running]]},
        ]
        body = {"boot": 1, "seq": self.seq, "sent": at, "series": series}
        self.seq += 1
        async with self.sensing.served.runtime.transaction() as tx:
            await hot.take(tx, hot.Memory(), [Arrived(self.device, json.dumps(body).encode(), now)])

    async def switch(self, pumps: int = 2, caller: Caller = DPU, **fields: Any) -> pb.PumpCommand:
        """Tells it how many pumps are to run."""
        fields = {"request_id": request_id(), "id": self.thing.id, "pumps": pumps, "reason": WHY, **fields}
        made: pb.PumpCommand = (await self.sensing.call(pb.SwitchPumpsRequest(**fields), caller)).command
        return made

    async def log(self, caller: Caller = DPU) -> list[pb.PumpCommand]:
        """Its commands, the newest first."""
        return list((await self.sensing.call(pb.ListPumpCommandsRequest(id=self.thing.code), caller)).commands)

    async def read(self) -> pb.PumpStation:
        """The station as everybody sees it."""
        found: pb.PumpStation = (await self.sensing.call(pb.GetPumpRequest(id=self.thing.code))).station
        return found

    async def answer(self, command: pb.PumpCommand, *, done: bool = True, device: str = "", note: str = "") -> bool:
        """The device answers, as it is taken in."""
        body = json.dumps({"command": command.id, "done": done, "note": note}).encode()
        return await self.say(body, device)

    async def say(self, body: bytes, device: str = "") -> bool:
        """The device says anything."""
        async with self.sensing.served.runtime.transaction() as tx:
            return await actions.answered(tx, device or self.device, body)


async def station(sensing: Sensing, code: str = "", caller: Caller = DPU) -> things_pb2.Thing:
    """A pump station without anything."""
    return await sensing.thing(code, caller, kind=things_pb2.THING_KIND_PUMP_STATION, name="Rumah pompa")


def state(command: pb.PumpCommand) -> str:
    """The state's name in lower case."""
    return pb.PumpCommandState.Name(command.state).removeprefix("PUMP_COMMAND_STATE_").lower()
