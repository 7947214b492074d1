"""What pillars publish, and what could not be handled."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any

import typer

from deploy.cli.printing import Output, OutputOption, PillarOption, fail, plainly, print_json

events_app = typer.Typer(help="Read the events that pillars publish.", no_args_is_help=True)
letters_app = typer.Typer(help="Events whose reaction failed, kept with their payload.", no_args_is_help=True)


@events_app.command("tail")
def events_tail(
    pillar: PillarOption = None,
    event_type: Annotated[
        str | None, typer.Option("--type", help="Full name, or its last word: ComplaintFiled.")
    ] = None,
    last: Annotated[
        int, typer.Option(min=0, help="Begin with so many old events of each pillar (or of the --type).")
    ] = 0,
    count: Annotated[int, typer.Option(min=0, help="Stop after so many events; 0: never.")] = 0,
    output: OutputOption = Output.TEXT,
) -> None:
    """Show events as they are published, until Ctrl-C."""
    from deploy.operate import access, screen
    from deploy.operate.events import tail

    async def follow() -> None:
        seen = 0
        async for event in tail(access.find(), pillar, event_type, last):
            print_json(event, one_line=True) if output is Output.JSON else screen.show_event(event)
            seen += 1
            if seen == count:
                return

    with plainly(), suppress(KeyboardInterrupt):
        asyncio.run(follow())


@letters_app.command("list")
def letters_list(
    pillar: PillarOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were replayed.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """List dead letters: `poison` failed, `parked` waits behind it."""
    from deploy.operate import access, screen
    from deploy.operate.dead_letters import letters

    with plainly():
        found = asyncio.run(letters(access.find(), pillar, everything=everything))
    print_json(found) if output is Output.JSON else screen.show_letters(found)


@letters_app.command("replay")
def letters_replay(
    numbers: Annotated[list[int] | None, typer.Argument(help="Numbers of one pillar's list; none: all.")] = None,
    pillar: PillarOption = None,
    aggregate: Annotated[str | None, typer.Option(help="Only the events of this aggregate.")] = None,
    within: Annotated[float, typer.Option(min=0, help="Seconds to wait for the outcome.")] = 60.0,
    output: OutputOption = Output.TEXT,
) -> None:
    """Have dead letters handled again, in order, and wait for the outcome. Exit code 1 unless all were replayed."""
    from deploy.operate import access, dead_letters, screen

    if numbers and pillar is None:
        fail("numbers are per pillar: add --pillar")

    async def replay() -> list[dict[str, Any]]:
        found = access.find()
        asked = await dead_letters.ask_for_replay(found, pillar, numbers or [], aggregate)
        outcome: list[dict[str, Any]] = []
        with screen.progress(sum(map(len, asked.values())), quiet=output is Output.JSON) as advance:
            async for outcome in dead_letters.outcomes(found, asked, within):
                advance(sum(each["outcome"] != "waiting" for each in outcome))
        return outcome

    with plainly():
        outcome = asyncio.run(replay())
    print_json(outcome) if output is Output.JSON else screen.show_outcomes(outcome)
    raise typer.Exit(0 if all(each["outcome"] == "replayed" for each in outcome) else 1)
