"""The performance of agencies."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from deploy.cli.printing import Output, OutputOption, plainly, print_json

performance_app = typer.Typer(help="The performance of agencies, counted from events.", no_args_is_help=True)


@performance_app.callback()
def performance() -> None:
    """The performance of agencies, counted from events."""


@performance_app.command("recompute")
def recompute(
    first: Annotated[str, typer.Option("--from", help="First month, YYYY-MM.")],
    last: Annotated[str, typer.Option("--to", help="Last month, YYYY-MM.")],
    within: Annotated[float, typer.Option(min=1, help="Seconds to wait for it.")] = 300.0,
    output: OutputOption = Output.TEXT,
) -> None:
    """Count months again from their events. What the outbox has and nobody counted is counted first.

    Says how many figures changed: none, unless events were missing or somebody wrote to the tables.
    """
    from deploy.operate import access
    from deploy.operate.performance import month
    from deploy.operate.performance import recompute as ask

    with plainly():
        found = asyncio.run(ask(access.find(), month(first), month(last), within))
    if output is Output.JSON:
        print_json(found)
        return
    said = "{events} events counted again, {missing} of them were missing; {changed} figures changed\n"
    sys.stdout.write(said.format(**found))
