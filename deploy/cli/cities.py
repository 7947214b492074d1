"""`smartcity city`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

city_app = typer.Typer(help="A city's profile, the folder under cities/.", no_args_is_help=True)


@city_app.callback()
def _group() -> None:
    """Keeps `check` a word of its own while it is the only command."""


@city_app.command()
def check(name: Annotated[str, typer.Argument(metavar="CITY", help="A folder under cities/.")]) -> None:
    """Read every file of a profile as all services do, and list everything that is wrong. Exit code 1 then.

    Each line says file, line, what is wrong and how to mend it; a file that nobody reads is named too.
    """
    from deploy import profiles

    wrong = profiles.wrong(name, polygons=True)
    sys.stdout.writelines(f"{line}\n" for line in wrong or [f"cities/{name}: nothing is wrong"])
    raise typer.Exit(1 if wrong else 0)
