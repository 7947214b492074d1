"""What to practise and to show with, on a local platform: faults and stories."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import ExitStack, aclosing, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.printing import Output, OutputOption, fail, plainly, print_json

if TYPE_CHECKING:
    from deploy.operate.story import Step
    from deploy.operate.visitor import Visitor

fault_app = typer.Typer(help="Faults to practise with, on a local platform.", no_args_is_help=True)
story_app = typer.Typer(help="Stories told step by step on the local platform.", no_args_is_help=True)


@fault_app.command("list")
def fault_list(output: OutputOption = Output.TEXT) -> None:
    """List the faults there are: what they do, the alert that fires, the service that a trace names."""
    from deploy.faults import switch
    from deploy.local.settings import home_of
    from deploy.operate import screen

    found = switch.table(home_of())
    print_json(found) if output is Output.JSON else screen.show_faults(found)


@fault_app.command("on")
def fault_on(name: Annotated[str, typer.Argument(help="As `fault list` names it.")]) -> None:
    """Switch a fault on until it is switched off."""
    from deploy.faults import switch
    from deploy.local.settings import home_of

    with plainly():
        fault = asyncio.run(switch.on(home_of(), name))
    told = f"{fault.alert} fires" if fault.alert else "no alert fires"
    sys.stdout.write(f"{fault.what} {told}. `smartcity fault off {fault.name}` ends it.\n")


@fault_app.command("off")
def fault_off(
    names: Annotated[list[str] | None, typer.Argument(help="As `fault list` names them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are on.")] = False,
) -> None:
    """Switch faults off, also after a restart of the platform."""
    from deploy.faults import switch
    from deploy.local.settings import home_of

    if bool(names) == everything:
        fail("name faults, or --all", exit_code=2)
    with plainly():
        done = asyncio.run(switch.off_all(home_of()) if everything else switch.off(home_of(), names or []))
    sys.stdout.write(f"off: {', '.join(done)}\n" if done else "none of them was on\n")


@story_app.command("levy")
def story_levy(output: OutputOption = Output.TEXT) -> None:
    """A stallholder's market levy: bill, QRIS, bank, receipt, settlement, figures of the kelurahan."""
    from deploy.operate.levy_story import tell
    from services.kit.city import load_city

    def steps(someone: Visitor, run: Mapping[str, Any]) -> AsyncGenerator[Step, None]:
        return tell(someone, run["city"], str(load_city(run["city"]).timezone))

    _follow("levy", steps, output)


@story_app.command("ticket")
def story_ticket(output: OutputOption = Output.TEXT) -> None:
    """A ticket of an event: order, QRIS, bank, ticket, gate, visit; then it is called off and the money goes back."""
    from deploy.operate.ticket_story import tell
    from services.kit.city import load_city

    def steps(someone: Visitor, run: Mapping[str, Any]) -> AsyncGenerator[Step, None]:
        return tell(someone, run["city"], str(load_city(run["city"]).timezone))

    _follow("ticket", steps, output)


@story_app.command("flood")
def story_flood(
    exercise: Annotated[
        bool, typer.Option("--exercise", help="As a drill: all react, nothing counts; ends with who reacted when.")
    ] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """The sea rises: a gauge's reading, the warning, what all pillars do about it, and the all clear."""
    from deploy.operate import flood_drill, flood_story

    def steps(someone: Visitor, run: Mapping[str, Any]) -> AsyncGenerator[Step, None]:
        ports = {each["name"]: each["ports"] for each in run["components"]}
        if exercise:
            return flood_drill.tell(someone, run["city"])
        return flood_story.tell(someone, ports["nats"]["mqtt"], run["city"])

    _follow("flood", steps, output, alone=not exercise)


@story_app.command("permit")
def story_permit(output: OutputOption = Output.TEXT) -> None:
    """A permit: photos, a question while the clock waits, two officers, a paper that checks, a fee, an objection."""
    from deploy.operate.permit_story import tell
    from services.kit.city import load_city

    def steps(someone: Visitor, run: Mapping[str, Any]) -> AsyncGenerator[Step, None]:
        return tell(someone, load_city(run["city"]).timezone)

    _follow("permit", steps, output)


@story_app.command("proposal")
def story_proposal(output: OutputOption = Output.TEXT) -> None:
    """A proposal: support, acceptance, a vote in secret, the count, and the finished work told to who follows it."""
    from deploy.operate.proposal_story import tell
    from services.kit.city import load_city

    def steps(someone: Visitor, run: Mapping[str, Any]) -> AsyncGenerator[Step, None]:
        return tell(someone, load_city(run["city"]).timezone)

    _follow("proposal", steps, output)


def _follow(
    story: str,
    steps: Callable[[Visitor, Mapping[str, Any]], AsyncGenerator[Step, None]],
    output: Output,
    *,
    alone: bool = False,
) -> None:
    """Tells each step of a story as it happens, and how long after the story's begin.

    Not where the city's profile lacks what it needs. ``alone``: it is told once at a time. However it is ended, it puts
    back what it changed.
    """
    from deploy.local.stories import lacking
    from deploy.operate import access, screen
    from deploy.operate.story import told_alone
    from deploy.operate.visitor import StoryError, visitor

    async def follow() -> None:
        loop, me = asyncio.get_running_loop(), asyncio.current_task()
        assert me is not None
        for each in (signal.SIGTERM, signal.SIGHUP):  # `timeout`, and a terminal that is closed; Ctrl-C does so already
            loop.add_signal_handler(each, me.cancel)
        found = access.find()
        if found.run and (why := lacking(story, found.run["city"])):
            raise StoryError(why)
        async with visitor(found) as someone, aclosing(steps(someone, found.run)) as telling:
            if alone and found.home:
                cleaning.enter_context(told_alone(found.home, story))
            began = time.monotonic()
            async for step in telling:
                seconds = time.monotonic() - began
                if output is Output.JSON:
                    print_json({**step.json(), "seconds": round(seconds, 3)}, one_line=True)
                else:
                    screen.show_step(step, seconds)
                    if step.name == "reacted":
                        screen.show_reactions(step.data["reactions"])

    with plainly(), suppress(KeyboardInterrupt, asyncio.CancelledError), ExitStack() as cleaning:
        asyncio.run(follow())
