"""Runs the gateway: ``python -m gateway``."""

import socket
import sys

from pydantic import ValidationError

from gateway.app import create_app
from gateway.edge.server import Server, configured, make_room_for_files
from gateway.settings import GatewaySettings
from observability import logging, telemetry
from services.kit.process.garbage import settle


class _Process(Server):
    """A server that has its process for itself."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens; what is there by then stays."""
        await super().startup(sockets)
        settle()


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
    instance = settings.instance or socket.gethostname()
    telemetry.configure("gateway", settings.version, instance, settings.otlp_endpoint, settings.trace_ratio)
    app = create_app(settings)
    make_room_for_files(settings)
    server = _Process(configured(app, settings), app, settings)
    try:
        server.run()
    finally:
        telemetry.shutdown()
    return 0 if server.started else 3


if __name__ == "__main__":
    sys.exit(main())
