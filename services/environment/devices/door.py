"""Which devices come in over MQTT."""

from services.environment.devices.topics import OBSERVATIONS, TOPICS
from services.kit.door.door import Door

DOOR = Door(
    pillar="environment",
    kind="device",
    topics=TOPICS,
    listens=OBSERVATIONS,
    edition="SELECT devices FROM registry",
    generations="""
SELECT device.id, device.generation FROM device JOIN thing ON thing.id = device.thing
 WHERE device.id = ANY($1) AND device.revoked_at IS NULL AND NOT thing.retired
""",
    tables=("device", "thing", "registry"),
    reader="reader",
)
