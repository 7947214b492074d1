"""Runs the viewer until SIGTERM."""

import uvicorn

from observability import logging
from observability.viewer.app import create_app
from observability.viewer.settings import ViewerSettings


def main() -> None:
    """Reads the settings and serves."""
    settings = ViewerSettings()
    logging.configure("viewer", "WARNING", settings.log_format)
    uvicorn.run(
        create_app(settings),
        host=settings.viewer_host,
        port=settings.viewer_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
