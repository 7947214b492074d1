"""Text of people: what of it can be stored and seen."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNSEEN = {"Cf", "Cc", "Zs", "Zl", "Zp"}
_UNSEEN_SIGNS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(0xFE00 + each) for each in range(16)
}
"""Letters and marks that are drawn as nothing: joiners, fillers, the blank braille pattern, selectors of a variant."""


def clean(text: str) -> str:
    """Text without control characters other than line breaks and tabs, trimmed; empty when nothing of it is seen."""
    kept = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()
    return "" if not kept.isascii() and is_blank(kept) else kept  # of ASCII something is left to be seen


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen: blanks, zero-width and direction marks, fillers."""
    return all(each in _UNSEEN_SIGNS or unicodedata.category(each) in _UNSEEN for each in set(text))


def has_control(text: str) -> bool:
    """Whether a text holds control characters other than line breaks and tabs."""
    return _CONTROL.search(text.replace("\r", "")) is not None
