"""The weather service as tests have it: a server with a feed and messages in the form in which BMKG publishes them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from services.environment.nowcasts import timers
from smartcity.environment.v1 import nowcasts_pb2 as pb
from tests.environment.sensing import Sensing

WIB = timezone(timedelta(hours=7))
INSIDE = "-6.970,110.400 -6.970,110.430 -7.000,110.430 -7.000,110.400 -6.970,110.400"
"""Within the city: parts of Semarang Tengah and its neighbours."""
OUTSIDE = "-7.550,110.800 -7.550,110.840 -7.590,110.840 -7.590,110.800 -7.550,110.800"
"""Surakarta."""
PATH = "/alerts/nowcast/id"


def name(number: int, province: int = 33) -> str:
    """An identifier as BMKG makes them: country, day, and the province's number."""
    return f"2.49.0.1.360.0.2026.11.23.02.{province}.{number:03}"


def message(
    identifier: str, sent: datetime, *, kind: str = "Alert", refers: str = "", polygon: str = INSIDE,
    hours: float = 3, area: str = "Jawa Tengah", headline: str = "Hujan Lebat disertai Petir di Jawa Tengah",
    status: str = "Actual",
) -> str:  # fmt: skip
    """A CAP message as BMKG publishes it."""
    sent = sent.astimezone(WIB)
    references = f"<references>{refers}</references>" if refers else ""
    drawn = f"<polygon>{polygon}</polygon>" if polygon else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{identifier}</identifier>
  <sender>cuaca.ekstrem@bmkg.go.id</sender>
  <sent>{sent:%Y-%m-%dT%H:%M:%S}+07:00</sent>
  <status>{status}</status>
  <msgType>{kind}</msgType>
  <scope>Public</scope>
  {references}
  <info>
    <language>id</language>
    <category>Met</category>
    <event>Hujan Lebat dan Petir</event>
    <urgency>Immediate</urgency>
    <severity>Moderate</severity>
    <certainty>Observed</certainty>
    <eventCode><valueName>OET:v1.2</valueName><value>OET-194</value></eventCode>
    <effective>{sent + timedelta(minutes=10):%Y-%m-%dT%H:%M:%S}+07:00</effective>
    <expires>{sent + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}+07:00</expires>
    <senderName>Badan Meteorologi Klimatologi dan Geofisika</senderName>
    <headline>{headline}</headline>
    <description>Hujan lebat disertai petir akan terjadi di sebagian wilayah Jawa Tengah.</description>
    <web>https://nowcasting.bmkg.go.id/infografis/CJT/2026/11/23/infografis.jpg</web>
    <contact>06221 196</contact>
    <area><areaDesc>{area}</areaDesc>{drawn}</area>
  </info>
</alert>"""


@dataclass
class Service:
    """What the server has; ``asked`` are the paths that were, with whether it was told what the asker has."""

    messages: dict[str, str] = field(default_factory=dict)
    """By their identifiers, in the feed's order."""
    feed: bytes | None = None
    """Instead of the feed of these."""
    status: int = 200
    asked: list[tuple[str, bool]] = field(default_factory=list)
    url: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ", 2)[1]
        etag = f'"{hash((tuple(self.messages), self.feed))}"'
        same = f"if-none-match: {etag}" in head.lower()
        self.asked.append((path, same))
        status, body = self.status, b""
        if status == 200 and same:
            status = 304
        elif status == 200:
            body = self._feed() if path == PATH else self.messages[path.split("/")[-1][: -len("_alert.xml")]].encode()
        writer.write(f"HTTP/1.1 {status} X\r\netag: {etag}\r\ncontent-length: {len(body)}\r\n".encode())
        writer.write(b"connection: close\r\n\r\n" + body)
        writer.close()

    def _feed(self) -> bytes:
        if self.feed is not None:
            return self.feed
        items = "".join(
            f"<item><title>Hujan Lebat disertai Petir di Jawa Tengah</title><link>{self.url}/{one}_alert.xml</link>"
            f"<description>Hujan lebat disertai petir.</description><author>BMKG</author>"
            f'<guid isPermaLink="false">{one}</guid><pubDate>Mon, 23 Nov 2026 09:00:00 +0700</pubDate></item>'
            for one in self.messages
        )
        title = "<title>Peringatan Dini Cuaca BMKG</title><language>id</language>"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{title}{items}</channel></rss>'.encode()
        )


@dataclass
class Weather:
    """The pillar, which reads a service."""

    sensing: Sensing
    service: Service

    async def listed(self) -> pb.ListNowcastsResponse:
        """Reads the feed, and lists what holds."""
        await timers.read(self.sensing.served.runtime)
        found: pb.ListNowcastsResponse = await self.sensing.call(pb.ListNowcastsRequest())
        return found

    async def shown(self) -> list[str]:
        """Identifiers of what holds after a reading."""
        return [one.identifier for one in (await self.listed()).nowcasts]


@asynccontextmanager
async def weather(sensing: Sensing) -> AsyncIterator[Weather]:
    """A service that publishes nothing yet, and the pillar that reads it."""
    service = Service()
    async with await asyncio.start_server(service.answer, "127.0.0.1", 0) as server:
        service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
        runtime = sensing.served.runtime
        runtime.settings = runtime.settings.model_copy(update={"nowcast_url": service.url})
        yield Weather(sensing, service)
