"""What the feed (RSS 2.0) and its messages (CAP 1.2) say. Pure; no entities, no network, and bounds on what is kept."""

from datetime import UTC, datetime, tzinfo
from urllib.parse import urljoin, urlsplit

from lxml import etree

from services.environment.nowcasts.model import HOLDS, Info, Item, Message, Ring
from services.kit.http.errors import UnreadableError

_CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
_AREA = f"{_CAP}area"
_SHORT, _LONG = 500, 4_000
_MOST_ITEMS, _MOST_RINGS, _MOST_POINTS = 2_000, 500, 20_000
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def items(content: bytes, url: str) -> list[Item]:
    """The messages that the feed at ``url`` lists, in its order. Raises UnreadableError."""
    root = _root(content)
    if root.tag != "rss" or root.find("channel") is None:
        raise UnreadableError("the feed is no RSS")
    found = []
    for one in root.iterfind("channel/item"):
        link = _beside(url, _text(one, "link", _SHORT))
        found.append(Item(_text(one, "guid", _SHORT) or link, link))
        if len(found) > _MOST_ITEMS:
            raise UnreadableError("the feed lists too many messages")
    return found


def _beside(url: str, link: str) -> str:
    """The address of a message, which is on the feed's own host."""
    try:
        whole = urljoin(url, link)
        beside = urlsplit(whole)[:2] == urlsplit(url)[:2]
    except ValueError as error:
        raise UnreadableError("the feed names no address of a message") from error
    if not beside:
        raise UnreadableError("the feed names a message on another host")
    return whole


def message(content: bytes, zone: tzinfo) -> Message:
    """A CAP message; times without an offset, against the standard, are of ``zone``. Raises UnreadableError."""
    root = _root(content)
    if root.tag != f"{_CAP}alert":
        raise UnreadableError("a message is no CAP 1.2")
    identifier, sent = _text(root, f"{_CAP}identifier", _SHORT), _moment(root, "sent", zone)
    if not identifier or sent is None:
        raise UnreadableError("a message has no identifier or no time")
    refers = [one.split(",")[1] for one in _text(root, f"{_CAP}references", _LONG).split() if one.count(",") == 2]
    infos = tuple(_info(one, sent, zone) for one in _infos(root))
    rings = [ring for one in infos for ring in one.rings]
    if len(rings) > _MOST_RINGS or sum(map(len, rings)) > _MOST_POINTS:
        raise UnreadableError("a message has too many polygons")
    return Message(
        identifier=identifier,
        sender=_text(root, f"{_CAP}sender", _SHORT),
        sent_at=sent,
        status=_text(root, f"{_CAP}status", _SHORT),
        kind=_text(root, f"{_CAP}msgType", _SHORT),
        refers=tuple(refers),
        infos=infos,
    )


def _info(info: etree._Element, sent: datetime, zone: tzinfo) -> Info:
    """A part of it; without an end it holds for a time of our own from its beginning on."""
    effective = _moment(info, "effective", zone) or sent
    ends = _moment(info, "expires", zone)
    return Info(
        effective_at=effective,
        expires_at=ends or max(effective, _moment(info, "onset", zone) or effective) + HOLDS,
        sender_name=_said(info, "senderName"),
        language=_said(info, "language"),
        event=_said(info, "event"),
        headline=_said(info, "headline"),
        description=_said(info, "description", _LONG),
        severity=_said(info, "severity"),
        urgency=_said(info, "urgency"),
        certainty=_said(info, "certainty"),
        web=_address(_said(info, "web")),
        area=", ".join(filter(None, (_text(one, f"{_CAP}areaDesc", _SHORT) for one in info.iterfind(_AREA))))[:_SHORT],
        rings=_rings(info),
    )


def _root(content: bytes) -> etree._Element:
    """The root of a document without a DTD, so that nothing can grow or be fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError("the answer is not well-formed XML") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableError("the answer has a document type, which is not read")
    return root


def _infos(root: etree._Element) -> list[etree._Element]:
    """The parts in Indonesian, else those in the language of the first: of several areas, or graver in some."""
    parts = root.findall(f"{_CAP}info")
    spoken = [one for one in parts if _said(one, "language").casefold().startswith("id")]
    return spoken or [one for one in parts if _said(one, "language") == _said(parts[0], "language")]


def _rings(info: etree._Element) -> tuple[Ring, ...]:
    return tuple(_ring(one.text or "") for area in info.iterfind(_AREA) for one in area.iterfind(f"{_CAP}polygon"))


def _ring(text: str) -> Ring:
    """Points of "lat,lon lat,lon ..."; closed where it is not."""
    try:
        pairs = [(float(lat), float(lon)) for lat, lon in (pair.split(",") for pair in text.split())]
    except ValueError as error:
        raise UnreadableError("a polygon is not understood") from error
    if len(pairs) < 3 or not all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in pairs):
        raise UnreadableError("a polygon is not understood")
    points = tuple((lon, lat) for lat, lon in pairs)
    return points if points[0] == points[-1] else (*points, points[0])


def _moment(part: etree._Element, name: str, zone: tzinfo) -> datetime | None:
    text = _text(part, f"{_CAP}{name}", _SHORT)
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise UnreadableError(f"{name} is no time") from error
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    if at is not None and not _EARLIEST <= at < _LATEST:
        raise UnreadableError(f"{name} is of another century")
    return at


def _said(info: etree._Element, name: str, most: int = _SHORT) -> str:
    return _text(info, f"{_CAP}{name}", most)


def _text(part: etree._Element, name: str, most: int) -> str:
    return " ".join((part.findtext(name) or "").split())[:most]


def _address(text: str) -> str:
    """An address that a page may link to; empty for anything else."""
    try:
        return text if urlsplit(text).scheme in {"http", "https"} else ""
    except ValueError:
        return ""
