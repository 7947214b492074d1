"""The process of a pillar: serves, does its leased jobs, drains and stops."""

import asyncio
import contextlib
import signal
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import grpc.aio
import structlog

from observability import logging, telemetry
from services.kit import holding, tasks
from services.kit.caller import Verifier
from services.kit.certificates import server_credentials, watch_file
from services.kit.database.lease import Lease, Leases
from services.kit.events import bus, consumers
from services.kit.events.consumer import Handler
from services.kit.events.relay import Relay
from services.kit.pillar import Job, Pillar
from services.kit.process import flags, ticking, watching
from services.kit.process.garbage import settle
from services.kit.process.probes import Probes
from services.kit.rpc import contract
from services.kit.rpc import serving as rpc
from services.kit.rpc.server import Guard, build_server
from services.kit.runtime import Runtime, open_runtime

GRACE_S = 5.0

_log = structlog.get_logger()


@dataclass
class Running:
    """A pillar at work in this process."""

    pillar: Pillar
    runtime: Runtime
    server: grpc.aio.Server
    port: int
    leases: Leases
    jobs: list[asyncio.Task[None]] = field(default_factory=list)

    async def stop(self) -> None:
        """Refuses new calls, finishes those under way, hands leases over."""
        await self.server.stop(GRACE_S)
        await tasks.end(*self.jobs)


@contextlib.asynccontextmanager
async def running(pillar: Pillar, runtime: Runtime) -> Any:
    """Serves a pillar on ``runtime`` until the block ends; the server listens before the block begins."""
    settings = runtime.settings
    served = pillar.served()
    async with contextlib.AsyncExitStack() as stack:
        if pillar.prepare is not None:
            runtime.extra = await stack.enter_async_context(pillar.prepare(runtime))
        guard = Guard(pillar.name, Verifier(settings.assertion_keys, pillar.name), contract.access(served))
        address = f"{settings.grpc_host}:{settings.grpc_port}"
        names = [service.full_name for service in served]
        server, port = build_server(guard, names, address, server_credentials(settings))
        server.add_generic_rpc_handlers(tuple(rpc.generic_handler(*each, runtime) for each in served.items()))
        watch_file(pillar.name, settings.grpc_certificate_file)
        stack.enter_context(holding.watched())
        await server.start()
        work = Running(pillar, runtime, server, port, Leases(runtime))
        work.jobs = [asyncio.create_task(job) for job in _jobs(pillar, runtime, work.leases)]
        try:
            yield work
        finally:
            await work.stop()


def _jobs(pillar: Pillar, runtime: Runtime, leases: Leases) -> list[Any]:
    """The leased jobs: timers, the pillar's own, relay, consumers."""
    jobs: list[Any] = [leases.hold("timers", partial(ticking.run, pillar, runtime))]
    own = [job for job in pillar.jobs if job.wanted(runtime.settings)]
    jobs += [leases.hold(f"job:{job.name}", partial(_own, job, runtime)) for job in own]
    return jobs if runtime.bus is None else [*jobs, *_jobs_of_events(pillar, runtime, leases)]


def _jobs_of_events(pillar: Pillar, runtime: Runtime, leases: Leases) -> list[Any]:
    """Those that need the bus: relay and consumers."""
    assert runtime.bus is not None
    jobs: list[Any] = []
    if pillar.publishes:
        jobs.append(leases.hold("relay", Relay(runtime, runtime.bus).run))
    handlers: dict[type[Any], list[Handler]] = defaultdict(list)
    for reaction in pillar.reactions:
        handlers[reaction.event].append(reaction.handle)
    if handlers:  # with none there is nothing to go on with
        before = {reaction.event: reaction.before for reaction in pillar.reactions if reaction.before is not None}
        together = {reaction.event: reaction.together for reaction in pillar.reactions if reaction.together is not None}
        jobs.append(consumers.run(runtime, runtime.bus, leases, handlers, before, together))
    return jobs


async def _own(job: Job, runtime: Runtime, held: Lease) -> None:
    await job.run(runtime.fenced(held))


async def _on_the_bus(work: Running) -> None:
    """Publishes and hears for ever, from when NATS is there: calls are served without it."""
    pillar, runtime, settings = work.pillar, work.runtime, work.runtime.settings
    seed = settings.nats_seed.get_secret_value()
    runtime.bus = await bus.connect(settings.nats_url, seed, pillar.name, settings.nats_ca_file)
    await asyncio.gather(*_jobs_of_events(pillar, runtime, work.leases))


def run(pillar: Pillar) -> None:
    """The process of a pillar: serves until SIGTERM, then drains."""
    import uvloop

    uvloop.run(_serve(pillar))


async def _serve(pillar: Pillar) -> None:
    settings = pillar.settings()
    logging.configure(pillar.name, settings.log_level, settings.log_format)
    runtime = await open_runtime(pillar.name, settings)
    instance = settings.instance or runtime.owner
    telemetry.configure(pillar.name, settings.version, instance, settings.otlp_endpoint, settings.trace_ratio)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    probes = Probes(settings.grpc_host, settings.health_port)
    async with running(pillar, runtime) as work, watching.watching(pillar, runtime), flags.obeyed(runtime):
        work.jobs.append(asyncio.create_task(_on_the_bus(work)))
        await probes.serve()
        settle()
        _log.info("serving", pillar=pillar.name, port=work.port)
        await tasks.go_on(stop, *work.jobs)
        await probes.drain()
        await asyncio.sleep(settings.drain_seconds)
    await probes.stop()
    with contextlib.suppress(Exception):
        if runtime.bus is not None:
            await runtime.bus.drain()
    await runtime.pool.close()
    telemetry.shutdown()
