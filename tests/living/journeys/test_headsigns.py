"""Where vehicles say that they go: at some stops something else than their trip does."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from services.living.departures.live import merged
from services.living.departures.model import Answer, Line
from services.living.progress.model import run_of
from services.living.timetable import clock
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Headsigns, StopTimes
from services.living.timetable.reading import _headsigns
from services.living.tracking.model import Call
from services.living.tracking.running import tracker
from services.living.vehicles.model import Vehicle, VehicleAccess
from tests.fixtures.edge import edge_before
from tests.living.feeds.depot import PLAIN, packed
from tests.living.journeys.transit import SEMARANG_NOW, Transit
from tests.living.tracking.towns import APART_M, STEP_S, Driver, at
from tests.living.tracking.towns import town as town_of_buses

SAID = {("T1", "1"): "Terminal lewat Tugu", ("T2", "1"): "Terminal malam", ("T3", "1"): "Pasar Besar"}
"""The last one is what its trip says, too."""
TRANSLATIONS = (
    "table_name,field_name,language,translation,record_id,record_sub_id,field_value\n"
    "stop_times,stop_headsign,en,Terminal via Monument,T1,1,\n"
    "stop_times,stop_headsign,en,Night terminal,,,Terminal malam\n"
    "trips,trip_headsign,en,East Terminal,,,Terminal Timur\n"
)


def _stop_times() -> str:
    """Those of the plain feed, with what is said at the first stops."""
    head, *rows = PLAIN["stop_times.txt"].splitlines()
    said = [SAID.get((row.split(",")[0], row.split(",")[4]), "") for row in rows]
    return "\n".join([f"{head},stop_headsign", *(f"{row},{text}" for row, text in zip(rows, said, strict=True)), ""])


@pytest.fixture
async def town(bare: Transit, tmp_path: Path) -> Transit:
    """The pillar with this feed."""
    path = tmp_path / "feed.zip"
    path.write_bytes(packed({"stop_times.txt": _stop_times(), "translations.txt": TRANSLATIONS}).getvalue())
    return await bare.enter(path, SEMARANG_NOW.date())


async def test_boards_and_journeys_say_where_one_gets_on_what_the_vehicle_says_there(town: Transit) -> None:
    """In the language that is asked for; at the next stop it is the trip's word again."""
    morning = datetime(2026, 11, 24, 22, 45, tzinfo=UTC).isoformat()
    async with edge_before(town.served) as client:

        async def board(stop: str, language: str) -> dict[str, str]:
            query = {"minutes": "1440", "language": language}
            found = (await client.get(f"/v1/stops/{stop}/departures", params=query)).json()["departures"]
            return {one["trip"]: one["headsign"] for one in found}

        async def ridden(origin: str, language: str) -> str:
            query = {"from": origin, "to": "R", "at": morning, "language": language}
            found = (await client.get("/v1/journeys", params=query)).json()["journeys"]
            rides = [leg["ride"] for one in found for leg in one["legs"] if leg.get("ride")]
            return str(rides[0]["headsign"])

        async def whole(language: str) -> set[str]:
            query = {"minutes": "1440", "language": language}
            found = (await client.get("/v1/stops/P1/departures", params=query)).json()["departures"]
            return {one["trip_headsign"] for one in found}

        assert [await whole(each) for each in ("id", "en")] == [{"Terminal Timur"}, {"East Terminal"}]
        assert await board("P1", "id") == {"T1": "Terminal lewat Tugu", "T2": "Terminal malam"}
        assert await board("P1", "en") == {"T1": "Terminal via Monument", "T2": "Night terminal"}
        assert await board("Q", "en") == {"T1": "East Terminal", "T2": "East Terminal"}
        assert await board("R", "id") == {"T3": "Pasar Besar"}
        assert [await ridden("P1", each) for each in ("id", "en")] == ["Terminal lewat Tugu", "Terminal via Monument"]
        assert await ridden("Q", "id") == "Terminal Timur"


def test_headsigns_are_found_by_their_stop_times_whatever_order_they_come_in() -> None:
    times = StopTimes.of([(trip, stop, 0, 0, 0, 0) for trip in range(3) for stop in range(3)])
    sequences = times.sequence.tolist()
    rows = [(0, "A", [sequences[0], sequences[2]]), (0, "B", [sequences[1]]), (2, "A", [sequences[8]])]
    found = _headsigns(rows, times)
    assert [found.of(row) for row in range(9)] == ["A", "B", "A", "", "", "", "", "", "A"]
    assert found.words == ("A", "B")


def test_an_older_process_reads_what_is_told_of_a_stop_ahead_and_its_word_is_read() -> None:
    told = msgspec.msgpack.encode(Call("Q", "Q", 1, 2, 60, True, 2, 5, "Tugu"))
    assert msgspec.msgpack.decode(told)[:8] == ["Q", "Q", 1, 2, 60, True, 2, 5]
    older = msgspec.msgpack.encode(["Q", "Q", 1, 2, 60, True, 2, 5])
    assert msgspec.msgpack.decode(older, type=Call).headsign == ""


def test_a_bus_on_the_road_says_at_each_stop_what_it_says_there() -> None:
    """The feed's stop before all, the trip's word elsewhere."""
    feed = town_of_buses().days.table.feed
    nine = int(np.searchsorted(feed.times.trip, 2))
    said = Headsigns(np.array([nine + 5]), np.array([0], np.int32), ("Via the market",))
    bus = Driver(tracker(Days(timetable(replace(feed, headsigns=said)))), trip="nine")
    begin = at(9) + 4 * STEP_S
    made = bus.at(begin, 4 * APART_M, bearing=90.0)
    now = clock.at(begin)
    known = Vehicle("bus", 1, "", "", "a", VehicleAccess.UNKNOWN, 0, False, now, now)
    answer = Answer(lines={"timed": Line()}, platforms={"s5": "", "s6": ""})
    run = run_of(msgspec.structs.replace(made, vehicle="bus"), 1, now, 0, 110)
    shown = merged(answer, [run], {"bus": known}, feed.timezone, begin, 3_600, now, 10)
    assert [(one.stop, one.headsign, one.said_at) for one in shown] == [
        ("s5", "Via the market", int(feed.times.sequence[nine + 5])), ("s6", "East", -1),
    ]  # fmt: skip
