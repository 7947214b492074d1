"""Prints what the API's routes are, as derived from the contracts: ``make routes``, or ``python -m gateway.rest``.

A line per route: verb, path, RPC, who may call it (role:scope), who may keep the answer, the Idempotency-Key, and the
deadline in seconds. ``-o json`` is for programs.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from gateway.calls.pillars import seconds_of
from gateway.rest.route import PREFIX, Route
from gateway.rest.routes import routes
from gateway.settings import GatewaySettings
from smartcity.types.v1 import edge_pb2

WIDTH = 132
"""Columns of a terminal that the table fits into, those who may call folded; into a pipe goes a line per route."""
_COLUMNS = ("verb", "path", "rpc", "who", "cache", "key", "s")


def rows() -> list[dict[str, Any]]:
    """The routes in the order of their paths."""
    return [_row(route) for route in sorted(routes(), key=lambda one: (one.path, one.verb))]


def _row(route: Route) -> dict[str, Any]:
    options = route.rpc.options
    return {
        "verb": route.verb,
        "path": route.path,
        "rpc": route.rpc.name,
        "who": _who(options),
        "cache": _cache(route),
        "key": "none" if not route.takes_key else "required" if options.key_required else "optional",
        "permanent": options.permanent,
        "seconds": seconds_of(route.rpc, _usual("read_seconds"), _usual("write_seconds")),
        "by_hand": route.act is not None,
    }


def _who(options: edge_pb2.Rpc) -> dict[str, str]:
    """Role -> scope as the contract says it; ``everybody`` are the roles that it does not name."""
    given = [(field.name, value) for field, value in options.ListFields() if field.enum_type is not None]
    names = edge_pb2.Scope.DESCRIPTOR.values_by_number
    roles = {field.name for field in options.DESCRIPTOR.fields if field.enum_type is edge_pb2.Scope.DESCRIPTOR}
    return {role: names[scope].name.removeprefix("SCOPE_").lower() for role, scope in given if role in roles}


def _cache(route: Route) -> str:
    options = route.rpc.options
    if route.act is not None:
        return ""
    if options.cache == edge_pb2.CACHE_PUBLIC:
        return f"{options.max_age} s"
    return "private" if options.cache == edge_pb2.CACHE_PRIVATE and not options.created else "none"


def _usual(name: str) -> float:
    return float(GatewaySettings.model_fields[name].default)


def table(found: Sequence[dict[str, Any]]) -> Table:
    """The routes to look at."""
    made = Table(*_COLUMNS, box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for column in made.columns:
        column.no_wrap = column.header != "who"
    for row in found:
        made.add_row(
            f"{row['verb']}{'*' if row['by_hand'] else ''}",
            row["path"].removeprefix(PREFIX),
            row["rpc"].rpartition("/")[2],
            " ".join(f"{role}:{scope}" for role, scope in row["who"].items()),
            row["cache"],
            f"{row['key']}{'∞' if row['permanent'] else ''}",
            f"{row['seconds']:g}",
        )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the routes; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m gateway.rest", description="The routes derived from the contracts")
    parser.add_argument("-o", "--output", choices=("table", "json"), default="table")
    found = rows()
    if parser.parse_args(arguments).output == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return 0
    console, made = Console(highlight=False, markup=False), table(found)
    needed = console.measure(made, options=console.options.update(width=1_000)).maximum
    console.width = max(console.width, WIDTH) if console.is_terminal else needed
    console.print(made)
    by_hand = sum(row["by_hand"] for row in found)
    console.print(f"{len(found)} routes below {PREFIX}. *: by hand, {by_hand}. ∞: a key that is never forgotten.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
