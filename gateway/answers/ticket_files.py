"""A ticket as files to keep: a page to print (PDF, A6) and an entry for the calendar (RFC 5545)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event
from reportlab.lib.pagesizes import A6

from gateway.answers.papers import BOLD, PLAIN, font, paper, qr_code, wrapped

_MARGIN, _SIDE = 24, 190


def pdf(title: str, lines: Sequence[str], code: str, token: str, note: str, *, by: str, language: str) -> bytes:
    """A page with the QR code of a ticket: what it is for, its particulars, and its code for who cannot scan it.

    What the fonts lack of a text (``lacking``) is left out: the page of the ticket says so, and no gate needs it.
    """
    written = io.BytesIO()
    canvas = paper(written, A6, title, by, language)
    width, height = A6
    top = height - _MARGIN - 12
    for line in wrapped(title, font(title, BOLD), 14, width - 2 * _MARGIN)[:2]:
        canvas.setFont(font(title, BOLD), 14)
        canvas.drawString(_MARGIN, top, line)
        top -= 17
    for line in lines:
        for part in wrapped(line, font(line, PLAIN), 9.5, width - 2 * _MARGIN)[:2]:
            canvas.setFont(font(line, PLAIN), 9.5)
            canvas.drawString(_MARGIN, top, part)
            top -= 12.5
    left, bottom = (width - _SIDE) / 2, _MARGIN + 34
    qr_code(canvas, token, left, bottom, _SIDE)
    canvas.setFont("Courier-Bold", 13)
    canvas.drawCentredString(width / 2, _MARGIN + 20, code)
    canvas.setFont(PLAIN, 7.5)
    for number, part in enumerate(wrapped(note, PLAIN, 7.5, width - 2 * _MARGIN)[:2]):
        canvas.drawCentredString(width / 2, _MARGIN + 6 - 9 * number, part)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def calendar(
    code: str, title: str, venue: str, times: tuple[datetime, datetime] | None, days: tuple[str, str], address: str,
    product: str, point: tuple[float, float] | None = None,
) -> bytes:  # fmt: skip
    """An entry of a calendar: at its times, or for the whole of its days where it has none, the first and the
    last; ``point``, where that is known, in degrees of latitude and longitude. It says no name and holds no key."""
    made, entry = Calendar(), Event()
    made.add("prodid", f"-//{product}//tickets//ID")
    made.add("version", "2.0")
    entry.add("uid", f"{code}@{product}")
    entry.add("dtstamp", datetime.now(UTC))
    entry.add("summary", title)
    if venue:
        entry.add("location", venue)
    if point:
        entry.add("geo", point)
    if times:
        begins, ends = (at.astimezone(UTC) for at in times)
        entry.add("dtstart", begins)
        entry.add("dtend", ends)
    else:
        first, last = map(date.fromisoformat, days)
        entry.add("dtstart", first)
        entry.add("dtend", last + timedelta(days=1))
    entry.add("description", f"{code}\n{address}")
    entry.add("url", address)
    made.add_component(entry)
    return bytes(made.to_ical())
