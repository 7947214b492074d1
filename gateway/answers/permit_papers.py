"""The paper of a permit as a page to print (PDF, A4)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import zip_longest

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from gateway.answers.papers import BOLD, PLAIN, font, paper, plain, qr_code, wrapped

_MARGIN, _SIDE, _LABEL, _GUTTER = 64, 150, 150, 12
_LINES = 8
"""Of a fact: the longest place in the widest letters, and its kelurahan, as the paper says all that is permitted."""
_SIZES = (11.0, 10.0, 9.0, 8.0, 7.0)
_LINE, _GAP = 15 / 11, 12 / 11
"""Of a line, and of the gap below a fact, in sizes of its letters."""


def pdf(
    city: str, agency: str, kind: str, number: str, facts: Sequence[tuple[str, str]], notes: Sequence[str],
    address: str, signed: str, *, language: str,
) -> bytes:  # fmt: skip
    """What is permitted to whom, and a QR code with the city's signature that leads to where anybody can check it.

    What the fonts lack of a text (``lacking``) is left out, and the page of the permit says so.
    """
    written = io.BytesIO()
    canvas = paper(written, A4, f"{kind} {number}", f"{agency}, {city}", language)
    width, height = A4
    canvas.setLineWidth(1.5)
    canvas.rect(_MARGIN / 2, _MARGIN / 2, width - _MARGIN, height - _MARGIN)
    top = height - 96.0
    for text, usual, size, gap in ((city, BOLD, 15.0, 20.0), (agency, PLAIN, 12.0, 40.0), (kind, BOLD, 20.0, 30.0)):
        face = font(text, usual)
        for line in wrapped(text, face, size, width - 2 * _MARGIN)[:3]:
            canvas.setFont(face, size)
            canvas.drawCentredString(width / 2, top, line)
            top -= size * 1.3
        top -= gap - size * 0.6
    left, bottom = (width - _SIDE) / 2, _MARGIN + 72.0
    _facts(canvas, facts, top, top - bottom - _SIDE, width)
    qr_code(canvas, signed, left, bottom, _SIDE)
    lines = [line for note in notes for line in wrapped(note, PLAIN, 9, width - 2 * _MARGIN)]
    for row, line in enumerate([*lines[:6], plain(address)]):
        canvas.setFont(PLAIN, 9)
        canvas.drawCentredString(width / 2, bottom - 12 - 12 * row, line)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def _facts(canvas: Canvas, facts: Sequence[tuple[str, str]], top: float, room: float, width: float) -> None:
    """What is permitted, line by line, with a hairline above each; smaller where it would run into what is below."""
    for size in _SIZES:
        column = width - 2 * _MARGIN - _LABEL
        rows = [(label, font(value, BOLD), value) for label, value in facts]
        laid = [
            (wrapped(label, PLAIN, size, _LABEL - _GUTTER), face, wrapped(value, face, size, column)[:_LINES] or [""])
            for label, face, value in rows
        ]
        if size * sum(max(len(label), len(lines)) * _LINE + _GAP for label, _, lines in laid) <= room:
            break
    canvas.setLineWidth(0.4)
    for label, face, lines in laid:
        canvas.line(_MARGIN, top + size * 1.55, width - _MARGIN, top + size * 1.55)
        for name, line in zip_longest(label, lines, fillvalue=""):
            canvas.setFont(PLAIN, size)
            canvas.drawString(_MARGIN, top, name)
            canvas.setFont(face, size)
            canvas.drawString(_MARGIN + _LABEL, top, line)
            top -= size * _LINE
        top -= size * _GAP
