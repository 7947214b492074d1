"""What is wrong with a feed is found, with its code, file and line; and what is right is not."""

from pathlib import Path

import pytest

from services.living.gtfs import archive, checking
from services.living.gtfs.findings import SEVERITIES, Severity
from tests.living.feeds.broken_fares import FARES
from tests.living.feeds.broken_network import NETWORK
from tests.living.feeds.broken_tables import TABLES
from tests.living.feeds.depot import CAIRNS, PLAIN, TODAY, found, packed, semarang, with_lines

BROKEN = TABLES | NETWORK | FARES
assert len(BROKEN) == len(TABLES) + len(NETWORK) + len(FARES)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_found_where_it_is(name: str) -> None:
    code, files, file, line = BROKEN[name]

    listed = found(files)

    assert (code, file, line) in [(one.code, one.file, one.line) for one in listed]


def test_every_error_that_is_looked_for_has_a_broken_feed() -> None:
    shown = {code for code, *_ in BROKEN.values()}
    errors = {code for code, severity in SEVERITIES.items() if severity is Severity.ERROR}

    assert errors - shown == {"too_many_rows"}  # five million of them would take long


def test_the_plain_feed_has_no_finding() -> None:
    assert found({}) == []


def test_all_errors_are_listed_at_once() -> None:
    times = PLAIN["stop_times.txt"].replace("06:05:00", "06:61:00")
    stops = with_lines("stops.txt", "Q,Lain Lagi,-7,110.41,0,")

    codes = {one.code for one in found({**stops, "stop_times.txt": times, "agency.txt": None})}

    assert {"invalid_time", "missing_required_file", "duplicate_key", "foreign_key_violation"} <= codes


@pytest.mark.parametrize(
    "text",
    ["\ufeff" + PLAIN["stops.txt"], PLAIN["stops.txt"].replace("\n", "\r\n"), PLAIN["stops.txt"].rstrip("\n"),
     PLAIN["stops.txt"].replace("Tugu Kota", ' "Tugu Kota" '), PLAIN["stops.txt"].replace(",", " , ")],
    ids=["byte order mark", "CRLF", "no last line end", "quotes", "blanks"],
)  # fmt: skip
def test_the_same_table_written_otherwise_is_the_same(text: str) -> None:
    assert found({"stops.txt": text}) == []


def test_a_loop_and_times_past_midnight_are_fine() -> None:
    loop = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "T1,25:10:00,25:10:00,P1,1\nT1,25:15:00,25:15:00,Q,2\nT1,25:20:00,25:20:00,R,3\nT1,25:30:00,25:30:00,P1,4\n"
        "T2,100:00:00,100:00:00,P1,1\nT2,100:10:00,100:10:00,Q,2\nT3,07:00:00,07:00:00,R,1\nT3,07:10:00,07:10:00,P2,2\n"
    )

    assert found({"stop_times.txt": loop}) == []


def test_cairns_has_no_error() -> None:
    with archive.opened(CAIRNS) as opened:
        checked = checking.read(opened, TODAY, lambda *_: None)

    assert {one.code for one in checked.findings} == {
        "expired_calendar", "missing_recommended_file", "stop_too_far_from_shape",
    }  # fmt: skip
    assert sum(time >= 86_400 for time in checked.feed["stop_times"].ints("departure_time")) == 1_405


def test_the_feed_of_semarang_has_no_finding(tmp_path: Path) -> None:
    with archive.opened(semarang(tmp_path / "gtfs.zip")) as opened:
        checked = checking.read(opened, TODAY, lambda *_: None)

    assert list(checked.findings) == []
    kinds = checked.feed["stops"].ints("location_type")
    assert (kinds.count(0), kinds.count(1), len(checked.feed["routes"])) == (275, 79, 16)
    assert set(checked.feed["stop_times"].ints("timepoint")) == {0}
    assert set(checked.feed["frequencies"].ints("exact_times")) == {0}


def test_what_was_found_is_bounded_and_counted() -> None:
    lines = [f"T1,06:61:00,06:00:00,Q,{number}," for number in range(10, 2510)]
    with archive.of(packed(with_lines("stop_times.txt", *lines))) as opened:
        findings = checking.read(opened, TODAY, lambda *_: None).findings

    counts = {one.first.code: one.count for one in findings.counts()}
    assert counts["invalid_time"] == 2500
    assert sum(one.code == "invalid_time" for one in findings) == 1000


def test_what_is_looked_for_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs/gtfs.md").read_text(encoding="utf-8")

    assert {code for code in SEVERITIES if f"`{code}`" not in text} == set()


def test_stops_of_openstreetmap_stay_in_their_own_file() -> None:
    folder = Path(__file__).parents[3] / "cities/semarang"

    assert "OSM" not in (folder / "transit_stops.csv").read_text(encoding="utf-8")
    rows = (folder / "transit_stops_osm.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert all("OSM " in row for row in rows)


def test_trips_in_another_order_than_in_their_own_file_are_sorted() -> None:
    """A trip's rows are together and in order, which is all that is asked of the file."""
    head, *rows = PLAIN["stop_times.txt"].splitlines(keepends=True)

    assert found({"stop_times.txt": head + "".join(rows[3:6] + rows[6:] + rows[:3])}) == []
    (one,) = found({"stop_times.txt": head + "".join(rows[:2] + rows[3:] + rows[2:3])})
    assert one.code == "unsorted_stop_times", "another trip's rows are between"
