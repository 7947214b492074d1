"""Reads what devices publish, as long as this process owns the job; ``reading.py`` says how."""

import asyncio

import structlog

from services.environment.broker import gauges, session
from services.environment.broker.reading import PAUSE_S, Reader
from services.environment.broker.session import BrokenError
from services.environment.devices import topics
from services.environment.ingest.model import MOST_BYTES
from services.environment.settings import EnvironmentSettings
from services.kit.certificates import nats_context
from services.kit.runtime import Runtime

USER = "reader"
CLIENT = "environment_reader"
"""Name of the session, the same in every process; no device can have it, since a device's is its own name."""
TOPICS = tuple(topics.topic("+", what) for what in topics.SAYS)

_log = structlog.get_logger()


def wanted(settings: EnvironmentSettings) -> bool:
    """Whether there is a broker to read from."""
    return bool(settings.mqtt_url)


async def read(runtime: Runtime) -> None:
    """Reads for ever; a connection that breaks is followed by another. Raises LeaseLostError."""
    settings: EnvironmentSettings = runtime.settings
    password, trust = settings.mqtt_password.get_secret_value(), nats_context(settings.nats_ca_file)
    reader, told = Reader(runtime), ""
    with gauges.watched() as behind:
        while True:
            try:
                connection = session.opened(settings.mqtt_url, USER, password, CLIENT, TOPICS, trust, MOST_BYTES)
                async with connection as broker:
                    told = ""
                    _log.info("reads devices")
                    behind.reads(broker)
                    while True:
                        await reader.next(broker)
            except BrokenError as error:
                behind.is_away()
                if str(error) != told:
                    told = str(error)
                    _log.warning("broker of devices not there", error=told)
            await asyncio.sleep(PAUSE_S)
