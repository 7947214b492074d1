"""Archives and addresses are bounded, and values are what they are: tables written by anybody, any times, any days."""

import csv
import http.server
import io
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.living.gtfs import archive, calendars, checking, fetching, tables
from services.living.gtfs.archive import ArchiveError
from services.living.gtfs.findings import Findings
from services.living.gtfs.schema import files
from services.living.gtfs.values import MISSING, BadError, clock, seconds
from services.living.imports import about
from services.living.imports.times import interpolated
from services.living.imports.ways import merged
from tests.living.feeds.depot import PLAIN, TODAY, packed


@given(st.integers(0, 999 * 3600 + 3599))
def test_a_time_is_read_as_it_is_written(time: int) -> None:
    assert seconds(clock(time)) == time


@given(st.text(alphabet="0123456789: .-+٣", max_size=12))
def test_a_text_is_a_time_or_refused(text: str) -> None:
    try:
        time = seconds(text)
    except BadError:
        return
    assert clock(time).lstrip("0") == text.lstrip("0") or clock(time) == f"0{text}"


_CELL = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf"), exclude_characters="\ufffd"))


@given(st.lists(st.tuples(_CELL.filter(bool), _CELL), max_size=20), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_table_is_read_as_it_is_written(rows: list[tuple[str, str]], end: str, marked: bool) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerows([("area_id", "area_name"), *rows])
    content = text.getvalue().encode("utf-8-sig" if marked else "utf-8")

    table = tables.read(files()["areas.txt"], io.BytesIO(content), Findings(), lambda _: None)

    assert list(zip(table.text("area_id"), table.text("area_name"), strict=True)) == rows
    assert list(table.lines) == list(range(2, 2 + len(rows)))


@given(st.binary(max_size=400))
def test_no_bytes_are_too_odd_for_a_table(content: bytes) -> None:
    tables.read(files()["stops.txt"], io.BytesIO(content), Findings(), lambda _: None)


@given(st.dates(date(1960, 1, 1), date(2100, 1, 1)), st.integers(0, 60), st.integers(0, 127))
def test_a_set_of_days_has_those_of_its_weekdays(start: date, length: int, mask: int) -> None:
    end = start + timedelta(days=length)
    made = calendars._every(mask, calendars._place(start.toordinal()), calendars._place(end.toordinal()))

    every = (start + timedelta(days=day) for day in range(length + 1))
    wanted = {day for day in every if mask >> day.weekday() & 1 and day >= calendars.FIRST}
    assert {calendars.FIRST + timedelta(days=at) for at in range(made.bit_length()) if made >> at & 1} == wanted
    assert calendars.span(made) == ((min(wanted), max(wanted)) if wanted else None)


def test_times_that_are_left_out_lie_between_their_neighbours() -> None:
    given_times = np.array([100, MISSING, MISSING, 400, 0, MISSING, 60], np.int32)
    far = np.array([0, 10, 20, 100, np.nan, np.nan, np.nan])

    arrival, departure, unknown = interpolated(given_times, given_times, far)

    assert arrival.tolist() == departure.tolist() == [100, 130, 160, 400, 0, 30, 60]
    assert unknown.tolist() == [False, True, True, False, False, True, False]


@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=10, unique=True), min_size=1, max_size=6))
def test_ways_are_merged_into_one_order_of_all_stops(patterns: list[list[int]]) -> None:
    order = merged(patterns)

    assert set(order) == {stop for pattern in patterns for stop in pattern}
    assert len(order) == len(set(order))
    assert [stop for stop in order if stop in patterns[0]] == patterns[0]


def test_a_loop_keeps_its_first_stop_at_both_ends() -> None:
    assert merged([(1, 2, 3, 1), (1, 2, 4, 3, 1)]) == [1, 2, 4, 3, 1]


