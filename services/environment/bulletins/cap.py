"""A warning as a message of the Common Alerting Protocol (OASIS CAP 1.2, 2010), in several languages. Pure.

What CAP asks and is easily missed: times carry an offset in figures, never ``Z`` (``+07:00``); polygons are "lat,lon";
an exercise says so in ``status`` and in ``note``; an update names the messages that it replaces in ``references`` as
"sender,identifier,sent". All clear is an Update whose response is ``AllClear`` and which expires soon; Cancel takes
back a message that should not have been sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import Enum

from lxml import etree

from services.environment.bulletins.wording import Words
from services.environment.criteria.model import Level, Step

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
GEOCODE = "Kemendagri"
"""Names the codes of kelurahan: Kepmendagri 300.2.2-2430/2025."""
LEVEL = "level"
"""Names the parameter that holds the level by its own name."""


class Type(Enum):
    """What a message does."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


TYPES = {Step.RAISE: Type.ALERT, Step.UPDATE: Type.UPDATE, Step.CLEAR: Type.UPDATE, Step.CANCEL: Type.CANCEL}


@dataclass(frozen=True)
class Reference:
    """An earlier message of the same warning."""

    identifier: str
    sent: datetime


@dataclass(frozen=True)
class Gravity:
    """CAP's own words for how grave, how soon and how sure."""

    urgency: str
    severity: str
    certainty: str
    response: str


@dataclass(frozen=True)
class Message:
    """All that a CAP message says."""

    identifier: str
    sender: str
    sent: datetime
    type: Type
    level: str
    words: Sequence[Words]
    gravity: Gravity
    expires: datetime
    geocodes: Sequence[str]
    """Kemendagri codes."""
    polygons: Sequence[Sequence[tuple[float, float]]]
    """Rings of (lon, lat), closed."""
    onset: datetime | None = None
    web: str = ""
    exercise: bool = False
    references: Sequence[Reference] = field(default=())
    note: str = ""
    sender_name: str = ""
    contact: str = ""


_GRAVITIES = {
    Level.WASPADA: ("Future", "Moderate", "Monitor"),
    Level.SIAGA: ("Expected", "Severe", "Prepare"),
    Level.AWAS: ("Immediate", "Extreme", "Evacuate"),
}


def gravity(level: Level, step: Step, *, observed: bool) -> Gravity:
    """What a step at a level is in CAP's words. ``observed``: a gauge says so, where officers expect it."""
    if step is Step.CLEAR:
        return Gravity("Past", "Minor", "Observed", "AllClear")
    if step is Step.CANCEL:
        return Gravity("Past", "Minor", "Unlikely", "None")
    urgency, severity, response = _GRAVITIES[level]
    return Gravity(urgency, severity, "Observed" if observed else "Likely", response)


def document(message: Message, zone: tzinfo) -> etree._Element:
    """The message as XML, unsigned."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _add(root, "identifier", message.identifier)
    _add(root, "sender", message.sender)
    _add(root, "sent", stamp(message.sent, zone))
    _add(root, "status", "Exercise" if message.exercise else "Actual")
    _add(root, "msgType", message.type.value)
    _add(root, "scope", "Public")
    _add(root, "note", message.note)
    _add(root, "references", " ".join(_reference(one, message.sender, zone) for one in message.references))
    for words in message.words:
        _info(root, message, words, zone)
    return root


def stamp(time: datetime, zone: tzinfo) -> str:
    """A time as CAP has it: seconds, and the offset in figures (``2026-11-27T14:00:00+07:00``)."""
    return time.astimezone(zone).isoformat(timespec="seconds")


def _info(root: etree._Element, message: Message, words: Words, zone: tzinfo) -> None:
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    gravity = message.gravity
    for name, text in (
        ("language", words.language),
        ("category", "Met"),
        ("event", words.event),
        ("responseType", gravity.response),
        ("urgency", gravity.urgency),
        ("severity", gravity.severity),
        ("certainty", gravity.certainty),
        ("onset", stamp(message.onset, zone) if message.onset else ""),
        ("expires", stamp(message.expires, zone)),
        ("senderName", message.sender_name),
        ("headline", words.headline),
        ("description", words.description),
        ("instruction", words.instruction),
        ("web", message.web),
        ("contact", message.contact),
    ):
        _add(info, name, text)
    _pair(info, "parameter", LEVEL, message.level)
    area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    _add(area, "areaDesc", words.area)
    for ring in message.polygons:
        _add(area, "polygon", " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in ring))
    for code in message.geocodes:
        _pair(area, "geocode", GEOCODE, code)


def _pair(parent: etree._Element, name: str, value_name: str, value: str) -> None:
    pair = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    _add(pair, "valueName", value_name)
    _add(pair, "value", value)


def _reference(one: Reference, sender: str, zone: tzinfo) -> str:
    return f"{sender},{one.identifier},{stamp(one.sent, zone)}"


def _add(parent: etree._Element, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text
