"""What papers share: pages that say whose they are, codes, lines that stay on the page, and letters that fonts have."""

from __future__ import annotations

import io
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import groupby

import segno
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
_EMBEDDED = {PLAIN: "Vera", BOLD: "VeraBd"}
"""Fonts that have more letters, and of which a file holds what it shows."""


def paper(written: io.BytesIO, size: tuple[float, float], title: str, by: str, language: str) -> Canvas:
    """A page that says what it is called, who gives it out, and in which language (WCAG 2.2, PDF16 and PDF18)."""
    canvas = Canvas(written, pagesize=size, lang=language)
    canvas.setTitle(plain(title))
    canvas.setSubject(plain(title))
    canvas.setAuthor(plain(by))
    canvas.setCreator(plain(by))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    return canvas


def qr_code(canvas: Canvas, text: str, left: float, bottom: float, side: float) -> None:
    """Draws the QR code of a text, as large as told."""
    modules = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    size = side / len(modules)
    for number, row in enumerate(modules):
        place = 0
        for dark, run in groupby(row):  # each dark module alone takes twice as long
            width = len(list(run))
            if dark:
                top = bottom + side - number * size
                canvas.rect(left + place * size, top - size, width * size, size, stroke=0, fill=1)
            place += width


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """A text in lines that are not wider; a word that is wider than a line is cut."""
    lines, line = [], ""
    for word in (part for one in plain(text).split() for part in _cut(one, font, size, width)):
        longer = f"{line} {word}".strip()
        if line and stringWidth(longer, font, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def font(text: str, usual: str) -> str:
    """The font that a text is written with: the usual one, or where that lacks a letter one that is embedded."""
    if _usual(plain(text)):
        return usual
    _letters(_EMBEDDED[usual])
    return _EMBEDDED[usual]


def plain(text: str) -> str:
    """What the fonts have of a text: of a letter that they lack its base, and nothing where they lack that, too."""
    return "".join(_shown(one) for one in unicodedata.normalize("NFC", text))


def lacking(text: str) -> bool:
    """Whether something of a text cannot be shown."""
    return any(not _shown(one) for one in unicodedata.normalize("NFC", text))


def _shown(one: str) -> str:
    return one if _has(one) else "".join(each for each in unicodedata.normalize("NFKD", one) if _has(each))


def _has(one: str) -> bool:
    return one.isprintable() and (_usual(one) or ord(one) in _letters(_EMBEDDED[BOLD]))


def _usual(text: str) -> bool:
    """Whether the standard fonts of PDF have a text."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache
def _letters(name: str) -> frozenset[int]:
    """The characters of a font that comes with reportlab, which is ready to be used then."""
    made = TTFont(name, f"{name}.ttf")
    registerFont(made)
    return frozenset(made.face.charToGlyph)


def _cut(word: str, font: str, size: float, width: float) -> list[str]:
    parts = []
    while stringWidth(word, font, size) > width and len(word) > 1:
        fits = bisect_right(range(1, len(word)), width, key=lambda length: stringWidth(word[:length], font, size))
        parts.append(word[: max(1, fits)])
        word = word[max(1, fits) :]
    return [*parts, word]
