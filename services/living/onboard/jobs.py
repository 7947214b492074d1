"""Reads what vehicles publish, as long as this process owns the job; ``kit/mqtt/reading.py`` says how."""

from observability import semconv
from services.kit.certificates import nats_context
from services.kit.mqtt import reading
from services.kit.mqtt.reading import Broker, Reader
from services.kit.runtime import Runtime
from services.living.onboard.model import MOST_BYTES
from services.living.onboard.reading import Inbox
from services.living.settings import LivingSettings
from services.living.vehicles.door import DOOR

CLIENT = "living_reader"


def wanted(settings: LivingSettings) -> bool:
    """Whether there is a broker to read from."""
    return bool(settings.mqtt_url)


async def read(runtime: Runtime) -> None:
    """Reads for ever. Raises LeaseLostError."""
    settings: LivingSettings = runtime.settings
    password, trust = settings.mqtt_password.get_secret_value(), nats_context(settings.nats_ca_file)
    broker = Broker(settings.mqtt_url, DOOR.reader, password, CLIENT, trust, MOST_BYTES)
    await reading.read(Reader(runtime, DOOR.topics, Inbox()), broker, semconv.POSITIONS_UNREAD_AGE)
