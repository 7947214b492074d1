"""Records what the edge hands on and answers: ``python -m tests.gateway.recorded.record [part of a name]``.

It overwrites the recordings with what this checkout does: run it on a state whose behaviour is to be kept. With a part
of a name it shows what would be recorded of the cases that have it, and writes nothing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from deploy.local.postgres import Postgres
from deploy.pillars import NAMES, pillar
from tests.gateway.recorded.cases import all_cases
from tests.gateway.recorded.edge import edge_at_work
from tests.gateway.recorded.recording import FIXTURES, write

OPENAPI, ACCESS = "openapi.json", "access.json"


def access(name: str) -> dict[str, dict[str, str]]:
    """For each RPC of a pillar, what each role may do: the pillar's own table."""
    return {
        f"{service}/{rpc}": {role: scope.name for role, scope in sorted(rows.items())}
        for service, table in sorted(pillar(name).access().items())
        for rpc, rows in sorted(table.items())
    }


def pretty(value: Any) -> str:
    """JSON for people, in an order that stays."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


async def record(postgres: str, home: Path, part: str) -> None:
    """Plays all cases, and writes what came of them."""
    async with edge_at_work(postgres, home) as edge:
        document = await edge.document()
        cases = [each for each in all_cases(document) if part in each.name]
        begun = time.perf_counter()
        found = await edge.play(cases)
        print(f"{len(cases)} cases in {time.perf_counter() - begun:.1f} s")
    if part:
        for case, each in zip(cases, found, strict=True):
            print(case.name, each.status, each.body[:300].decode(errors="replace"), *(c.rpc for c in each.reached))
        return
    write(FIXTURES, zip(cases, found, strict=True))
    (FIXTURES / OPENAPI).write_text(pretty(document), encoding="utf-8")
    tables = {rpc: roles for name in NAMES for rpc, roles in access(name).items()}
    (FIXTURES / ACCESS).write_text(pretty(tables), encoding="utf-8")


def main() -> None:
    """Starts a database of its own and records."""
    with tempfile.TemporaryDirectory(prefix="recorded-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # the account of PostgreSQL must get in
        server = Postgres(home, secrets.token_urlsafe(32), fsync=False)
        try:
            asyncio.run(record(server.start(), home / "edge", "".join(sys.argv[1:])))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
