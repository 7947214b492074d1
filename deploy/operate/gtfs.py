"""GTFS feeds of a platform, for who administers it: check, import, list, go back, make one of the city's profile."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.operate.access import Access, AccessError, database

if TYPE_CHECKING:
    from services.living.imports.running import Report

OF_CITY = "profil kota"
"""What the source of a feed is called that was made of the city's profile, before its id."""
_LIST = """
SELECT f.*, c.feed = f.number AS current, coalesce(c.previous = f.number, false) AS previous
  FROM living.feed f CROSS JOIN living.feed_current c ORDER BY f.number DESC LIMIT 100
"""
_SOURCE = "SELECT f.source FROM living.feed_current c JOIN living.feed f ON f.number = c.feed"

Tell = Callable[[str, int], None]


class FeedError(AccessError):
    """It could not be done; the message says why, and what to do."""


def city_here() -> str:
    """The city of the platform that runs in SMARTCITY_HOME, else the one that would start."""
    from deploy.local import runfile
    from deploy.local.settings import city_of, home_of

    run = runfile.running(home_of())
    return str(run["city"]) if run else city_of()


def today(city: str) -> date:
    """The day that it is in a city. Raises FeedError."""
    from services.kit.city import load_city
    from services.kit.city.files import CityError

    try:
        return datetime.now(load_city(city).timezone).date()
    except CityError as error:
        raise FeedError(str(error)) from error


def check(source: str, on: date | None, tell: Tell) -> Report:
    """Reads and checks a feed. Raises FeedError."""
    from services.living.imports import running

    try:
        return running.check(source, on, tell)
    except running.ArchiveError as error:
        raise FeedError(str(error)) from error


def enter(access: Access, source: str, on: date | None, tell: Tell, *, made_up: bool = False, name: str = "") -> Report:
    """Imports a feed. Raises FeedError."""
    from services.living.imports import running

    try:
        return running.enter(source, access.postgres_url, on, tell, made_up=made_up, name=name)
    except (running.ArchiveError, running.LoadError) as error:
        raise FeedError(str(error)) from error


def rollback(access: Access) -> dict[str, Any]:
    """Lets the feed before hold again. Raises FeedError."""
    from services.living.imports import loading

    try:
        return asdict(loading.rollback(access.postgres_url))
    except loading.LoadError as error:
        raise FeedError(str(error)) from error


async def feeds(access: Access) -> list[dict[str, Any]]:
    """Feeds that were ever imported, the newest first."""
    async with database(access) as connection:
        if await connection.fetchval("SELECT to_regclass('living.feed')") is None:
            raise FeedError("the database has no tables for feeds: run `smartcity migrate` first")
        return [dict(row) for row in await connection.fetch(_LIST)]


def make(city: str, year: int, path: Path) -> int:
    """Writes the feed that is made of a city's profile; answers with its bytes. Raises FeedError."""
    from services.kit.city import load_city
    from services.kit.city.files import CityError
    from services.living.making import feed
    from services.living.making.profile import network_of

    try:
        profile = load_city(city)
        network = network_of(profile)
    except CityError as error:
        raise FeedError(str(error)) from error
    if network is None:
        raise FeedError(f"cities/{city} has no transit.toml: there is nothing to make a feed of")
    try:
        with path.open("wb") as file:
            feed.write(network, profile, year, file)
    except OSError as error:
        raise FeedError(f"{path} cannot be written ({error.strerror})") from error
    return path.stat().st_size


def enter_city(url: str, city: str) -> Report | None:
    """Imports the feed that is made of a city's profile, where there is none or an older one of the kind.

    None where the city has no buses in its profile, and where somebody has imported another. Raises FeedError.
    """
    import psycopg

    from services.kit.city import load_city
    from services.living.imports import running
    from services.living.making.profile import FILE

    name = f"{OF_CITY} {city}"
    with psycopg.connect(url) as connection:
        current = connection.execute(_SOURCE).fetchone()
    if (current is not None and current[0] != name) or not (load_city(city).folder / FILE).exists():
        return None
    day = today(city)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gtfs.zip"
        make(city, day.year, path)
        try:
            return running.enter(str(path), url, day, lambda _, __: None, made_up=True, name=name)
        except (running.ArchiveError, running.LoadError) as error:
            raise FeedError(str(error)) from error


def as_json(report: Report) -> dict[str, Any]:
    """A report as a program reads it."""
    days = report.days
    found = report.findings
    return {
        "source": report.source,
        "digest": report.digest,
        "bytes": report.bytes,
        "seconds": round(report.seconds, 3),
        "counts": report.counts(),
        "first_day": days[0].isoformat() if days else None,
        "last_day": days[1].isoformat() if days else None,
        "outcome": asdict(report.outcome) if report.outcome else None,
        "totals": [
            {"severity": one.first.severity.value, "code": one.first.code, "file": one.first.file, "count": one.count}
            for one in (found.counts() if found else [])
        ],
        "findings": [
            {
                "severity": one.severity.value,
                "code": one.code,
                "file": one.file,
                "line": one.line,
                "detail": one.detail,
            }
            for one in (found or ())
        ],
    }
