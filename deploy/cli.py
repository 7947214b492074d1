"""The command `smartcity`. Imports are lazy: `smartcity --help` answers at once."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.pillars import NAMES

app = typer.Typer(help="Run and look after a smart-city platform.", no_args_is_help=True, add_completion=False)
events_app = typer.Typer(help="Read the events that pillars publish.", no_args_is_help=True)
letters_app = typer.Typer(help="Events whose reaction failed, kept with their payload.", no_args_is_help=True)
story_app = typer.Typer(help="Stories told step by step on the local platform.", no_args_is_help=True)
receipt_app = typer.Typer(help="Receipts that citizens keep.", no_args_is_help=True)
erasures_app = typer.Typer(help="Contacts that were erased, and must stay so after a restore.", no_args_is_help=True)
fault_app = typer.Typer(help="Faults to practise with, on a local platform.", no_args_is_help=True)
secrets_app = typer.Typer(help="Secrets of an installation on a cluster.", invoke_without_command=True)
app.add_typer(events_app, name="events")
app.add_typer(letters_app, name="dead-letters")
app.add_typer(receipt_app, name="receipt")
app.add_typer(erasures_app, name="erasures")
app.add_typer(fault_app, name="fault")
app.add_typer(story_app, name="story")
app.add_typer(secrets_app, name="secrets")


class Output(Enum):
    """How a command prints."""

    TEXT = "text"
    JSON = "json"


def _known(name: str | None) -> str | None:
    if name is not None and name not in NAMES:
        raise typer.BadParameter(f"one of {', '.join(NAMES)}")
    return name


OutputOption = Annotated[Output, typer.Option("--output", "-o", help="text for people, json for programs.")]
PillarOption = Annotated[str | None, typer.Option("--pillar", callback=_known, help="Only this pillar.")]


@app.command()
def up(
    processes: Annotated[int, typer.Option(min=1, max=9, help="Processes per pillar.")] = 1,
    gateways: Annotated[int, typer.Option(min=1, max=9, help="Gateway processes; the first has SMARTCITY_PORT.")] = 1,
    output: OutputOption = Output.TEXT,
) -> None:
    """Start the whole platform on this machine and keep it running until Ctrl-C.

    SMARTCITY_PORT (8080) is the portal's port, SMARTCITY_HOME (.smartcity) holds the data, SMARTCITY_CITY (semarang) is
    a folder under cities/, SMARTCITY_POSTGRES_URL a PostgreSQL of your own (as a superuser).
    """
    arguments = ["--processes", str(processes), "--gateways", str(gateways)]
    arguments += ["--json"] if output is Output.JSON else []
    # The supervisor stays in memory: it takes this process over without what the command line needed.
    os.execv(sys.executable, [sys.executable, "-m", "deploy.local", *arguments])  # noqa: S606 - no shell, our own module


@app.command()
def status(
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="In a cluster: of the release.")] = "",
    release: Annotated[str, typer.Option(help="In a cluster: the Helm release; without it `smartcity`.")] = "",
    context: Annotated[str, typer.Option(help="In a cluster: of KUBECONFIG; without it the current one.")] = "",
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Again and again, until Ctrl-C.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Show how the platform is. Exit code: 0 well, 1 something needs attention, 2 nothing is there.

    Of the local platform; of a release in a cluster with --namespace, --release or --context, and when run in one.
    """
    from deploy.operate import cluster, screen
    from deploy.operate import status as state_of

    asked = bool(namespace or release or context) or cluster.is_inside()
    where = cluster.Release(namespace, release or cluster.NAME, context) if asked else None

    state: dict[str, Any] = {"nothing": True}

    async def follow() -> None:
        nonlocal state
        with screen.watching() if output is Output.TEXT else nullcontext(partial(_print, one_line=True)) as show:
            async for state in state_of.watch(where):
                show(state)

    with _plainly(exit_code=2), suppress(KeyboardInterrupt):
        if watch:
            asyncio.run(follow())
        state = asyncio.run(state_of.status(where))
        _print(state) if output is Output.JSON else screen.show_status(state)
    raise typer.Exit(state_of.exit_code(state))


