"""Runs the process that lets devices in: any number of them side by side."""

import asyncio
import contextlib
import signal
import socket

import nkeys
import structlog

from observability import logging, metrics, process, semconv, telemetry
from services.environment.callout.known import Known
from services.environment.callout.porter import Porter
from services.environment.callout.settings import CalloutSettings
from services.kit import tasks
from services.kit.database.pool import connect_pool
from services.kit.events import bus
from services.kit.process.probes import Probes
from services.kit.signing import secret

NAME = "callout"
CONNECTIONS = 2


async def serve(settings: CalloutSettings, stop: asyncio.Event) -> None:
    """Answers until ``stop`` is set. Errors: ValueError that names the setting that is wrong."""
    derived_from = secret(settings.device_secret.get_secret_value(), "SMARTCITY_DEVICE_SECRET")
    issuer = nkeys.from_seed(settings.device_issuer.get_secret_value().encode())
    url, seed = settings.postgres_url.get_secret_value(), settings.nats_seed.get_secret_value()
    pool = await connect_pool(url, "environment", CONNECTIONS)
    connection = await bus.connect(settings.nats_url, seed, NAME, settings.nats_ca_file)
    porter = Porter(connection, Known(pool), derived_from, issuer)
    await porter.open()
    watching = asyncio.create_task(porter.watch())
    probes = Probes(settings.grpc_host, settings.health_port)
    metrics.observe(*semconv.DEVICES_REFUSED, porter.refused.told)
    async with process.watching(pool, NAME):
        await probes.serve()
        structlog.get_logger().info("serving")
        await tasks.go_on(stop, watching)
    await tasks.end(watching)
    await probes.stop()
    with contextlib.suppress(Exception):
        await connection.drain()
    await pool.close()


async def _main() -> None:
    settings = CalloutSettings()
    logging.configure(NAME, settings.log_level, settings.log_format)
    telemetry.configure(NAME, settings.version, settings.instance or socket.gethostname(), settings.otlp_endpoint, 0.0)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, stop)
    await asyncio.to_thread(telemetry.shutdown)


if __name__ == "__main__":
    import uvloop

    uvloop.run(_main())
