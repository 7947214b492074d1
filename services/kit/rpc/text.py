"""Text of people: what of it can be stored and seen."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
"""The last two are no characters, and no XML can hold them."""
_UNSEEN = {"Cf", "Cc", "Zs", "Zl", "Zp"}
_UNSEEN_SIGNS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0") | {
    chr(each)
    for span in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))
    for each in range(span[0], span[1] + 1)
}
"""What is drawn as nothing beyond those kinds: the rest of Unicode's ``Default_Ignorable_Code_Point`` (joiners,
fillers, selectors of a variant, tags) and the blank braille pattern.
"""


def clean(text: str) -> str:
    """Text without control characters other than line breaks and tabs, trimmed; empty when nothing of it is seen."""
    kept = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()
    return "" if not kept.isascii() and is_blank(kept) else kept  # of ASCII something is left to be seen


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen: blanks, zero-width and direction marks, fillers."""
    return all(each in _UNSEEN_SIGNS or unicodedata.category(each) in _UNSEEN for each in set(text))


def unreadable(text: str) -> str:
    """What is wrong with a name, code or token that people cannot read off; empty when nothing is, or it is empty."""
    if text.isascii() and text.isprintable():
        return "" if not text or text.strip() else "shows nothing; leave it out instead"
    if has_control(text):
        return "holds a control character: send plain text"
    return "shows nothing; leave it out instead" if is_blank(text) else ""


def has_control(text: str) -> bool:
    """Whether a text holds control characters other than line breaks and tabs."""
    return _CONTROL.search(text.replace("\r", "")) is not None
