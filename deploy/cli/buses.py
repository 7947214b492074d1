"""Buses on a local platform that are none."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

import typer

from deploy.cli.printing import plainly

buses_app = typer.Typer(help="Buses that tell where they are.", no_args_is_help=True)


@buses_app.callback()
def _group() -> None:
    """Keeps `simulate` a word of its own while it is the only one."""


@buses_app.command()
def simulate() -> None:
    """Drive the lines of the city's profile with simulated buses, by the day's hours, until Ctrl-C.

    `smartcity up` does so by itself unless SMARTCITY_SIMULATOR is `off`. They are marked as simulated wherever they are
    shown; each keeps silent for three minutes of every hour.
    """
    from deploy.operate import access
    from deploy.simulator.buses import drive

    def tell(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    with plainly(), suppress(KeyboardInterrupt):
        asyncio.run(drive(access.find(), tell=tell))
