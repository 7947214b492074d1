"""Text of people: what of it can be stored and seen."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
"""The last two are no characters, and no XML can hold them."""
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates: they turn the writing around them, also what a page says behind the text. Phones
put them round the numbers that people copy.
"""
_SIGNS = re.compile(
    r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Signs that nobody sees and no language spells with: blanks of no width, direction marks, hidden hyphens, tags. Two
texts that look alike would not be.
"""
_JOINERS = re.compile(
    r"(?<![\u0590-\u1fff\u2100-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0590-\u1fff\u2100-\U0010ffff])"
)
"""Where they join nothing. Between letters of scripts that need them, and between pictures, they stay."""
_MARKS = {"Mn", "Me"}
_MOST_MARKS = 4
"""On one letter, as UTS #39 (5.4) has it; no language needs more, and a pile of them covers other lines."""
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
    """Text without control characters other than line breaks and tabs, trimmed; empty when nothing of it is seen.

    What turns the direction of writing is taken out, too, and signs that nobody sees.
    """
    kept = text if text.isprintable() else _CONTROL.sub("", text.replace("\r\n", "\n"))
    if kept.isascii():
        return kept.strip()  # something is left to be seen
    kept = _JOINERS.sub("", _SIGNS.sub("", _TURNS.sub("", kept))).strip()
    return "" if is_blank(kept) else kept


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen: blanks, zero-width and direction marks, fillers; or marks on no letter."""
    return all(each in _UNSEEN_SIGNS or unicodedata.category(each) in _UNSEEN | _MARKS for each in set(text))


def piled(text: str) -> str:
    """What is wrong with a text whose letters carry piles of marks; empty when nothing is."""
    kinds = {} if text.isascii() else {each: unicodedata.category(each) for each in set(text)}
    run = 0
    for each in text if _MARKS & set(kinds.values()) else "":
        run = run + 1 if kinds[each] in _MARKS else run if kinds[each] == "Cf" else 0
        if run > _MOST_MARKS:
            return f"has more than {_MOST_MARKS} marks on one letter; write plain letters"
    return ""


def unreadable(text: str) -> str:
    """What is wrong with a name, code or token that people cannot read off; empty when nothing is, or it is empty."""
    if text.isascii() and text.isprintable():
        return "" if not text or text.strip() else "shows nothing; leave it out instead"
    if has_control(text):
        return "holds a control character: send plain text"
    if found := _TURNS.search(text):
        return f"holds U+{ord(found[0]):04X}, which turns the direction of writing: send plain text"
    return "shows nothing; leave it out instead" if is_blank(text) else ""


def has_control(text: str) -> bool:
    """Whether a text holds control characters other than line breaks and tabs."""
    return not text.isprintable() and _CONTROL.search(text.replace("\r", "")) is not None
