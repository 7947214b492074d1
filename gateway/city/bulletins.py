"""Warnings as others read them, in memory: the Atom feed and its CAP messages as ready bytes, and who acts on them.

A task looks each second and whenever the pillar nudges; what was published does not change, so each message is fetched
once, after the feed that names it. A dead pillar costs the feed's freshness, never the feed.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import grpc.aio
import structlog
from lxml import etree

from gateway.calls.pillars import Pillars
from gateway.city.reference import Ready
from services.kit import tasks
from smartcity.environment.v1 import warnings_pb2 as pb

_log = structlog.get_logger(__name__)

PILLAR = "environment"
PERIOD = 1.0
"""Seconds between two looks without a nudge."""
REST = 0.3
"""Shortest time between two looks in seconds, however many events nudge."""
DEADLINE = 1.0
"""Seconds a look may take."""
ATOM, CAP = "application/atom+xml", "application/cap+xml"
PATH = "/v1/warnings.cap"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NEVER = "1970-01-01T00:00:00Z"
"""When a feed was last changed that never had an entry."""


class Bulletins:
    """The feed and the messages in it."""

    def __init__(self, pillars: Pillars, public_url: str, title: str) -> None:
        """``public_url`` is where others reach us, ``title`` the feed's."""
        self._pillars = pillars
        self._base, self._title = public_url.rstrip("/"), title
        self._edition = ""
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.feed: Ready | None = None
        """None until the pillar has answered once."""
        self.agencies: frozenset[str] = frozenset()
        """Whose officers act on warnings; none until the pillar has answered once."""
        self.by_mail = True
        """Whether people may have warnings by mail. Assumed until the pillar has answered once."""
        self.warns = True
        """Whether warnings can be given here at all. Assumed likewise, and of a pillar that does not say yet."""
        self._messages: dict[tuple[str, int], Ready] = {}

    def message(self, warning: str, number: int) -> Ready | None:
        """A message of the feed; None where it is older, or none of ours."""
        return self._messages.get((warning, number))

    def nudge(self, pillar: str) -> None:
        """Looks soon: something happened in that pillar."""
        if pillar == PILLAR:
            self._nudged.set()

    def start(self) -> None:
        """Starts looking."""
        self._task = asyncio.create_task(self._keep(), name="warnings' feed")

    async def stop(self) -> None:
        """Stops looking."""
        if self._task is not None:
            await tasks.end(self._task)

    async def _keep(self) -> None:
        while True:
            self._nudged.clear()
            try:
                await self._look()
            except grpc.aio.AioRpcError as error:
                _log.debug("warnings' feed not read", code=error.code().name)
            except Exception:
                _log.exception("warnings' feed failed")
            await asyncio.sleep(REST)
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD - REST):
                    await self._nudged.wait()

    async def _look(self) -> None:
        asked = pb.GetWarningFeedRequest(edition=self._edition)
        found = await self._pillars.look(asked, pb.GetWarningFeedResponse, within=DEADLINE)
        if found.same:
            return
        body = feed(found.messages, self._base, self._title, found.sender_name)
        self.feed, self.agencies = Ready.of(body, ATOM), frozenset(found.agencies)
        self.by_mail, self.warns = found.by_mail, not found.gives_none
        wanted = [(one.warning, one.number) for one in found.messages]
        self._messages = {key: self._messages[key] for key in wanted if key in self._messages}
        self._edition = found.edition
        for key in wanted:
            await self._read(*key)

    async def _read(self, warning: str, number: int) -> None:
        """Keeps a message. One that cannot be read now is read when somebody asks for it; the feed does not wait."""
        if (warning, number) in self._messages:
            return
        asked = pb.GetWarningMessageRequest(id=warning, number=str(number))
        try:
            found = await self._pillars.look(asked, pb.GetWarningMessageResponse, within=DEADLINE)
        except grpc.aio.AioRpcError as error:
            _log.warning("message not read", warning=warning, number=number, code=error.code().name)
            return
        self._messages[warning, number] = Ready.of(found.message.body, CAP)


def feed(messages: Sequence[pb.PublishedMessage], base: str, title: str, author: str) -> bytes:
    """The messages, the newest first, as an Atom feed (RFC 4287) whose entries link to them."""
    root = etree.Element(f"{{{_NAMESPACE}}}feed", nsmap={None: _NAMESPACE})
    root.set(_LANGUAGE, "id")
    _add(root, "id", base + PATH)
    _add(root, "title", title)
    _add(root, "updated", messages[0].sent.ToJsonString() if messages else _NEVER)
    _add(_add(root, "author"), "name", author or title)
    _add(root, "link", rel="self", type=ATOM, href=base + PATH)
    _add(root, "link", rel="alternate", type="text/html", href=f"{base}/lingkungan/peringatan")
    for one in messages:
        _entry(root, one, base)
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return body


def _entry(root: etree._Element, one: pb.PublishedMessage, base: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", base + one.path)
    _add(entry, "title", one.headline)
    _add(entry, "summary", one.headline_en).set(_LANGUAGE, "en")
    _add(entry, "updated", one.sent.ToJsonString())
    _add(entry, "published", one.sent.ToJsonString())
    _add(entry, "link", rel="alternate", type=CAP, href=base + one.path)
    _add(entry, "link", rel="related", type="text/html", href=f"{base}/lingkungan/peringatan/{one.warning}")


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}", attributes)
    made.text = text
    return made
