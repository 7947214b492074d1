"""Uvicorn as the gateway runs it: guarded connections, a port for probes, and "not ready" before it stops to accept."""

import asyncio
import resource
import signal
import socket
import sys
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from gateway.edge.connections import Connections
from gateway.edge.health import Health
from gateway.edge.protocol import Config, GuardedHttp
from gateway.gateway import Gateway
from gateway.settings import GatewaySettings

_log = structlog.get_logger(__name__)

GRACE_SECONDS = 8
LAST_CALL_SECONDS = 1.0
"""The shortest time between the first SIGTERM and the end of accepting. Connections that are kept for later may already
carry the next request, which would be reset: within this time it is answered, as the last one on its connection.
"""
ACCEPTING = 16
"""Connections that one turn of the event loop accepts. Each handle of a listening socket accepts one a turn, whatever
waits: behind a crowd of newcomers an honest one would wait a turn for each of them, seconds on a busy machine.
"""
_OTHER_FILES = 512
"""Files and sockets that are no visitor's: database, pillars, photos, provider, refused connections that leave."""


def configured(app: FastAPI, settings: GatewaySettings, loop: str = "uvloop") -> Config:
    """How uvicorn serves ``app``, with a table of connections that belongs to it."""
    config = Config(
        app,
        host=settings.host,
        port=settings.port,
        loop=loop,
        http=GuardedHttp,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=max(1, int(settings.idle_seconds)),
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    app.state.connections = config.connections = Connections(settings)
    return config


def make_room_for_files(settings: GatewaySettings) -> None:
    """Raises the limit of open files to what this process may have, and tells when that is too little."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most != resource.RLIM_INFINITY and most < settings.connections + _OTHER_FILES:
        _log.warning("too few open files allowed for as many connections", files=most, connections=settings.connections)


class Server(uvicorn.Server):
    """Uvicorn that says "not ready" before it stops to accept, and answers probes apart from everybody."""

    def __init__(self, config: Config, app: FastAPI, settings: GatewaySettings) -> None:
        """Between the first SIGTERM and the end of accepting lie ``settings.drain_seconds``, at least the last call."""
        super().__init__(config)
        self._app = app
        self._settings = settings
        self._stopping = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens on both ports."""
        await super().startup(sockets or self._listening())
        if self._settings.health_port and self.started:
            loop, settings = asyncio.get_running_loop(), self._settings
            probes = await loop.create_server(lambda: Health(self._unready), settings.host, settings.health_port)
            self.servers.append(probes)

    def _listening(self) -> list[socket.socket]:
        """Handles of one listening socket: they share what waits. Ends the process where it cannot be had."""
        host, port = self.config.host, self.config.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            first = socket.create_server((host, port), family=family, backlog=self.config.backlog)
        except OSError as error:
            _log.error("cannot listen; set SMARTCITY_HOST and SMARTCITY_PORT", host=host, port=port, error=str(error))
            sys.exit(3)
        first.setblocking(False)
        return [first, *(first.dup() for _ in range(ACCEPTING - 1))]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called in the main thread on SIGTERM and SIGINT; a second SIGINT ends at once.

        Uvicorn's own raises the signal again after a clean stop, and the last spans would be lost with the process.
        """
        gateway = self._gateway
        if self._stopping:
            self.should_exit, self.force_exit = True, sig == signal.SIGINT
            return
        self._stopping = True
        if gateway is not None:
            gateway.drain()
        self._connections.draining = True
        if self.started:
            last_call = max(self._settings.drain_seconds, LAST_CALL_SECONDS)
            asyncio.get_running_loop().call_later(last_call, self._stop)
        else:
            self._stop()

    def _stop(self) -> None:
        self.should_exit = True

    @property
    def _connections(self) -> Connections:
        connections: Connections = self._app.state.connections
        return connections

    @property
    def _gateway(self) -> Gateway | None:
        return getattr(self._app.state, "gateway", None)

    def _unready(self) -> str:
        return "starting" if self._gateway is None else self._gateway.unready
