"""Reads a CAP message as somebody else does who has it from the feed."""

from datetime import datetime

from lxml import etree

from services.environment.bulletins import cap
from services.environment.bulletins.wording import Words

_NAMES = {"cap": cap.NAMESPACE}


def read(body: bytes) -> cap.Message:
    """The message that a document holds. What every info block says alike is taken from the first."""
    root = etree.fromstring(body)
    infos = root.findall("cap:info", _NAMES)
    first, area = infos[0], infos[0].find("cap:area", _NAMES)
    assert area is not None
    onset = _text(first, "onset")
    return cap.Message(
        identifier=_text(root, "identifier"),
        sender=_text(root, "sender"),
        sent=datetime.fromisoformat(_text(root, "sent")),
        type=cap.Type(_text(root, "msgType")),
        level=_text(first, "parameter/cap:value"),
        words=[_words(info) for info in infos],
        gravity=cap.Gravity(*(_text(first, name) for name in ("urgency", "severity", "certainty", "responseType"))),
        expires=datetime.fromisoformat(_text(first, "expires")),
        geocodes=[one.text or "" for one in area.findall("cap:geocode/cap:value", _NAMES)],
        polygons=[_ring(one.text or "") for one in area.findall("cap:polygon", _NAMES)],
        onset=datetime.fromisoformat(onset) if onset else None,
        web=_text(first, "web"),
        exercise=_text(root, "status") == "Exercise",
        references=[_reference(one) for one in _text(root, "references").split()],
        note=_text(root, "note"),
        sender_name=_text(first, "senderName"),
        contact=_text(first, "contact"),
    )


def _words(info: etree._Element) -> Words:
    names = ("language", "event", "headline", "description", "instruction", "area/cap:areaDesc")
    return Words(*(_text(info, name) for name in names))


def _ring(text: str) -> list[tuple[float, float]]:
    pairs = [pair.split(",") for pair in text.split()]
    return [(float(lon), float(lat)) for lat, lon in pairs]


def _reference(text: str) -> cap.Reference:
    _, identifier, sent = text.split(",")
    return cap.Reference(identifier, datetime.fromisoformat(sent))


def _text(parent: etree._Element, name: str) -> str:
    found = parent.find(f"cap:{name}", _NAMES)
    return "" if found is None else found.text or ""
