"""Which vehicles come in over MQTT.

Devices have plain names there, so a vehicle's begins with its topics' root, and a slash, which no device can have.
"""

from services.kit.door.door import Door
from services.living.vehicles.topics import POSITIONS, TOPICS

DOOR = Door(
    pillar="living",
    kind="vehicle",
    topics=TOPICS,
    listens=POSITIONS,
    edition="SELECT edition FROM vehicle_edition",
    generations="""
SELECT id, generation FROM vehicle
 WHERE id = ANY($1) AND generation > 0 AND revoked_at IS NULL AND retired_at IS NULL
""",
    tables=("vehicle", "vehicle_edition"),
    reader="vehicle-reader",
    prefix=f"{TOPICS.root}/",
)


def user(vehicle: str) -> str:
    """By what name a vehicle comes in, as its user and its client id."""
    return f"{DOOR.prefix}{vehicle}"
