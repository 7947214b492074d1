"""Runs the gateway: ``python -m gateway``."""

import asyncio
import signal
import socket
import sys
from logging import WARNING, getLogger
from types import FrameType

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from gateway.app import create_app
from gateway.settings import GatewaySettings
from observability import logging, telemetry

GRACE_SECONDS = 8


class Server(uvicorn.Server):
    """Uvicorn that says "not ready" before it stops to accept."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, drain_seconds: float) -> None:
        """``drain_seconds`` lie between the first SIGTERM and the end of accepting."""
        super().__init__(config)
        self._app = app
        self._drain_seconds = drain_seconds
        self._stopping = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called in the main thread on SIGTERM and SIGINT; a second SIGINT ends at once.

        Uvicorn's own raises the signal again after a clean stop, and the last spans would be lost with the process.
        """
        gateway = getattr(self._app.state, "gateway", None)
        if self._stopping:
            self.should_exit, self.force_exit = True, sig == signal.SIGINT
            return
        self._stopping = True
        if gateway is not None:
            gateway.drain()
        if self._drain_seconds and self.started:
            asyncio.get_running_loop().call_later(self._drain_seconds, self._stop)
        else:
            self._stop()

    def _stop(self) -> None:
        self.should_exit = True


def main() -> int:
    """Runs until SIGTERM; the exit status."""
    try:
        settings = GatewaySettings()
    except ValidationError as error:
        for each in error.errors():
            name = "_".join(str(part) for part in each["loc"]).upper()
            sys.stderr.write(f"SMARTCITY_{name}: {each['msg']}\n" if name else f"{each['msg']}\n")
        return 2
    logging.configure("gateway", settings.log_level, settings.log_format)
    getLogger("httpx").setLevel(WARNING)  # it would write every request to the identity provider
    instance = settings.instance or socket.gethostname()
    telemetry.configure("gateway", settings.version, instance, settings.otlp_endpoint, settings.trace_ratio)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    server = Server(config, app, settings.drain_seconds)
    try:
        server.run()
    finally:
        telemetry.shutdown()
    return 0 if server.started else 3


if __name__ == "__main__":
    sys.exit(main())
