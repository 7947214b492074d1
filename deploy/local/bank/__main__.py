"""Runs the bank until SIGTERM: `python -m deploy.local.bank`."""

import logging
import os
from datetime import UTC, datetime

import uvicorn

from deploy.local.bank.app import application
from deploy.local.bank.settings import read


def main() -> None:
    """Reads the settings and serves."""
    logging.basicConfig(level=logging.WARNING)
    uvicorn.run(
        application(read(os.environ), lambda: datetime.now(UTC)),
        host="127.0.0.1",
        port=int(os.environ["SMARTCITY_BANK_PORT"]),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
