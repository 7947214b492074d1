"""QR codes as pictures: error correction M and a quiet zone of four modules, as QRIS wants them."""

import io
from functools import lru_cache
from typing import Literal

import segno
from starlette.responses import Response

from gateway.answers.problems import Problem

Kind = Literal["svg", "png"]
QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004)."""
PIXELS = 8
"""Pixels a module in the PNG: a QRIS comes out at 450 to 650 a side, enough for a phone and for a printed card."""
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@lru_cache(maxsize=256)  # it takes ten milliseconds, and whoever waits for a payment asks more than once
def drawing(text: str) -> str:
    """The code as a drawing within a page, whose style sheet gives it colours and size."""
    return _code(text).svg_inline(border=QUIET_ZONE, svgclass="qr", lineclass=None, omitsize=True)


@lru_cache(maxsize=256)
def picture(text: str, kind: Kind) -> bytes:
    """The picture of a text. A text beyond what a QR code holds (about 2,300 bytes) is a ValueError."""
    code = _code(text)
    written = io.BytesIO()
    if kind == "svg":
        code.save(written, kind="svg", border=QUIET_ZONE, scale=PIXELS, light="#fff", omitsize=False, nl=False)
    else:
        code.save(written, kind="png", border=QUIET_ZONE, scale=PIXELS)
    return written.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", boost_error=False, micro=False)


def answer(text: str, kind: Kind, name: str) -> Response:
    """The picture as answer, saved as ``name`` by whoever keeps it; QR_NOT_PRESENTED when there is no text."""
    if not text:
        detail = "There is no QR code of this now: have it presented first, and mind until when it can be paid."
        raise Problem(404, "QR_NOT_PRESENTED", detail)
    headers = {
        "cache-control": "private, max-age=60",
        "vary": "Authorization, Cookie",
        "content-disposition": f'inline; filename="{name}.{kind}"',
    }
    return Response(picture(text, kind), headers=headers, media_type=_TYPES[kind])
