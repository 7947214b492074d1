"""GTFS feeds on their way in, each in a process of its own: a real one, and a big city's with every optional file."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from services.living.pillar import PILLAR
from tests.bench.report import Report
from tests.fixtures.pillars import own_database
from tests.living.feeds import large
from tests.living.feeds.depot import CAIRNS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

_IMPORT = """
import json, resource, sys, time
began = time.perf_counter()
from datetime import date
from services.living.imports import running
report = running.enter(sys.argv[1], sys.argv[2], date(2026, 11, 27), lambda *_: None)
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "megabytes": megabytes, "stop_times": report.counts()["stop_times"],
                  "imported": report.outcome is not None}))
"""


async def test_cairns_is_imported(durable_postgres: str, report: Report) -> None:
    found = await _imported(CAIRNS, await own_database(durable_postgres, PILLAR))

    assert (found["stop_times"], found["imported"]) == (37_790, True)
    report.within("GTFS import: Cairns", found["seconds"], most=3)


async def test_a_big_city_is_imported(durable_postgres: str, report: Report, tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    await asyncio.to_thread(large.write, path)

    found = await _imported(path, await own_database(durable_postgres, PILLAR))

    assert (found["stop_times"], found["imported"]) == (1_408_000, True)
    report.within("GTFS import: 1.4 M stop times", found["seconds"], most=60)
    report.tell("GTFS import: 1.4 M stop times, memory", f"{found['megabytes']:.0f} MB", figure="<= 1,000 MB")
    assert found["megabytes"] <= 1_000


async def _imported(source: Path, url: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _IMPORT, str(source), url, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(output)
    return found
