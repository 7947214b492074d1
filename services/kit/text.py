"""Text of people: what of it can be stored and seen."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNSEEN = {"Cf", "Cc", "Zs", "Zl", "Zp"}


def clean(text: str) -> str:
    """Text without control characters other than line breaks and tabs, trimmed; empty when nothing of it is seen."""
    kept = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()
    return "" if is_blank(kept) else kept


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen: blanks, zero-width and direction marks."""
    return not text.isascii() and all(unicodedata.category(each) in _UNSEEN for each in text)


def has_control(text: str) -> bool:
    """Whether a text holds control characters other than line breaks and tabs."""
    return _CONTROL.search(text.replace("\r", "")) is not None
