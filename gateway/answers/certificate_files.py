"""The certificate of a course as a page to print (PDF, A4)."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4

from gateway.answers.papers import BOLD, PLAIN, font, paper, plain, qr_code, wrapped

_MARGIN, _SIDE = 64, 120


def pdf(
    heading: str, name: str, says: str, title: str, lines: Sequence[str], code: str, address: str, note: str, *,
    by: str, language: str,
) -> bytes:  # fmt: skip
    """Who attended which course, its number, and a QR code of where anybody can verify it.

    What the fonts lack of a text (``lacking``) is left out, and the page of the seat says so.
    """
    written = io.BytesIO()
    canvas = paper(written, A4, f"{heading} {code}", by, language)
    width, height = A4
    canvas.setLineWidth(1.5)
    canvas.rect(_MARGIN / 2, _MARGIN / 2, width - _MARGIN, height - _MARGIN)
    top = height - 130.0
    for text, usual, size, gap in (
        (heading, BOLD, 30.0, 64.0),
        (name, BOLD, 24.0, 40.0),
        (says, PLAIN, 13.0, 34.0),
        (title, BOLD, 18.0, 34.0),
        *((line, PLAIN, 12.0, 18.0) for line in lines),
    ):
        face = font(text, usual)
        for part in wrapped(text, face, size, width - 2 * _MARGIN)[:3]:
            canvas.setFont(face, size)
            canvas.drawCentredString(width / 2, top, part)
            top -= size * 1.3
        top -= gap - size * 1.3
    left, bottom = (width - _SIDE) / 2, _MARGIN + 96.0
    qr_code(canvas, address, left, bottom, _SIDE)
    canvas.setFont("Courier-Bold", 15)
    canvas.drawCentredString(width / 2, bottom - 18, code)
    for number, part in enumerate([*wrapped(note, PLAIN, 9, width - 2 * _MARGIN)[:2], address]):
        canvas.setFont(PLAIN, 9)
        canvas.drawCentredString(width / 2, bottom - 36 - 12 * number, plain(part))
    canvas.showPage()
    canvas.save()
    return written.getvalue()
