"""The local platform: up, status, logs, restart, migrate."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.printing import Output, OutputOption, fail, plainly, print_json

if TYPE_CHECKING:
    from deploy.operate import cluster

app = typer.Typer()


@app.command()
def up(
    processes: Annotated[int, typer.Option(min=1, max=9, help="Processes per pillar.")] = 1,
    gateways: Annotated[int, typer.Option(min=1, max=9, help="Gateway processes; the first has SMARTCITY_PORT.")] = 1,
    output: OutputOption = Output.TEXT,
) -> None:
    """Start the whole platform on this machine and keep it running until Ctrl-C.

    SMARTCITY_PORT (8080) is the portal's port, SMARTCITY_HOME (.smartcity) holds the data, SMARTCITY_CITY (semarang) is
    a folder under cities/, SMARTCITY_POSTGRES_URL a PostgreSQL of your own (as a superuser). A home and its database
    belong together for good.
    """
    from deploy import profiles
    from deploy.local.settings import city_of

    if wrong := profiles.wrong(city_of()):
        fail("the city's profile cannot be used\n" + "\n".join(wrong))
    arguments = ["--processes", str(processes), "--gateways", str(gateways)]
    arguments += ["--json"] if output is Output.JSON else []
    # The supervisor stays in memory: it takes this process over without what the command line needed.
    os.execv(sys.executable, [sys.executable, "-m", "deploy.local", *arguments])  # noqa: S606 - no shell, our own module


_NAMESPACE = {"envvar": "SMARTCITY_NAMESPACE", "help": "In a cluster: of the release."}
ReleaseOption = Annotated[str, typer.Option(help="In a cluster: the Helm release; without it `smartcity`.")]
ContextOption = Annotated[str, typer.Option(help="In a cluster: of KUBECONFIG; without it the current one.")]


def _asked(namespace: str, release: str, context: str) -> cluster.Release | None:
    """The release in a cluster that is meant; None: the local platform."""
    from deploy.operate import cluster

    if namespace or release or context or cluster.is_inside():
        return cluster.Release(namespace, release or cluster.NAME, context)
    return None


@app.command()
def status(
    namespace: Annotated[str, typer.Option("--namespace", "-n", **_NAMESPACE)] = "",
    release: ReleaseOption = "",
    context: ContextOption = "",
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Again and again, until Ctrl-C.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Show how the platform is. Exit code: 0 well, 1 something needs attention, 2 nothing is there.

    Of the local platform; of a release in a cluster with --namespace (or SMARTCITY_NAMESPACE), --release or --context,
    and when run in one; in its pod `operator`, of the pillars alone.
    """
    from deploy.operate import screen
    from deploy.operate import status as state_of

    where = _asked(namespace, release, context)
    state: dict[str, Any] = {"nothing": True}

    async def follow() -> None:
        nonlocal state
        with screen.watching() if output is Output.TEXT else nullcontext(partial(print_json, one_line=True)) as show:
            async for state in state_of.watch(where):
                show(state)

    with plainly(exit_code=2), suppress(KeyboardInterrupt):
        if watch:
            asyncio.run(follow())
        state = asyncio.run(state_of.status(where))
        print_json(state) if output is Output.JSON else screen.show_status(state)
    raise typer.Exit(state_of.exit_code(state))


@app.command()
def logs(
    names: Annotated[list[str] | None, typer.Argument(help="Components as `status` names them; none: all.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new lines until Ctrl-C.")] = False,
    lines: Annotated[
        int | None,
        typer.Option("--lines", "-n", min=0, help="Only so many old lines of each; without it all, with --follow 10."),
    ] = None,
    namespace: Annotated[str, typer.Option("--namespace", **_NAMESPACE)] = "",
    release: ReleaseOption = "",
    context: ContextOption = "",
) -> None:
    """Show what the components of the local platform print, or those of a release in a cluster as `status` finds it."""
    from deploy.operate import cluster
    from deploy.operate import logs as files

    with plainly(), suppress(KeyboardInterrupt):
        if where := _asked(namespace, release, context):
            if follow:
                selector = f"-n {where.namespace or 'NAMESPACE'} -l app.kubernetes.io/instance={where.name}"
                fail(f"a cluster's are followed by `kubectl logs -f {selector} --prefix --tail=10`")
            found = cluster.lines(where, names or [], lines)
        else:
            found = files.lines(names or [], 10 if follow and lines is None else lines, follow=follow)
        for name, line in found:
            sys.stdout.write(f"{name:<12} {line}\n")
            sys.stdout.flush()


@app.command()
def restart(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="As `status` names them, a service or one of its processes; none: pillars and gateway."),
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

    with plainly(), suppress(KeyboardInterrupt):
        asyncio.run(follow())


@app.command()
def migrate() -> None:
    """Make or update roles, schemas, streams and consumers, as the administrator.

    Those of SMARTCITY_POSTGRES_ADMIN_URL, SMARTCITY_NATS_URL and SMARTCITY_NATS_SEED, else of the platform that runs in
    SMARTCITY_HOME. Safe to repeat; it is also how streams are made again after JetStream's store was lost. Streams keep
    the number of servers that hold them, unless SMARTCITY_STREAM_REPLICAS says it. SMARTCITY_CITY has to be the city of
    the data, which the first migration wrote; of a local platform it is known.
    """
    from pydantic import SecretStr, ValidationError

    from deploy import migrate as migration
    from deploy.operate import access
    from services.kit.database.city import OtherCityError

    try:
        found = access.find()
        local = {"city": found.run["city"]} if found.run else {}
        settings = migration.MigrateSettings(
            postgres_admin_url=SecretStr(found.postgres_url),
            nats_url=found.nats_url,
            nats_seed=SecretStr(found.nats_seed),
            **local,
        )
        asyncio.run(migration.run(settings))
    except (access.AccessError, migration.NotThereError, OtherCityError) as error:
        fail(str(error))
    except ValidationError as error:
        missing = ", ".join(f"SMARTCITY_{'_'.join(map(str, each['loc'])).upper()}" for each in error.errors())
        fail(f"missing or wrong: {missing}")
