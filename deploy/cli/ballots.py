"""`smartcity recount`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def recount(
    file: Annotated[Path, typer.Argument(help="The file of a ballot, /v1/ballots/{id}/votes.pb")],
    digest: Annotated[str, typer.Option(help="The commitment that the city published with the result")] = "",
) -> None:
    """Counts the file of a ballot again, offline: its votes, by its rule, against what was published.

    Without --digest the file is held to its own commitment, which whoever alters the file can alter as well. Ends
    with 1 where something is not as it must be.
    """
    from services.society.counting.counts import rule
    from services.society.counting.pabulib import FileError
    from services.society.counting.recount import recount as counted_again

    try:
        found = counted_again(file.read_text(encoding="utf-8"), digest)
    except (OSError, UnicodeDecodeError, FileError) as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(1) from error
    head, outcome = found.file.head, found.outcome
    typer.echo(f"{head.title}: {outcome.votes} votes, {rule(found.file.terms.method)}")
    for option in found.file.terms.options:
        chosen = "chosen" if option.number in outcome.chosen else "      "
        typer.echo(f"{option.number:3}  {chosen}  {outcome.approvals[option.number]:8}  {head.names[option.number]}")
    typer.echo(f"commitment {found.digest}{'' if digest else ' (compare it with the one that was published)'}")
    for fault in found.faults:
        typer.echo(f"NOT AS IT MUST BE: {fault}", err=True)
    if found.faults:
        raise typer.Exit(1)
