"""Which stops follow each other on the ways of a line, as an import finds it, and the migration for feeds before it."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from services.living.imports import loading
from services.living.imports.rows import rows
from services.living.pillar import PILLAR
from tests.living.feeds.depot import Depot, with_lines

_WAYS = """
SELECT p.route, p.direction, (SELECT id FROM living.shape s WHERE s.feed = p.feed AND s.number = p.shape) AS shape,
       (SELECT string_agg(id, ' ' ORDER BY place) FROM unnest(p.stops) WITH ORDINALITY AS of (number, place)
          JOIN living.stop USING (number) WHERE stop.feed = p.feed) AS stops
  FROM living.route_pattern p ORDER BY route, direction, stops
"""
_MORE = (
    "T4,08:00:00,08:00:00,P1,1,0\nT4,08:08:00,08:08:00,R,2,2208\nT5,09:00:00,09:00:00,P1,5,\n"
    "T5,09:05:00,09:05:00,Q,6,\nT5,09:10:00,09:10:00,R,7,\nT5,09:15:00,09:15:00,Q,8,"
)


async def _ways(depot: Depot) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await depot.served.admin.fetch(_WAYS)]


async def test_every_order_of_stops_is_kept_and_found_again_in_feeds_of_before(depot: Depot, tmp_path: Path) -> None:
    files = with_lines("stop_times.txt", *_MORE.split("\n"))
    files |= with_lines("trips.txt", "L,daily,T4,Terminal Timur,0,S", "L,daily,T5,Tugu Kota,0,")
    await depot.enter(await depot.write(tmp_path / "kota.zip", files))
    wanted = [(0, 0, "S", "P1 Q R"), (0, 0, None, "P1 Q R Q"), (0, 0, "S", "P1 R"), (0, 1, None, "R P2")]
    assert await _ways(depot) == wanted
    (file,) = PILLAR.migrations.glob("*_route_patterns.py")
    spec = importlib.util.spec_from_file_location("patterns", file)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    async with depot.served.admin.transaction():
        await depot.served.admin.execute("SET LOCAL search_path = living")
        await depot.served.admin.execute("DROP TABLE route_pattern")
        for part in (migration.TABLE, migration.PARTS, migration.FILL):
            await depot.served.admin.execute(part)
    assert await _ways(depot) == wanted


async def test_what_code_of_before_imports_has_its_ways_as_well(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older command knows nothing of the table: without it floods and stretches would close nothing."""
    await depot.enter(await depot.write(tmp_path / "new.zip"))
    wanted = await _ways(depot)
    monkeypatch.setattr(loading, "rows", lambda checked: (one for one in rows(checked) if one[0] != "route_pattern"))
    await depot.enter(await depot.write(tmp_path / "old.zip", with_lines("stops.txt", "Z,Baru,-7.0,110.5,0,")))
    assert await _ways(depot) == [way for way in wanted for _ in range(2)]
