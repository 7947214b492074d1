"""What an installation on a cluster is made of: permissions and secrets."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.printing import Output, OutputOption, fail, plainly, print_json

app = typer.Typer()
secrets_app = typer.Typer(help="Secrets of an installation on a cluster.", invoke_without_command=True)


@app.command()
def permissions(
    write: Annotated[bool, typer.Option("--write", help="Write the chart's file instead of printing.")] = False,
    release: Annotated[
        bool, typer.Option("--release", help="With --write: keep what it said so far as the version before's.")
    ] = False,
) -> None:
    """Show or write what each NATS user may publish and hear, derived from what the pillars declare."""
    from deploy.cluster import permissions as granted

    if write:
        changed = granted.write(release=release)
        sys.stdout.write(f"{granted.NOW}: {'changed' if changed else 'as it was'}\n")
    else:
        sys.stdout.write(granted.derived())


ValuesOption = Annotated[
    list[Path] | None,
    typer.Option("--values", "-f", help="Values files of yours, for the names of secrets.", exists=True),
]


@secrets_app.callback()
def secrets(
    context: typer.Context,
    values: ValuesOption = None,
    release: Annotated[str, typer.Option(help="Name of the Helm release.")] = "smartcity",
    dev: Annotated[bool, typer.Option("--dev", help="For dev.enabled: the servers that the chart brings.")] = False,
    mqtt: Annotated[bool, typer.Option("--mqtt", help="Of devices alone, to switch them on later.")] = False,
    tickets: Annotated[bool, typer.Option("--tickets", help="Of tickets alone, to sell them later.")] = False,
    write: Annotated[
        Path | None, typer.Option(help="Folder for secrets.yaml and public-keys.yaml, instead of printing.")
    ] = None,
) -> None:
    """Print Secret manifests with fresh values for a first installation. Nothing is kept, nothing is overwritten.

    `smartcity secrets | kubectl create -f -`; the public keys at the end belong to the values of the chart.
    """
    if context.invoked_subcommand is not None:
        return
    from deploy.cluster.secrets import BROUGHT, fresh, of_devices, of_tickets

    if mqtt and tickets:
        fail("--mqtt or --tickets, one after the other", exit_code=2)
    given = _values(values)
    made = of_devices(given) if mqtt else of_tickets(given) if tickets else fresh(given, release, dev=dev)
    brought = ["Others bring:", *(f"  {what}: {name}" for what, name in BROUGHT.items())]
    brought = [] if dev or mqtt or tickets else brought
    if write is not None:
        texts = {write / "secrets.yaml": made.manifests(), write / "public-keys.yaml": made.values()}
        _write_new({path: text for path, text in texts.items() if text})
        then = f", {write}/public-keys.yaml for helm --values" if made.values() else ""
        sys.stdout.write("\n".join([f"{write}/secrets.yaml for kubectl create -f{then}", *brought, ""]))
        return
    belongs = ["Values of the chart that belong to these:", *made.values().splitlines()]
    notes = [*(belongs if made.values() else []), *brought]
    sys.stdout.write(made.manifests() + "".join(f"# {line}\n" for line in notes))


@secrets_app.command("rotate")
def secrets_rotate(
    name: Annotated[str, typer.Argument(help="assertions or data-key.")],
    step: Annotated[str, typer.Argument(help="announce, then switch, then retire; restart the pods after each.")],
    values: ValuesOption = None,
) -> None:
    """Read Secrets from standard input, print them one step further.

    `kubectl get secret NAME... -o yaml | smartcity secrets rotate data-key announce | kubectl apply -f -`
    """
    import yaml

    from deploy.cluster import rotation

    ways = rotation.ways(_values(values))
    if name not in ways or step not in rotation.STEPS:
        fail(f"one of {', '.join(ways)}, then one of {', '.join(rotation.STEPS)}", exit_code=2)
    try:
        changed = ways[name](rotation.read(_documents(sys.stdin.read(), "what was read")), step)
        kept = rotation.fingerprint(changed[0]) if (name, step) == ("data-key", "retire") else ""
    except rotation.RotationError as error:
        fail(str(error))
    if kept:
        sys.stderr.write(f"# {kept} is kept: apply this once `smartcity secrets wrapped` names it and no other\n")
    sys.stdout.write(yaml.safe_dump_all(map(rotation.printed, changed), sort_keys=False, width=1000))


@secrets_app.command("wrapped")
def secrets_wrapped(output: OutputOption = Output.TEXT) -> None:
    """How many keys of contacts each data key has wrapped, by its fingerprint; one of a cluster from inside.

    Exit code: 0 one data key is needed, or none; 1 a former one is, too, and would be lost by `rotate data-key retire`.
    """
    import asyncio

    from deploy.operate import access, erasures

    with plainly(exit_code=2):
        found = asyncio.run(erasures.wrapped(access.find()))
    if output is Output.JSON:
        print_json(found)
    else:
        sys.stdout.write("".join(f"{key}  {many:,} keys of contacts\n" for key, many in found.items()))
        if len(found) > 1:
            sys.stdout.write("more than one is needed: retire none, all is wrapped anew minute by minute\n")
    raise typer.Exit(1 if len(found) > 1 else 0)


def _values(files: list[Path] | None) -> dict[str, Any]:
    """The chart's values with these files over them."""
    from deploy.cluster import chart

    read = (_documents(each.read_text(encoding="utf-8"), str(each)) for each in files or [])
    return chart.values(*(documents[0] or {} for documents in read if documents))


def _documents(text: str, what: str) -> list[Any]:
    """The YAML documents of a text. Where it is none the command ends with the place alone: the text may be secret."""
    import yaml

    try:
        return list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        fail(f"{what} is no YAML{f', see line {mark.line + 1}' if mark else ''}", exit_code=2)


def _write_new(texts: dict[Path, str]) -> None:
    """Writes files that only their owner reads; all of them, or none when one is there already."""
    for path in filter(Path.exists, texts):
        fail(f"{path} is there already: secrets are never overwritten")
    for path, text in texts.items():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