def _odd(**changes: object) -> io.BytesIO:
    """A zip with a member whose entry in the list of members is changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("agency.txt", PLAIN["agency.txt"])
        for name, value in changes.items():
            setattr(into.filelist[0], name, value)
    return made


def _named(*names: str) -> io.BytesIO:
    made = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, zipfile.ZipFile(made, "w") as into:
        patch.setattr("warnings.warn", lambda *_, **__: None)
        for name in names:
            into.writestr(name, "x")
    return made


def _bomb() -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("agency.txt", bytes(8 << 20))
    return made


def _claims_many() -> io.BytesIO:
    made = packed({})
    content = bytearray(made.getvalue())
    place = content.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", content, place + 8, 60_000, 60_000)
    return io.BytesIO(bytes(content))


def _says_one_and_means_many() -> io.BytesIO:
    """Its end says one member, and what stands before the end says as many as there are."""
    made = packed({})
    content = made.getvalue()
    place = content.rfind(b"PK\x05\x06")
    bytes_, start = struct.unpack_from("<II", content, place + 12)
    many = content[start:place] * 300
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 300, 300, len(many), start)
    where = struct.pack("<4sIQI", b"PK\x06\x07", 0, start + len(many), 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, bytes_, start, 0)
    return io.BytesIO(content[:start] + many + large + where + end)


HOSTILE: dict[str, tuple[Callable[[], io.BytesIO], str]] = {
    "no zip": (lambda: io.BytesIO(b"stop_id,stop_name\n" * 9), "no zip"),
    "cut off": (lambda: io.BytesIO(packed({}).getvalue()[:-30]), "no zip"),
    "way up": (lambda: _named("../../etc/passwd"), "out of the archive"),
    "from the root": (lambda: _named("/etc/passwd"), "out of the archive"),
    "backslashes": (lambda: _named("..\\stops.txt"), "out of the archive"),
    "twice": (lambda: _named("stops.txt", "stops.txt"), "twice"),
    "too many": (lambda: _named(*(f"{number}.txt" for number in range(300))), "members"),
    "says too many": (_claims_many, "members"),
    "says one and means many": (_says_one_and_means_many, "members"),
    "bomb": (_bomb, "times its size"),
    "encrypted": (lambda: _odd(flag_bits=1), "encrypted"),
    "other packing": (lambda: _odd(compress_type=zipfile.ZIP_LZMA), "deflate"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_before_it_is_read(name: str) -> None:
    make, words = HOSTILE[name]

    with pytest.raises(ArchiveError, match=words), archive.of(make()):
        pass


@pytest.mark.parametrize("make", [_claims_many, _says_one_and_means_many])
def test_the_list_of_an_archives_members_is_not_read_where_it_is_too_long(
    make: Callable[[], io.BytesIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: one of ZIP64 was read whole, hundreds of megabytes of it, to be refused then."""
    made = make()
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(ArchiveError) as caught, archive.of(made):
        pass
    assert caught.value.code == "many_members"


def test_a_member_that_is_damaged_is_told() -> None:
    content = bytearray(packed({}).getvalue())
    content[60:90] = bytes(30)

    with archive.of(io.BytesIO(bytes(content))) as opened, pytest.raises(ArchiveError, match="cannot be unpacked"):
        _read(opened, "agency.txt")


def _read(opened: archive.Archive, name: str) -> bytes:
    with opened.member(name) as member:
        assert member is not None
        return member.read()


def test_a_folder_is_a_feed_as_its_zip_is(tmp_path: Path) -> None:
    for name, text in PLAIN.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "notes.pdf").write_bytes(b"x")
    (tmp_path / "link.txt").symlink_to("/etc/passwd")

    with archive.opened(tmp_path) as once:
        first, names = once.digest, once.names
    (tmp_path / "stops.txt").touch()
    with archive.opened(tmp_path) as again:
        second = again.digest

    assert sorted(names) == sorted(PLAIN)
    assert first == second


@contextmanager
def _mirror(status: int, headers: dict[str, str], body: bytes) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/gtfs.zip"
        finally:
            server.shutdown()
            thread.join()


def test_an_address_is_fetched_as_it_is() -> None:
    body, came = packed({}).getvalue(), io.BytesIO()

    with _mirror(200, {}, body) as url:
        fetching.fetch(url, came, lambda *_: None, local=True)

    assert came.getvalue() == body


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [(302, {"location": "http://169.254.169.254/"}, "moved"), (404, {}, "HTTP 404"),
     (200, {"content-length": str(300 << 20)}, "more than")],
)  # fmt: skip
def test_an_answer_that_is_not_the_feed_is_refused(status: int, headers: dict[str, str], words: str) -> None:
    with _mirror(status, headers, b"") as url, pytest.raises(ArchiveError, match=words):
        fetching.fetch(url, io.BytesIO(), lambda *_: None, local=True)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/gtfs.zip", "ftp://example.org/x", "https:///x", "https://me:secret@example.org/x",
     "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x", "https://169.254.169.254/x", "https://0/x",
     "https://localhost/x", "https://[::ffff:127.0.0.1]/x", "https://[64:ff9b::a00:1]/x",
     "https://[2002:a00:1::]/x", "https://[::10.0.0.1]/x", "https://[64:ff9b:1::a00:1]/x", "https://example.org:99999/x"],
)  # fmt: skip
def test_only_public_hosts_are_asked_and_only_over_https(url: str) -> None:
    with pytest.raises(ArchiveError):
        fetching.fetch(url, io.BytesIO(), lambda *_: None)


_INFO = "feed_publisher_name,feed_publisher_url,feed_lang,feed_version"


@pytest.mark.parametrize(
    ("publisher", "version", "attribution", "made_up"),
    [
        ("Trans", "2026-11", "", False),
        ("Trans", "perkiraan-2026", "", True),
        ("Kota: perkiraan dari profil kota", "2026-11", "", True),
        ("Trans", "2026-11", "Perkiraan, bukan data resmi", True),
    ],
    ids=("nothing", "its version", "its publisher", "an attribution"),
)
def test_a_feed_is_an_estimate_wherever_it_says_so(
    publisher: str, version: str, attribution: str, made_up: bool
) -> None:
    files_: dict[str, str | bytes | None] = {"feed_info.txt": f"{_INFO}\n{publisher},https://a.example,id,{version}\n"}
    if attribution:
        files_["attributions.txt"] = f'organization_name,is_producer\n"{attribution}",1\n'
    with archive.of(packed(files_)) as read:
        said = about.of(checking.read(read, TODAY, lambda *_: None).feed)
    assert (said.publisher, said.version, said.made_up) == (publisher, version, made_up)
