"""Reads all of a feed and checks it. It imports NumPy, and takes seconds and hundreds of megabytes for a large one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from services.living.gtfs import calendars, fares, places, references, shapes, tables, transfers, trips, words
from services.living.gtfs.archive import Archive
from services.living.gtfs.calls import Calls, calls_of
from services.living.gtfs.feed import FeedTables
from services.living.gtfs.findings import Findings
from services.living.gtfs.schema import files
from services.living.gtfs.shapes import Points, points_of

Tell = Callable[[str, int], None]
"""Hears what is being done, and of so many more rows of it."""


@dataclass
class Checked:
    """A feed that was read and checked."""

    feed: FeedTables
    calls: Calls
    points: Points
    days: dict[str, int]
    """The days of each service (``calendars.py``)."""

    @property
    def findings(self) -> Findings:
        """What was found."""
        return self.feed.findings


def read(archive: Archive, today: date | None, tell: Tell) -> Checked:
    """Reads and checks a feed as of a day; of the day that it is by its own clocks where none is given.

    Raises ArchiveError when a member cannot be unpacked.
    """
    findings = Findings()
    found = {}
    for file in files().values():
        with archive.member(file.name) as content:
            found[file.name] = tables.read(file, content, findings, partial(tell, file.name))
    feed = FeedTables(found, findings)
    references.check_names(feed, archive.names)
    references.check(feed)
    words.check(feed)
    places.check(feed)
    fares.check(feed)
    days = calendars.days_of(feed)
    calendars.check(feed, days, today or _today(feed))
    tell("checks", 0)
    calls = calls_of(feed)
    trips.check(feed, calls, days)
    transfers.check(feed, calls)
    points = points_of(feed)
    shapes.check(feed, points, calls)
    return Checked(feed, calls, points, days)


def _today(feed: FeedTables) -> date:
    """By the clocks of its first agency; by Greenwich's where it names no time zone, which is an error anyway."""
    zone = next((one for one in feed["agency"].text("agency_timezone") if one), "")
    return datetime.now(ZoneInfo(zone) if zone else UTC).date()
