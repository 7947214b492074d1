"""`smartcity recount`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.printing import Output, OutputOption, fail, print_json

app = typer.Typer()


@app.command()
def recount(
    file: Annotated[
        Path, typer.Argument(help="The file of a ballot, /v1/ballots/{id}/votes.pb", exists=True, dir_okay=False)
    ],
    digest: Annotated[str, typer.Option(help="The commitment that the city published with the result")] = "",
    output: OutputOption = Output.TEXT,
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
    except (UnicodeDecodeError, FileError) as error:
        fail(f"{file}: {error}")
    head, outcome, terms = found.file.head, found.outcome, found.file.terms
    options = [
        {
            "number": option.number,
            "chosen": option.number in outcome.chosen,
            "approvals": outcome.approvals[option.number],
            "name": head.names[option.number],
        }
        for option in terms.options
    ]
    told = {"title": head.title, "votes": outcome.votes, "rule": rule(terms.method), "options": options}
    told |= {"commitment": found.digest, "compared": bool(digest), "faults": found.faults}
    print_json(told) if output is Output.JSON else _show(told)
    raise typer.Exit(1 if found.faults else 0)


def _show(told: dict[str, Any]) -> None:
    typer.echo(f"{told['title']}: {told['votes']} votes, {told['rule']}")
    for option in told["options"]:
        chosen = "chosen" if option["chosen"] else ""
        typer.echo(f"{option['number']:3}  {chosen:6}  {option['approvals']:8}  {option['name']}")
    compare = "" if told["compared"] else " (compare it with the one that was published)"
    typer.echo(f"commitment {told['commitment']}{compare}")
    for fault in told["faults"]:
        typer.echo(f"NOT AS IT MUST BE: {fault}", err=True)
