"""From a folder, a zip or an address to a feed that holds: the whole way of an import, for who has a process for it.

It imports NumPy, and holds the process for seconds; it tells how far it is.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.living.gtfs import archive, calendars, checking, fetching
from services.living.gtfs.archive import Archive, ArchiveError
from services.living.gtfs.checking import Checked
from services.living.gtfs.findings import Findings
from services.living.imports import loading
from services.living.imports.loading import LoadError, Outcome

__all__ = ["ArchiveError", "LoadError", "Report", "check", "enter"]

Tell = Callable[[str, int], None]
"""Hears what is being done, and of so many more rows or bytes of it."""


@dataclass(frozen=True)
class Report:
    """What was read, what was found, and what became of it."""

    source: str
    digest: str
    bytes: int
    seconds: float
    findings: Findings | None = None
    """None where nothing had to be read: the feed was there already."""
    checked: Checked | None = None
    outcome: Outcome | None = None
    """None where it was not imported."""

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of service."""
        together = 0
        for one in self.checked.days.values() if self.checked else ():
            together |= one
        return calendars.span(together)

    def counts(self) -> dict[str, int]:
        """Rows of what matters most."""
        if self.checked is None:
            return {}
        feed = self.checked.feed
        rows = {name: len(feed[name]) for name in ("stops", "routes", "trips")}
        return {**rows, "stop_times": len(self.checked.calls)}


def check(source: str, on: date | None, tell: Tell, *, local: bool = False) -> Report:
    """Reads and checks a feed as of a day, its own today without one; nothing else. Raises ArchiveError."""
    began = time.monotonic()
    with opened(source, tell, local=local) as found:
        checked = checking.read(found, on, tell)
        seconds = time.monotonic() - began
        return Report(source, found.digest, found.bytes, seconds, checked.findings, checked)


def enter(
    source: str, url: str, on: date | None, tell: Tell, *, made_up: bool = False, name: str = "", local: bool = False
) -> Report:
    """Imports a feed into the database at ``url``, unless it has errors; then nothing has changed.

    ``name`` is what its source is called, where that is not where it was read from. Raises ArchiveError, LoadError.
    """
    began = time.monotonic()
    with opened(source, tell, local=local) as found:
        outcome = loading.known(url, found.digest)
        if outcome is not None:
            return Report(source, found.digest, found.bytes, time.monotonic() - began, outcome=outcome)
        checked = checking.read(found, on, tell)
        if not checked.findings.broken:
            outcome = loading.load(url, found, checked, name or called(source), tell, made_up=made_up)
        seconds = time.monotonic() - began
        return Report(source, found.digest, found.bytes, seconds, checked.findings, checked, outcome)


def called(source: str) -> str:
    """What a source is called in the list of feeds: an address whole, of a path its last part."""
    return source.partition("?")[0][:500] if source.startswith(("http://", "https://")) else Path(source).name[:200]


@contextmanager
def opened(source: str, tell: Tell, *, local: bool = False) -> Iterator[Archive]:
    """The archive at a path or an address. Raises ArchiveError."""
    if not source.startswith(("http://", "https://")):
        with archive.opened(Path(source)) as found:
            yield found
        return
    with tempfile.TemporaryFile() as file:
        before = 0

        def came(now: int, _: int) -> None:
            nonlocal before
            tell("download", now - before)
            before = now

        fetching.fetch(source, file, came, local=local)
        with archive.of(file) as found:
            yield found
