"""The gateway as ASGI application: parts, middlewares and routes, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gateway import docs, gauges, openapi, rest
from gateway.answers import problems
from gateway.callers.bearers import Bearers
from gateway.callers.limits import Limits
from gateway.callers.provider import Provider
from gateway.callers.renewal import Renewals
from gateway.callers.session import Sessions
from gateway.calls.assertions import Assertions
from gateway.calls.pillars import Pillars
from gateway.city.bulletins import Bulletins
from gateway.city.control_room import ControlRoom
from gateway.city.home import Home
from gateway.city.measuring import Measuring
from gateway.city.reference import Reference
from gateway.drafts.held import HeldForms
from gateway.drafts.photos import DraftPhotos
from gateway.drafts.store import Drafts
from gateway.edge import backchannel, login
from gateway.edge.admission import Admission
from gateway.edge.heads import Heads
from gateway.edge.middleware import AnswerHeaders, HotReads, RequestLimits
from gateway.edge.packing import Packing
from gateway.gateway import Gateway
from gateway.photos.erased import erasing
from gateway.photos.images import Images
from gateway.photos.orphans import Orphans
from gateway.photos.store import Files
from gateway.portal import mount as mount_portal
from gateway.portal.kit.page import prepare
from gateway.settings import GatewaySettings
from gateway.sta import serving as sensor_things
from gateway.streams.control_room import Desks
from gateway.streams.dispatch import Dispatchers
from gateway.streams.nudges import Nudges
from gateway.streams.payments import Live
from gateway.visitors.places import Places
from observability.asgi import TraceRequests
from services.kit import tasks
from services.kit.caller import Minter
from services.kit.city import load_city
from services.kit.database.lost import LOST
from services.kit.database.pool import connect_pool

_log = structlog.get_logger(__name__)
SCHEMA = "gateway"
SWEEP_SECONDS = 600.0


def create_app(settings: GatewaySettings) -> FastAPI:
    """The whole gateway; its parts start and stop with the application's lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _running(settings) as gateway:
            app.state.gateway = gateway
            yield

    app = FastAPI(
        title="Smart city API",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    problems.install(app)
    rest.mount(app)
    sensor_things.mount(app)
    app.add_route("/livez", _livez, include_in_schema=False)
    app.add_route("/readyz", _readyz, include_in_schema=False)
    app.router.routes.extend([*login.router.routes, *backchannel.router.routes])
    docs.mount(app)
    mount_portal(app)
    openapi.install(app, settings)
    # Added last runs first: the trace is around everything.
    app.add_middleware(Heads)
    app.add_middleware(Admission, gateway=lambda: app.state.gateway)
    app.add_middleware(RequestLimits, settings=settings)
    app.add_middleware(AnswerHeaders, settings=settings)
    app.add_middleware(Packing)
    app.add_middleware(HotReads, settings=settings, gateway=lambda: app.state.gateway)
    app.add_middleware(TraceRequests)
    return app


@asynccontextmanager
async def _running(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    city = load_city(settings.city)
    await asyncio.to_thread(prepare, city)
    reference = Reference(city)
    minter = Minter(settings.assertion_key.get_secret_value())
    pool = await connect_pool(settings.postgres_url.get_secret_value(), SCHEMA, settings.postgres_pool)
    pillars = Pillars(settings, Assertions(minter))
    home = Home(reference.head, pillars)
    bulletins = Bulletins(pillars, settings.public_url, f"Peringatan {city.name()}")
    live, measuring = Live(pillars, _places(settings)), Measuring(pillars)
    desks = Desks(ControlRoom(pillars, measuring), _places(settings))  # strangers cannot fill officers' places
    dispatchers = Dispatchers(pillars, _places(settings))
    provider = Provider(settings)
    sessions = Sessions(pool, settings)
    files, images, drafts = Files(settings.files_url), Images(settings), Drafts(pool, settings)
    gateway = Gateway(
        settings=settings,
        city=city,
        reference=reference,
        pool=pool,
        pillars=pillars,
        home=home,
        bulletins=bulletins,
        live=live,
        measuring=measuring,
        desks=desks,
        dispatchers=dispatchers,
        sessions=sessions,
        renewals=Renewals(sessions, provider, settings),
        provider=provider,
        bearers=Bearers(provider, settings),
        limits=Limits(settings),
        files=files,
        images=images,
        orphans=Orphans(files, pillars, pool),
        drafts=drafts,
        held=HeldForms(pool, settings),
        draft_photos=DraftPhotos(files, images, drafts),
    )
    nudges = Nudges(settings, home.nudge, bulletins.nudge, live.nudge, desks.nudge, dispatchers.nudge)
    background = [
        asyncio.create_task(_sweep(gateway.sessions), name="session sweep"),
        asyncio.create_task(gateway.draft_photos.sweeping(), name="draft sweep"),
        asyncio.create_task(erasing(files, pillars), name="erased photos"),
        asyncio.create_task(pillars.channels.renewing(), name="certificate renewal"),
    ]
    if settings.photo_sweep:
        background.append(asyncio.create_task(gateway.orphans.sweeping(), name="photo sweep"))
    if provider.enabled:
        background.append(asyncio.create_task(provider.warm(), name="identity provider keys"))
    home.start()
    bulletins.start()
    nudges.start()
    try:
        async with gauges.watching(gateway):
            yield gateway
    finally:
        await tasks.end(*background)
        await nudges.stop()
        await desks.stop()
        await dispatchers.stop()
        await bulletins.stop()
        await home.stop()
        await gateway.images.close()
        await pillars.close()
        await gateway.renewals.close()
        await provider.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await pool.close()


def _places(settings: GatewaySettings) -> Places:
    """Room for the streams of one kind."""
    return Places(settings.streams, settings.streams_per_address)


async def _sweep(sessions: Sessions) -> None:
    while True:
        try:
            await sessions.sweep()
        except LOST as error:
            _log.warning("sessions not swept", error=type(error).__name__)
        await asyncio.sleep(SWEEP_SECONDS)


async def _livez(request: Request) -> Response:
    """The process runs and its event loop turns."""
    return PlainTextResponse("ok\n")


async def _readyz(request: Request) -> Response:
    """Requests may be sent here: started (the database answered), each section tried once, not draining."""
    gateway: Gateway = request.app.state.gateway
    return PlainTextResponse(f"{gateway.unready}\n", 503) if gateway.unready else PlainTextResponse("ready\n")
