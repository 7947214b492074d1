"""`smartcity city`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.printing import Output, OutputOption, fail, print_json

city_app = typer.Typer(help="A city's profile, the folder under cities/.", no_args_is_help=True)


@city_app.callback()
def _group() -> None:
    """Keeps `check` a word of its own while it is the only command."""


@city_app.command()
def check(
    name: Annotated[str, typer.Argument(metavar="CITY", help="A folder under cities/.")],
    before: Annotated[
        Path | None,
        typer.Option(metavar="DIRECTORY", help="The profile that is deployed now: lists what has gone of it."),
    ] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Read every file of a profile as all services do, and list everything that is wrong. Exit code 1 then.

    Each line says file, line, what is wrong and how to mend it; a file that nobody reads is named too. With `--before`
    also every id and file that has gone, and what that leaves behind.
    """
    from deploy import profile_changes, profiles
    from services.kit.city.profile import folder_of

    if before is not None and not (before / "profile.toml").is_file():
        fail(f"{before} is no profile: there is no profile.toml in it", exit_code=2)
    wrong = profiles.wrong(name, polygons=True)
    now = folder_of(name)
    if before is not None and now is not None:
        wrong += profile_changes.gone(before, now)
    if output is Output.JSON:
        print_json({"city": name, "wrong": wrong})
        raise typer.Exit(1 if wrong else 0)
    right = "nothing is wrong" if before is None else f"nothing is wrong, and nothing of {before} has gone"
    sys.stdout.writelines(f"{line}\n" for line in wrong or [f"cities/{name}: {right}"])
    raise typer.Exit(1 if wrong else 0)
