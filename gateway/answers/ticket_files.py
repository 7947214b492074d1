"""A ticket as files to keep: a page to print (PDF, A6) and an entry for the calendar (RFC 5545)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import segno
from icalendar import Calendar, Event
from reportlab.lib.pagesizes import A6
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

_MARGIN, _SIDE = 24, 190
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"


def pdf(title: str, lines: Sequence[str], code: str, token: str, note: str) -> bytes:
    """A page with the QR code of a ticket: what it is for, its particulars, and its code for who cannot scan it.

    Characters that the standard fonts lack are left out: names in other scripts are read from the QR code's entry.
    """
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A6, invariant=1)
    canvas.setTitle(plain(title))
    width, height = A6
    top = height - _MARGIN - 12
    for line in wrapped(title, _BOLD, 14, width - 2 * _MARGIN)[:2]:
        canvas.setFont(_BOLD, 14)
        canvas.drawString(_MARGIN, top, line)
        top -= 17
    for line in lines:
        for part in wrapped(line, _PLAIN, 9.5, width - 2 * _MARGIN)[:2]:
            canvas.setFont(_PLAIN, 9.5)
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
    modules = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    size = side / len(modules)
    for number, row in enumerate(modules):
        for place, dark in enumerate(row):
            if dark:
                canvas.rect(left + place * size, bottom + side - (number + 1) * size, size, size, stroke=0, fill=1)


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """A text in lines that are not wider."""
    lines, line = [], ""
    for word in plain(text).split():
        longer = f"{line} {word}".strip()
        if line and stringWidth(longer, font, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def plain(text: str) -> str:
    """What the standard fonts of PDF have of a text (Latin-1)."""
    return text.replace("–", "-").replace("’", "'").encode("latin-1", "ignore").decode("latin-1")
