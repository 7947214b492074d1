"""What of a text names a caller. Pure."""

import re

from services.governance.callers.model import Caller

GONE = "[…]"
"""Stands where something was taken out."""
LEAST = 3
"""Letters of a part of a name: shorter ones are too often something else."""
_ADDRESSED = frozenset({"bapak", "ibu", "pak", "bang", "mas", "mbak", "kak", "saudara", "saudari", "haji", "hajah"})
"""How people are addressed: no name."""
_NUMBER = re.compile(r"\+?\d[\d\s().\-]{5,20}\d")
_DIGITS_LEAST = 6


def without(text: str, who: Caller) -> str:
    """A text without a caller: their name, whole or a part of it, and their number, however it is written."""
    for name in _names(who.name):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", GONE, text, flags=re.IGNORECASE)
    number = _national(who.phone)
    if len(number) < _DIGITS_LEAST:
        return text
    return _NUMBER.sub(lambda found: GONE if _national(found[0]) == number else found[0], text)


def _names(name: str) -> list[str]:
    """The whole name, then its parts."""
    parts = [part for part in re.findall(r"[^\W\d_][\w'’.-]*", name) if len(part) >= LEAST]
    return [one for one in (name.strip(), *parts) if one and one.lower() not in _ADDRESSED]


def _national(phone: str) -> str:
    """The digits of a number as it is called within the country, without the leading zero."""
    digits = "".join(re.findall(r"[0-9]", phone))
    return digits.removeprefix("62").lstrip("0") if phone.strip().startswith(("+", "62")) else digits.lstrip("0")
