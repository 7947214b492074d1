"""Which stops follow each other on the ways of a line, found as a feed is attached, and for feeds of before."""

from pathlib import Path
from typing import Any

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
    find = "SELECT living.find_patterns(number) FROM living.feed WHERE kept"
    await depot.served.admin.execute(find)
    assert await _ways(depot) == wanted, "they are found once"
    await depot.served.admin.execute("DELETE FROM living.route_pattern")
    await depot.served.admin.execute(find)
    assert await _ways(depot) == wanted
