"""Reads what devices publish, as long as this process owns the job; ``kit/mqtt/reading.py`` says how."""

from observability import semconv
from services.environment.broker.reading import Inbox
from services.environment.devices.door import DOOR
from services.environment.ingest.model import MOST_BYTES
from services.environment.settings import EnvironmentSettings
from services.kit.certificates import nats_context
from services.kit.mqtt import reading
from services.kit.mqtt.reading import Broker, Reader
from services.kit.runtime import Runtime

CLIENT = "environment_reader"


def wanted(settings: EnvironmentSettings) -> bool:
    """Whether there is a broker to read from."""
    return bool(settings.mqtt_url)


async def read(runtime: Runtime) -> None:
    """Reads for ever. Raises LeaseLostError."""
    settings: EnvironmentSettings = runtime.settings
    password, trust = settings.mqtt_password.get_secret_value(), nats_context(settings.nats_ca_file)
    broker = Broker(settings.mqtt_url, DOOR.reader, password, CLIENT, trust, MOST_BYTES)
    await reading.read(Reader(runtime, DOOR.topics, Inbox()), broker, semconv.DEVICES_UNREAD_AGE)
