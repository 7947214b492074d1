"""What citizens keep, and what was erased for them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.printing import Output, OutputOption, fail, plainly, print_json, read

receipt_app = typer.Typer(help="Receipts that citizens keep.", no_args_is_help=True)
erasures_app = typer.Typer(
    help="Contacts and subscriptions that were erased, and must stay so after a restore.", no_args_is_help=True
)


@receipt_app.command("verify")
def receipt_verify(
    file: Annotated[Path, typer.Argument(help="The receipt, as downloaded.", exists=True, dir_okay=False)],
    keys: Annotated[
        Path | None, typer.Option(help="JWK set to trust instead of the receipt's own.", exists=True)
    ] = None,
    seals: Annotated[Path | None, typer.Option(help="Published seals of the days, as JSON.", exists=True)] = None,
    earlier: Annotated[Path | None, typer.Option(help="An earlier receipt of the same case.", exists=True)] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Check a receipt offline. Exit code: 0 it holds, 1 it does not, 2 it cannot be read."""
    from deploy.operate import screen
    from services.governance.receipts.verify import sealed_until, verify

    receipt = read(file)
    found_seals = read(seals) if seals else []
    if isinstance(found_seals, dict):
        found_seals = found_seals.get("seals")
    if not isinstance(found_seals, list):
        fail(f"{seals} has no list of seals", exit_code=2)
    against = [None if path is None else read(path) or {} for path in (keys, earlier)]
    problems = verify(receipt, against[0], found_seals if seals else None, against[1])
    until = "" if problems else sealed_until(receipt)
    listed = [{"where": each.where, "reason": each.reason, "what": each.what_en} for each in problems]
    result = {"holds": not problems, "sealed_until": until or None, "problems": listed}
    print_json(result) if output is Output.JSON else screen.show_receipt(result)
    unreadable = any(each.reason == "UNREADABLE" for each in problems)
    raise typer.Exit(2 if unreadable else 1 if problems else 0)


@erasures_app.command("list")
def erasures_list(output: OutputOption = Output.TEXT) -> None:
    """List every erasure. Kept outside (`-o json`), it is what a restore of everything is told.

    Contacts stand there by identifiers of cases, who is mailed of something by one of their own; neither names anybody.
    """
    from deploy.operate import access, erasures

    with plainly():
        found = asyncio.run(erasures.known(access.find()))
    if output is Output.JSON:
        print_json({str(subject): at for subject, at in found.items()})
        return
    for subject, at in found.items():
        sys.stdout.write(f"{at:%Y-%m-%d %H:%M:%S}  {subject}\n")


@erasures_app.command("replay")
def erasures_replay(
    kept: Annotated[
        Path | None, typer.Option("--list", help="What `erasures list -o json` printed before.", exists=True)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    unknown_keys: Annotated[
        int | None,
        typer.Option("--unknown-keys", help="Destroy the keys of nobody in this database, too, if they are this many."),
    ] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Erase again what was erased, after a restore of the database, of the key store, or of both.

    Keys are destroyed of contacts that are erased, contacts are emptied whose key is gone. Keys that this database has
    never heard of are counted and kept: it may have come back older than they are. SMARTCITY_KEYSTORE_URL is the
    database of keys; the local platform knows its own.
    """
    from deploy.operate import access, erasures

    async def replay() -> erasures.Outstanding:
        found = access.find()
        left = await erasures.outstanding(found, erasures.read(read(kept)) if kept else {})
        if unknown_keys is not None:
            left = left.with_unknown(unknown_keys)
        if not dry_run:
            await erasures.replay(found, left)
        return left

    with plainly():
        left = asyncio.run(replay())
    if output is Output.JSON:
        print_json(left.json())
        return
    verb = "would be " if dry_run else ""
    many = f"{len(left.contacts)} contacts, {len(left.followers)} followers and {len(left.callers)} callers"
    sys.stdout.write(f"{many} {verb}emptied, {len(left.keys)} keys {verb}destroyed\n")
    if left.newer_than_keys:
        newer = f"{left.newer_than_keys} without a key are newer than every key, and kept"
        sys.stdout.write(f"{newer}: is there a later key store?\n")
    if unheard := len(left.unknown_keys):
        final = f"when the restore is final, --unknown-keys {unheard} destroys them"
        sys.stdout.write(f"{unheard} keys are of nobody in this database, and kept: {final}\n")
