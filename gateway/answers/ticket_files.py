"""A ticket as files to keep: a page to print (PDF, A6) and an entry for the calendar (RFC 5545)."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, groupby

import segno
from icalendar import Calendar, Event
from reportlab.lib.pagesizes import A6
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_MARGIN, _SIDE = 24, 190
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"
_EMBEDDED = {_PLAIN: "Vera", _BOLD: "VeraBd"}
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


def pdf(title: str, lines: Sequence[str], code: str, token: str, note: str, *, by: str, language: str) -> bytes:
    """A page with the QR code of a ticket: what it is for, its particulars, and its code for who cannot scan it.

    What the fonts lack of a text (``lacking``) is left out: the page of the ticket says so, and no gate needs it.
    """
    written = io.BytesIO()
    canvas = paper(written, A6, title, by, language)
    width, height = A6
    top = height - _MARGIN - 12
    for line in wrapped(title, font(title, _BOLD), 14, width - 2 * _MARGIN)[:2]:
        canvas.setFont(font(title, _BOLD), 14)
        canvas.drawString(_MARGIN, top, line)
        top -= 17
    for line in lines:
        for part in wrapped(line, font(line, _PLAIN), 9.5, width - 2 * _MARGIN)[:2]:
            canvas.setFont(font(line, _PLAIN), 9.5)
            canvas.drawString(_MARGIN, top, part)
            top -= 12.5
    left, bottom = (width - _SIDE) / 2, _MARGIN + 34
    qr_code(canvas, token, left, bottom, _SIDE)
    canvas.setFont("Courier-Bold", 13)
    canvas.drawCentredString(width / 2, _MARGIN + 20, code)
    canvas.setFont(_PLAIN, 7.5)
    for number, part in enumerate(wrapped(note, _PLAIN, 7.5, width - 2 * _MARGIN)[:2]):
        canvas.drawCentredString(width / 2, _MARGIN + 6 - 9 * number, part)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def calendar(
    code: str, title: str, venue: str, starts: datetime | None, ends: datetime | None, day: str, address: str,
    product: str,
) -> bytes:  # fmt: skip
    """An entry of a calendar: at its times, or for the whole of its day. It says no name and holds no key."""
    made, entry = Calendar(), Event()
    made.add("prodid", f"-//{product}//tickets//ID")
    made.add("version", "2.0")
    entry.add("uid", f"{code}@{product}")
    entry.add("dtstamp", datetime.now(UTC))
    entry.add("summary", title)
    if venue:
        entry.add("location", venue)
    if starts and ends:
        entry.add("dtstart", starts.astimezone(UTC))
        entry.add("dtend", ends.astimezone(UTC))
    else:
        whole = date.fromisoformat(day)
        entry.add("dtstart", whole)
        entry.add("dtend", whole + timedelta(days=1))
    entry.add("description", f"{code}\n{address}")
    entry.add("url", address)
    made.add_component(entry)
    return bytes(made.to_ical())


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
    return one.isprintable() and (_usual(one) or ord(one) in _letters(_EMBEDDED[_BOLD]))


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
        fits = sum(stringWidth(begin, font, size) <= width for begin in accumulate(word))
        parts.append(word[: max(1, fits)])
        word = word[max(1, fits) :]
    return [*parts, word]
