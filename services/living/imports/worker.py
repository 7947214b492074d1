"""The process of one import: ``python -m services.living.imports.worker 1073741824``.

``feed_imports/running.py`` starts it. It is told what to do over its standard input, which is a socket, and tells how
far it is over the same. It ends with who started it, writes no file, and bounds its memory. What it finds it writes
itself, and only while the import still waits for this very run: of a run that was given up nothing holds.
"""

import io
import os
import resource
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from services.living.feed_imports.orders import Order, Progress
from services.living.gtfs import archive, checking
from services.living.gtfs.archive import Archive, ArchiveError
from services.living.gtfs.checking import Checked
from services.living.imports import loading, results
from services.living.imports.loading import By, LoadError

_ROW_BYTES = 45
"""Of a row of a file, for telling how far it is."""
_EVERY_S = 0.2


class Teller:
    """Tells how far it is, not more often than anybody looks."""

    def __init__(self, place: socket.socket) -> None:
        """Tells nothing yet."""
        self._place = place
        self._told = 0.0
        self._sizes: dict[str, int] = {}
        self._done = 0
        self._rows = 0
        self._about = ""
        self._whole = 0

    def begin(self, sizes: dict[str, int]) -> None:
        """What is to be done, each in its own measure."""
        self._sizes, self._whole = sizes, max(1, sum(sizes.values()))
        self._done = self._rows = 0
        self._about = ""

    def tell(self, step: str, about: str, more: int, measure: int = 1) -> None:
        """So much more of something is done."""
        if about != self._about:
            self._done += self._sizes.get(self._about, 0)
            self._about, self._rows = about, 0
        self._rows += more * measure
        if time.monotonic() - self._told < _EVERY_S:
            return
        self._told = time.monotonic()
        done = self._done + min(self._rows, self._sizes.get(about, self._rows))
        progress = Progress(step, about, min(99, 100 * done // self._whole))
        self._place.sendall(msgspec.json.encode(progress) + b"\n")


def work(order: Order, teller: Teller) -> None:
    """Checks a feed, or loads it and lets it hold; the import says afterwards what became of it."""
    try:
        content = _content(order, teller)
        with archive.of(content) as found:
            if order.load:
                _load(order, found, teller)
            else:
                _check(order, found, content, teller)
    except ArchiveError as error:
        results.refuse(order, error)
    except LoadError as error:
        results.fail(order, error)
    except MemoryError:
        results.fail(
            order, LoadError("it needs more memory than an import at a desk has: import it by command", "memory")
        )


def _content(order: Order, teller: Teller) -> io.BytesIO:
    """The archive: fetched, or as it lies in the database. Raises ArchiveError, LoadError."""
    content = io.BytesIO()
    if order.load or not order.address:
        results.read(order, content)
        return content
    from services.living.gtfs import fetching  # 90 ms, for archives that were sent too

    before = 0

    def came(now: int, whole: int) -> None:
        nonlocal before
        if not before:
            teller.begin({"": whole or now})
        teller.tell("download", "", now - before)
        before = now

    try:
        fetching.fetch(order.address, content, came)
    except ArchiveError as error:  # it says nothing of what lies there: another try may do
        raise LoadError(str(error), error.code, error.about) from error
    return content


def _check(order: Order, found: Archive, content: io.BytesIO, teller: Teller) -> None:
    checked = _read(order, found, teller)
    results.checked(order, found, checked, content if order.address else None)


def _load(order: Order, found: Archive, teller: Teller) -> None:
    """Raises ArchiveError, LoadError."""
    if found.digest != order.digest:
        raise LoadError("the archive is not the one that was checked: bring it again", "another_archive")
    by = By("import", order.agency, order.by, settle=lambda connection, feed: results.held(connection, order, feed))
    if loading.known(order.database, found.digest, by) is not None:
        return
    checked = _read(order, found, teller)
    teller.begin({"stop_time": len(checked.calls)})
    loading.load(
        order.database, found, checked, order.source, lambda table, count: teller.tell("load", table, count), by=by
    )


def _read(order: Order, found: Archive, teller: Teller) -> Checked:
    teller.begin({name: found.size(name) for name in found.names})

    def tell(about: str, rows: int) -> None:
        teller.tell("checks" if about == "checks" else "read", "" if about == "checks" else about, rows, _ROW_BYTES)

    return checking.read(found, order.today, tell)


def _bound(memory_bytes: int) -> None:
    for name, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(name, (most, most))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")  # sooner this one than the pillar


def _end_with(source: Any) -> None:
    """Ends this process, at whatever it is, when who started it is gone."""
    with suppress(OSError):
        source.read()
    os._exit(0)


def main() -> None:
    """Takes the order, and does it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound(int(sys.argv[1]))
    place = socket.socket(fileno=0)
    place.setblocking(True)
    source = place.makefile("rb")
    line = source.readline()
    if not line:
        return
    threading.Thread(target=_end_with, args=(source,), daemon=True).start()
    try:
        work(msgspec.json.decode(line, type=Order), Teller(place))
    except LoadError as error:  # it cannot be written down: who started it sees that it ended
        sys.stderr.write(f"import: {error}\n")
    except (BrokenPipeError, ConnectionResetError):
        pass


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # a thread still reads
