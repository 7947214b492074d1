"""Public transport: GTFS feeds."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.printing import Output, OutputOption, fail, plainly, print_json

if TYPE_CHECKING:
    from services.living.imports.running import Report

gtfs_app = typer.Typer(help="GTFS feeds: timetables of public transport.", no_args_is_help=True)

SourceArgument = Annotated[str, typer.Argument(help="A folder, a zip file, or an https:// address.")]
OnOption = Annotated[
    str,
    typer.Option("--on", metavar="DAY", help="Check as of this day (2026-11-27); without it today, by the feed."),
]
CityOption = Annotated[
    str,
    typer.Option(
        help="A folder under cities/; without it that of the platform which runs here, else of semarang.",
        envvar="SMARTCITY_CITY",
    ),
]


@gtfs_app.command()
def check(source: SourceArgument, on: OnOption = "", output: OutputOption = Output.TEXT) -> None:
    """Check a feed and list what is found by file and line. Exit code: 0 no error, 1 errors, 2 it cannot be read."""
    from deploy.operate import gtfs, gtfs_screen

    with plainly(exit_code=2):
        day = _day(on)
        with gtfs_screen.counting(quiet=output is Output.JSON) as tell:
            report = gtfs.check(source, day, tell)
    _show(report, output)
    raise typer.Exit(1 if report.findings and report.findings.broken else 0)


@gtfs_app.command("import")
def import_(
    source: SourceArgument,
    on: OnOption = "",
    made_up: Annotated[bool, typer.Option("--made-up", help="Its times are estimates: say so where shown.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Import a feed and let it hold. With errors nothing changes; the feed before is kept for `rollback`.

    The same archive again changes nothing. Exit code: 0 it holds, 1 it has errors, 2 it cannot be read or written.
    """
    from deploy.operate import access, gtfs, gtfs_screen

    with plainly(exit_code=2):
        found = access.find()
        day = _day(on)
        with gtfs_screen.counting(quiet=output is Output.JSON) as tell:
            report = gtfs.enter(found, source, day, tell, made_up=made_up)
    _show(report, output)
    raise typer.Exit(0 if report.outcome else 1)


@gtfs_app.command("list")
def list_(output: OutputOption = Output.TEXT) -> None:
    """List the feeds that were imported, the newest first: which holds, and which `rollback` goes back to."""
    from deploy.operate import access, gtfs, gtfs_screen

    with plainly():
        found = asyncio.run(gtfs.feeds(access.find()))
    if output is Output.JSON:
        print_json(found)
    elif found:
        gtfs_screen.show_feeds(found)
    else:
        sys.stdout.write("none so far: `smartcity gtfs import`\n")


@gtfs_app.command()
def rollback(output: OutputOption = Output.TEXT) -> None:
    """Let the feed before hold again. Once more goes forward again, unless officers went back at the desk."""
    from deploy.operate import access, gtfs

    with plainly():
        done = gtfs.rollback(access.find())
    if output is Output.JSON:
        print_json(done)
        return
    sys.stdout.write(f"feed {done['number']} holds again; `smartcity gtfs list` shows it\n")


@gtfs_app.command()
def make(
    file: Annotated[Path, typer.Argument(help="The zip file to write.")],
    city: CityOption = "",
    year: Annotated[int, typer.Option(min=0, max=9998, help="It holds this year and the next; 0: this one.")] = 0,
) -> None:
    """Make a feed of a city's profile, with estimated times: for cities without an official one."""
    from deploy.operate import gtfs

    with plainly():
        city = city or gtfs.city_here()
        size = gtfs.make(city, year or gtfs.today(city).year, file)
    sys.stdout.write(f"{file}: {size / 1000:.0f} kB, of cities/{city}; `smartcity gtfs import {file}` lets it hold\n")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail(f"{text!r} is no day as 2026-11-27", exit_code=2)


def _show(report: Report, output: Output) -> None:
    from deploy.operate import gtfs, gtfs_screen

    told: dict[str, Any] = gtfs.as_json(report)
    print_json(told) if output is Output.JSON else gtfs_screen.show_report(told)
