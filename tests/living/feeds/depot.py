"""Feeds that are written file by file, and the pillar into which they are imported."""

import asyncio
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg

from services.kit.caller import ANONYMOUS
from services.kit.city import load_city
from services.living.gtfs import archive, checking
from services.living.gtfs.findings import Finding
from services.living.imports import running
from services.living.imports.running import Report
from services.living.making import feed as making
from services.living.making.profile import network_of
from smartcity.living.v1 import feeds_pb2, feeds_pb2_grpc, routes_pb2_grpc, stops_pb2_grpc
from tests.fixtures.pillars import Served

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
TODAY = NOW.date()
CAIRNS = Path(__file__).parents[1] / "cairns/cairns_gtfs.zip"

PLAIN = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,Agency One,https://example.org/,Asia/Jakarta\n",
    "feed_info.txt": (
        "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version,feed_contact_url\n"
        "Agency One,https://example.org/,id,20260101,20271231,1,https://example.org/\n"
    ),
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "P,Pasar Besar,-7.0000,110.4000,1,\n"
        "P1,Pasar Besar,-7.0001,110.4000,0,P\n"
        "P2,Pasar Besar,-6.9999,110.4000,0,P\n"
        "Q,Tugu Kota,-7.0000,110.4100,0,\n"
        "R,Terminal Timur,-7.0000,110.4200,0,\n"
    ),
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\nL,A,L1,Pasar - Terminal,3\n",
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "daily,1,1,1,1,1,1,1,20260101,20271231\n"
    ),
    "trips.txt": (
        "route_id,service_id,trip_id,trip_headsign,direction_id,shape_id\n"
        "L,daily,T1,Terminal Timur,0,S\nL,daily,T2,Terminal Timur,0,S\nL,daily,T3,Pasar Besar,1,\n"
    ),
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
        "T1,06:00:00,06:00:00,P1,1,0\nT1,06:05:00,06:05:30,Q,2,1104\nT1,06:10:00,06:10:00,R,3,2208\n"
        "T2,23:55:00,23:55:00,P1,1,0\nT2,,,Q,2,1104\nT2,25:10:00,25:10:00,R,3,2208\n"
        "T3,07:00:00,07:00:00,R,1,\nT3,07:10:00,07:10:00,P2,2,\n"
    ),
    "shapes.txt": (
        "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled\n"
        "S,-7.0,110.40,1,0\nS,-7.0,110.41,2,1104\nS,-7.0,110.42,3,2208\n"
    ),
}
"""A small feed without a finding: a station with two sides, a trip past midnight with a time left out."""


def packed(files: dict[str, str | bytes | None], base: dict[str, str] | None = None) -> io.BytesIO:
    """A zip of the plain feed with some files in place of its own; None takes one away."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, text in {**(PLAIN if base is None else base), **files}.items():
            if text is not None:
                into.writestr(zipfile.ZipInfo(name), text)
    return made


def found(files: dict[str, str | bytes | None], on: date = TODAY) -> list[Finding]:
    """What is found in the plain feed with these changes."""
    with archive.of(packed(files)) as opened:
        return list(checking.read(opened, on, lambda *_: None).findings)


def with_lines(file: str, *lines: str) -> dict[str, str | bytes | None]:
    """The plain feed's file with more lines."""
    return {file: PLAIN[file] + "".join(f"{line}\n" for line in lines)}


def semarang(path: Path, year: int = 2026) -> Path:
    """Writes the feed that is made of the city's profile."""
    city = load_city("semarang")
    network = network_of(city)
    assert network is not None
    with path.open("wb") as file:
        making.write(network, city, year, file)
    return path


async def numbers(admin: "asyncpg.Connection[Any]") -> set[int]:
    """Feeds whose tables are there."""
    rows = await admin.fetch(
        "SELECT substring(tablename from '^stop_time_([0-9]+)$')::int AS number FROM pg_tables"
        " WHERE schemaname = 'living' AND tablename ~ '^stop_time_[0-9]+$'"
    )
    return {row["number"] for row in rows}


async def take_away(admin: "asyncpg.Connection[Any]") -> None:
    """Takes the tables of all feeds away."""
    await admin.execute("DELETE FROM living.feed_current")
    for number in await numbers(admin):
        while await admin.fetchval("SELECT living.drop_feed($1)", number):
            pass


@dataclass
class Depot:
    """The running pillar, and who imports into it."""

    served: Served

    @property
    def url(self) -> str:
        """The database, as its administrator."""
        url: str = self.served.runtime.settings.postgres_url.get_secret_value()
        return url

    async def enter(self, source: Path | str, on: date = TODAY, **more: Any) -> Report:
        """Imports a feed as the command does. Raises ArchiveError, LoadError."""
        return await asyncio.to_thread(running.enter, str(source), self.url, on, lambda *_: None, **more)

    async def write(self, path: Path, files: dict[str, str | bytes | None] | None = None) -> Path:
        """Writes the plain feed with some changes as a zip."""
        await asyncio.to_thread(path.write_bytes, packed(files or {}).getvalue())
        return path

    async def call(self, name: str, request: Any) -> Any:
        """Asks one of the three services. Raises grpc.aio.AioRpcError."""
        stub = next(one for one in _STUBS if hasattr(one, name) or name in _RPCS[one])
        return await self.served.call(stub, name, request, ANONYMOUS)

    async def feed(self) -> feeds_pb2.Feed:
        """What holds."""
        found: feeds_pb2.Feed = (await self.call("GetFeed", feeds_pb2.GetFeedRequest())).feed
        return found

    async def numbers(self) -> set[int]:
        """Feeds whose tables are there."""
        return await numbers(self.served.admin)

    async def empty(self) -> None:
        """Takes the tables of all feeds away."""
        await take_away(self.served.admin)


_STUBS = (feeds_pb2_grpc.FeedServiceStub, stops_pb2_grpc.StopServiceStub, routes_pb2_grpc.RouteServiceStub)
_RPCS = {
    _STUBS[0]: {"GetFeed", "GetFeedPart"},
    _STUBS[1]: {"ListStops", "GetStop"},
    _STUBS[2]: {"ListRoutes", "GetRoute"},
}