@app.command()
def logs(
    names: Annotated[list[str] | None, typer.Argument(help="Components as `status` names them; none: all.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new lines until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="Old lines of each.")] = 10,
) -> None:
    """Show what the components of the local platform print."""
    from deploy.operate import logs as files

    with _plainly(), suppress(KeyboardInterrupt):
        for name, line in files.lines(names or [], lines, follow=follow):
            sys.stdout.write(f"{name:<12} {line}\n")
            sys.stdout.flush()


@app.command()
def restart(
    names: Annotated[
        list[str] | None, typer.Argument(help="Services, or single processes as `status` names them; none: all.")
    ] = None,
) -> None:
    """Restart services of the local platform, one process at a time: drain, end, start, ready, next.

    With two processes or more of each (`up --processes 2 --gateways 2`) and SMARTCITY_DRAIN_SECONDS, nobody notices.
    """
    from deploy.operate import access, restart

    async def follow() -> None:
        async for name, seconds in restart.restart(access.find(), names or []):
            sys.stdout.write(f"{name} is ready again after {seconds:.1f} s\n")
            sys.stdout.flush()

    with _plainly(), suppress(KeyboardInterrupt):
        asyncio.run(follow())


@app.command()
def migrate() -> None:
    """Make or update roles, schemas, streams and consumers, as the administrator.

    Those of SMARTCITY_POSTGRES_ADMIN_URL, SMARTCITY_NATS_URL and SMARTCITY_NATS_SEED, else of the platform that runs in
    SMARTCITY_HOME. Safe to repeat; it is also how streams are made again after JetStream's store was lost.
    """
    from pydantic import SecretStr, ValidationError

    from deploy import migrate as migration
    from deploy.operate import access

    try:
        found = access.find()
        settings = migration.MigrateSettings(
            postgres_admin_url=SecretStr(found.postgres_url),
            nats_url=found.nats_url,
            nats_seed=SecretStr(found.nats_seed),
        )
        asyncio.run(migration.run(settings))
    except access.AccessError as error:
        _fail(str(error))
    except ValidationError as error:
        missing = ", ".join(f"SMARTCITY_{'_'.join(map(str, each['loc'])).upper()}" for each in error.errors())
        _fail(f"missing or wrong: {missing}")


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
            _print(event, one_line=True) if output is Output.JSON else screen.show_event(event)
            seen += 1
            if seen == count:
                return

    with _plainly(), suppress(KeyboardInterrupt):
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

    with _plainly():
        found = asyncio.run(letters(access.find(), pillar, everything=everything))
    _print(found) if output is Output.JSON else screen.show_letters(found)


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
        _fail("numbers are per pillar: add --pillar")

    async def replay() -> list[dict[str, Any]]:
        found = access.find()
        asked = await dead_letters.ask_for_replay(found, pillar, numbers or [], aggregate)
        outcome: list[dict[str, Any]] = []
        with screen.progress(sum(map(len, asked.values())), quiet=output is Output.JSON) as advance:
            async for outcome in dead_letters.outcomes(found, asked, within):
                advance(sum(each["outcome"] != "waiting" for each in outcome))
        return outcome

    with _plainly():
        outcome = asyncio.run(replay())
    _print(outcome) if output is Output.JSON else screen.show_outcomes(outcome)
    raise typer.Exit(0 if all(each["outcome"] == "replayed" for each in outcome) else 1)


@fault_app.command("list")
def fault_list(output: OutputOption = Output.TEXT) -> None:
    """List the faults there are: what they do, the alert that fires, the service that a trace names."""
    from deploy.faults import switch
    from deploy.local.settings import home_of
    from deploy.operate import screen

    found = switch.table(home_of())
    _print(found) if output is Output.JSON else screen.show_faults(found)


@fault_app.command("on")
def fault_on(name: Annotated[str, typer.Argument(help="As `fault list` names it.")]) -> None:
    """Switch a fault on until it is switched off."""
    from deploy.faults import switch
    from deploy.local.settings import home_of

    with _plainly():
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
        _fail("name faults, or --all", exit_code=2)
    with _plainly():
        done = asyncio.run(switch.off_all(home_of()) if everything else switch.off(home_of(), names or []))
    sys.stdout.write(f"off: {', '.join(done)}\n" if done else "none of them was on\n")


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

    receipt = _read(file)
    found_seals = _read(seals) if seals else None
    if isinstance(found_seals, dict):
        found_seals = found_seals.get("seals", found_seals)
    problems = verify(receipt, _read(keys) if keys else None, found_seals, _read(earlier) if earlier else None)
    until = "" if problems else sealed_until(receipt)
    listed = [{"where": each.where, "reason": each.reason, "what": each.what_en} for each in problems]
    result = {"holds": not problems, "sealed_until": until or None, "problems": listed}
    _print(result) if output is Output.JSON else screen.show_receipt(result)
    raise typer.Exit(1 if problems else 0)


@erasures_app.command("list")
def erasures_list(output: OutputOption = Output.TEXT) -> None:
    """List every erasure. Kept outside (`-o json`), it is what a restore of everything is told.

    The subjects are identifiers of cases, which name nobody.
    """
    from deploy.operate import access, erasures

    with _plainly():
        found = asyncio.run(erasures.known(access.find()))
    if output is Output.JSON:
        _print({str(subject): at for subject, at in found.items()})
        return
    for subject, at in found.items():
        sys.stdout.write(f"{at:%Y-%m-%d %H:%M:%S}  {subject}\n")


@erasures_app.command("replay")
def erasures_replay(
    kept: Annotated[
        Path | None, typer.Option("--list", help="What `erasures list -o json` printed before.", exists=True)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Erase again what was erased, after a restore of the database, of the key store, or of both.

    Keys are destroyed of contacts that are erased, contacts are emptied whose key is gone. SMARTCITY_KEYSTORE_URL is
    the database of keys; the local platform knows its own.
    """
    from deploy.operate import access, erasures

    async def replay() -> erasures.Outstanding:
        found = access.find()
        left = await erasures.outstanding(found, erasures.read(_read(kept)) if kept else {})
        if not dry_run:
            await erasures.replay(found, left)
        return left

    with _plainly():
        left = asyncio.run(replay())
    if output is Output.JSON:
        _print(left.json())
        return
    verb = "would be " if dry_run else ""
    sys.stdout.write(f"{len(left.contacts)} contacts {verb}emptied, {len(left.keys)} keys {verb}destroyed\n")


@story_app.command("levy")
def story_levy(output: OutputOption = Output.TEXT) -> None:
    """A stallholder's market levy: bill, QRIS, bank, receipt, settlement, figures of the kelurahan."""
    from deploy.operate import access, screen
    from deploy.operate.levy_story import tell
    from deploy.operate.visitor import visitor
    from services.kit.city import load_city

    async def follow() -> None:
        found = access.find()
        async with visitor(found) as someone:
            city = found.run["city"]
            async for step in tell(someone, city, str(load_city(city).timezone)):
                _print(step.json(), one_line=True) if output is Output.JSON else screen.show_step(step)

    with _plainly(), suppress(KeyboardInterrupt):
        asyncio.run(follow())


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
    write: Annotated[
        Path | None, typer.Option(help="Folder for secrets.yaml and public-keys.yaml, instead of printing.")
    ] = None,
) -> None:
    """Print Secret manifests with fresh values for a first installation. Nothing is kept, nothing is overwritten.

    `smartcity secrets | kubectl create -f -`; the public keys at the end belong to the values of the chart.
    """
    if context.invoked_subcommand is not None:
        return
    from deploy.cluster.secrets import BROUGHT, fresh

    made = fresh(_values(values), release, dev=dev)
    if write is not None:
        _write_new({write / "secrets.yaml": made.manifests(), write / "public-keys.yaml": made.values()})
        sys.stdout.write(f"{write}/secrets.yaml for kubectl create -f, {write}/public-keys.yaml for helm --values\n")
        return
    brought = [] if dev else ["Others bring:", *(f"  {what}: {name}" for what, name in BROUGHT.items())]
    notes = ["Values of the chart that belong to these:", *made.values().splitlines(), *brought]
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
        _fail(f"one of {', '.join(ways)}, then one of {', '.join(rotation.STEPS)}", exit_code=2)
    try:
        changed = ways[name](rotation.read(yaml.safe_load_all(sys.stdin)), step)
    except rotation.RotationError as error:
        _fail(str(error))
    sys.stdout.write(yaml.safe_dump_all(changed, sort_keys=False, width=1000))


def _values(files: list[Path] | None) -> dict[str, Any]:
    """The chart's values with these files over them."""
    import yaml

    from deploy.cluster import chart

    return chart.values(*(yaml.safe_load(each.read_text(encoding="utf-8")) or {} for each in files or []))


def _write_new(texts: dict[Path, str]) -> None:
    """Writes files that only their owner reads; all of them, or none when one is there already."""
    for path in filter(Path.exists, texts):
        _fail(f"{path} is there already: secrets are never overwritten")
    for path, text in texts.items():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        _fail(f"{path} is not a JSON file: {error}", exit_code=2)


def _print(value: Any, *, one_line: bool = False) -> None:
    """JSON on standard output, at once even into a pipe."""
    text = json.dumps(value, default=_plain, ensure_ascii=False, indent=None if one_line else 2)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    """What JSON does not know: moments become RFC 3339."""
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)


@contextmanager
def _plainly(exit_code: int = 1) -> Iterator[None]:
    """Expected failures as one line with the next step instead of a traceback."""
    from deploy.faults.kept import UnknownFaultError
    from deploy.local.process import StartError
    from deploy.operate.access import AccessError
    from deploy.operate.events import UnknownEventError
    from deploy.operate.visitor import StoryError

    try:
        yield
    except (AccessError, StartError, StoryError, UnknownEventError, UnknownFaultError) as error:
        _fail(str(error), exit_code)


def _fail(message: str, exit_code: int = 1) -> Any:
    sys.stderr.write(f"smartcity: {message}\n")
    raise typer.Exit(exit_code)


if __name__ == "__main__":
    app()
