"""Runs the process that lets in whoever comes over MQTT: any number of them side by side."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterable

import nkeys
import structlog

from deploy.callout.settings import CalloutSettings
from deploy.doors import DOORS
from observability import logging, metrics, process, semconv, telemetry
from services.kit import tasks
from services.kit.database.pool import connect_pool
from services.kit.door.door import CALLOUT, Door
from services.kit.door.known import Known
from services.kit.door.porter import Porter, open_doors
from services.kit.events import bus
from services.kit.process.probes import Probes
from services.kit.signing import secret

CONNECTIONS = 2
"""To the database, of each door."""


async def serve(settings: CalloutSettings, stop: asyncio.Event) -> None:
    """Answers until ``stop`` is set. Errors: ValueError that names the setting that is wrong."""
    secrets = {door: secret(given, name) for door, given, name in _open(settings)}
    issuer = nkeys.from_seed(settings.device_issuer.get_secret_value().encode())
    url, seed = settings.postgres_url.get_secret_value(), settings.nats_seed.get_secret_value()
    pools = {door: await connect_pool(url, door.pillar, CONNECTIONS) for door in secrets}
    connection = await bus.connect(settings.nats_url, seed, CALLOUT, settings.nats_ca_file)
    porters = [
        Porter(connection, door, Known(pools[door], door), derived_from, issuer)
        for door, derived_from in secrets.items()
    ]
    await open_doors(connection, porters)
    watching = [asyncio.create_task(porter.watch()) for porter in porters]
    probes = Probes(settings.grpc_host, settings.health_port)
    metrics.observe(*semconv.DEVICES_REFUSED, lambda: refused(porters))
    async with process.watching(pools[DOORS[0]], CALLOUT):
        await probes.serve()
        structlog.get_logger().info("serving")
        await tasks.go_on(stop, *watching)
    for each in watching:
        await tasks.end(each)
    await probes.stop()
    with contextlib.suppress(Exception):
        await connection.drain()
    for pool in pools.values():
        await pool.close()


def refused(porters: Iterable[Porter]) -> list[tuple[float, metrics.Attributes]]:
    """Who was refused lately, by door and reason."""
    return [
        (count, {**about, semconv.DOOR: porter.door.topics.root})
        for porter in porters
        for count, about in porter.refused.told()
    ]


def _open(settings: CalloutSettings) -> list[tuple[Door, str, str]]:
    """The doors that there is a secret for: the first always, with what passwords are derived from and its setting."""
    given = {"device": settings.device_secret, "vehicle": settings.vehicle_secret}
    named = [(door, given[door.kind].get_secret_value(), f"SMARTCITY_{door.kind.upper()}_SECRET") for door in DOORS]
    return [each for each in named if each[1] or each[0] is DOORS[0]]


async def _main() -> None:
    settings = CalloutSettings()
    logging.configure(CALLOUT, settings.log_level, settings.log_format)
    instance = settings.instance or socket.gethostname()
    telemetry.configure(CALLOUT, settings.version, instance, settings.otlp_endpoint, 0.0)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, stop)
    await asyncio.to_thread(telemetry.shutdown)


if __name__ == "__main__":
    import uvloop

    uvloop.run(_main())
