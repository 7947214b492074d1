"""Reference data as ready bytes: the city profile never changes while the process runs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.etags import digest, etag_matches
from gateway.answers.packing import LEVEL, LEVEL_ONCE, packed, takes_gzip
from services.kit.city import City, Named

MAX_AGE = 300
"""Seconds in which caches need not ask again."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A body that is ready to send, as it is and compressed."""

    body: bytes
    packed: bytes
    etag: str
    content_type: str

    @classmethod
    def of(cls, body: bytes, content_type: str = "application/json", level: int = LEVEL_ONCE) -> "Ready":
        """Makes the ETag from the bytes."""
        return cls(body, packed(body, level), f'W/"{digest(body)}"', content_type)

    @classmethod
    async def soon(cls, body: bytes, content_type: str) -> "Ready":
        """The same of what lasts some seconds, beside the loop: to pack a city's buses takes tens of milliseconds."""
        return await asyncio.to_thread(cls.of, body, content_type, LEVEL)

    def response(self, request: Request, max_age: int = MAX_AGE) -> Response:
        """The answer: 304 when the client has these bytes. Caches need not ask again for ``max_age`` seconds."""
        headers = {"etag": self.etag, "cache-control": f"public, max-age={max_age}", "vary": "Accept-Encoding"}
        if etag_matches(request.headers.get("if-none-match"), self.etag):
            return Response(status_code=304, headers=headers)
        if takes_gzip(request.headers.get("accept-encoding", "")):
            return Response(self.packed, headers={**headers, "content-encoding": "gzip"}, media_type=self.content_type)
        return Response(self.body, headers=headers, media_type=self.content_type)


class Reference:
    """Categories, areas, agencies and e-services of the city, and its map."""

    def __init__(self, city: City) -> None:
        """Encodes everything once, but what has the names of the day."""
        self._city = city
        self.categories = Ready.of(_list("categories", _categories(city)))
        self.areas = Ready.of(_list("areas", _areas(city)))
        self.agencies = Ready.of(_list("agencies", _agencies(city)))
        self.services = Ready.of(_list("services", _services(city)))
        self.geojson = Ready.of(city.geojson(), "application/geo+json")

    def head(self) -> dict[str, object]:
        """The city at the head of its home, with its channels by today's names."""
        city = self._city
        return {
            "id": city.id,
            "code": city.code,
            "name": {"id": city.name_id, "en": city.name_en},
            "timezone": str(city.timezone),
            "channels": _channels(city, datetime.now(city.timezone).date()),
        }


def _list(name: str, rows: list[dict[str, object]]) -> bytes:
    return msgspec.json.encode({name: rows})


def _names(named: Named) -> Mapping[str, str]:
    return {"id": named.name_id, "en": named.name_en}


def _channels(city: City, today: date) -> list[dict[str, str]]:
    return [
        {"kind": each.kind, "name": each.name, "website": each.website, "phone": each.phone}
        for each in city.channels(today)
    ]


def _categories(city: City) -> list[dict[str, object]]:
    return [
        {
            "id": each.id,
            "group": {"id": each.group, "name": _names(city.groups[each.group])},
            "name": _names(each),
            "class": each.class_,
            "handling_days": city.resolution_days(each),
            "private": each.private,
            "keywords": list(each.keywords),
        }
        for each in city.categories.values()
    ]


def _areas(city: City) -> list[dict[str, object]]:
    return [
        {
            "code": each.code,
            "name": each.name,
            "level": each.level,
            "parent": each.parent,
            "district": each.district,
            "lon": each.lon,
            "lat": each.lat,
        }
        for each in city.areas.values()
    ]


def _agencies(city: City) -> list[dict[str, object]]:
    return [
        {
            "id": each.id,
            "short": each.short,
            "name": _names(each),
            "level": each.level,
            "duties": {"id": each.duties_id, "en": each.duties_en},
            "topics": list(each.topics),
            "area": each.area,
            "source": each.status,
        }
        for each in city.agencies.values()
    ]


def _services(city: City) -> list[dict[str, object]]:
    return [
        {
            "id": each.id,
            "name": each.name,
            "agency": each.agency,
            "purpose": {"id": each.purpose_id, "en": each.purpose_en},
            "audiences": list(each.audiences),
            "state": each.state,
            "since": each.since,
            "url": each.url,
            "sourcing": each.status,
            "source": each.source,
        }
        for each in city.services.values()
    ]
