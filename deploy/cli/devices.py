"""Devices on a local platform that are none."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Annotated

import typer

from deploy.cli.printing import plainly

devices_app = typer.Typer(help="Devices that measure.", no_args_is_help=True)


@devices_app.callback()
def _group() -> None:
    """Keeps `simulate` a word of its own while it is the only one."""


@devices_app.command()
def simulate(
    history: Annotated[int, typer.Option(min=0, max=60, help="Days of the past that are filled in first.")] = 0,
    storm: Annotated[
        bool, typer.Option("--storm", help="A downpour begins now: rivers rise within two hours.")
    ] = False,
    blocked: Annotated[
        str, typer.Option(metavar="STATION", help="Its pumps are blocked from now on, for two hours: its water rises.")
    ] = "",
) -> None:
    """Simulate a device for each gauge of the city over MQTT, until Ctrl-C: tide, rain, rivers, pumps, air, waste.

    `smartcity up` does so by itself unless SMARTCITY_SIMULATOR is `off`; whoever starts another takes its place.
    Pump stations obey commands. Each device starts anew once a day; pumps are blocked two hours in ten days.
    """
    from deploy.operate import access
    from deploy.simulator.running import simulate as run

    def tell(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    with plainly(), suppress(KeyboardInterrupt):
        asyncio.run(run(access.find(), history, tell=tell, storm=storm, blocked=blocked))
