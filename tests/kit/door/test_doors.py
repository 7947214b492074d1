"""Several doors at one NATS: whoever comes is let in by their own, into an account of their own."""

from pathlib import Path

import nkeys

from deploy.doors import DOORS
from services.environment.devices.door import DOOR as DEVICES
from services.kit.door.door import CALLOUT, Door
from services.kit.door.porter import Porter, open_doors
from services.kit.events import bus
from services.living.vehicles.door import DOOR as VEHICLES
from tests.environment.broker.door import Device, open_door

SECRETS = {DEVICES: b"d" * 32, VEHICLES: b"v" * 32}


class Everybody:
    """A registry that knows all names."""

    async def generation(self, _: str) -> int:
        """Of the first password."""
        return 1


async def test_each_name_is_answered_by_its_own_door(tmp_path: Path) -> None:
    """With its door's secret alone; what one hears the other does not; a name of no door is a stranger's."""
    with open_door(tmp_path) as town:
        assert town.server.devices is not None
        for door in DOORS:
            password = town.server.devices.readers[door.reader]
            reader = Device(door.reader, password, town.port, client_id=f"{door.pillar}_reader", clean=False)
            await reader.connect()
            assert [await reader.subscribe(topic) for topic in door.topics.read] == [True] * len(door.topics.read)
            for other in DOORS:
                if other is not door:
                    assert not await reader.subscribe(other.topics.read[0])
            await reader.leave()
        connection = await bus.connect(town.server.url, town.seeds[CALLOUT], CALLOUT)
        issuer = nkeys.from_seed(town.issuer.encode())
        await open_doors(connection, [Porter(connection, door, Everybody(), SECRETS[door], issuer) for door in DOORS])  # type: ignore[arg-type]

        async def comes(name: str, door: Door, derived_from: bytes) -> str:
            one = Device(name, door.password(derived_from, "satu", 1), town.port)
            answer = await one.connect()
            await one.leave()
            return answer

        assert await comes("satu", DEVICES, SECRETS[DEVICES]) == "Success"
        assert await comes("vehicles/satu", VEHICLES, SECRETS[VEHICLES]) == "Success"
        for name, door, derived_from in (
            ("satu", VEHICLES, SECRETS[VEHICLES]),
            ("vehicles/satu", DEVICES, SECRETS[DEVICES]),
            ("vehicles/satu", VEHICLES, SECRETS[DEVICES]),
            ("nowhere/satu", DEVICES, SECRETS[DEVICES]),
        ):
            assert await comes(name, door, derived_from) == "Not authorized", (name, door.kind)
        await connection.close()
