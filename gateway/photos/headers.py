"""What a photo says of itself before anything of it is decoded: its kind, pixels, scans. Plain Python, and bounded.

A file of 46 bytes may ask for a gigabyte, one of 80 kB for minutes: what it would take follows from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MILLION = 1_000_000
SCANS_MOST = 100
"""Scans of a JPEG: progressive photos have about ten."""
SCANNED_PIXELS_MOST = 240 * MILLION
"""Pixels times scans of a progressive JPEG: each scan goes over all of them, at some 3 ns each."""
SEGMENTS_MOST = 1_000
"""Segments of a file before its pixels: long metadata has some hundred."""


class UnknownKindError(Exception):
    """Neither JPEG nor PNG nor WebP."""


class BrokenError(Exception):
    """It cannot be decoded, or would take more than a photo does."""


class AnimatedError(Exception):
    """More than one picture."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself; the file itself need not be whole."""

    kind: str
    """JPEG, PNG or WEBP."""
    width: int
    height: int
    pixels_most: int
    """Pixels that are taken of its kind: what decoding holds in memory differs."""

    @property
    def pixels(self) -> int:
        """Its size."""
        return self.width * self.height


def read(data: bytes | bytearray) -> Header:
    """The header of a photo. Raises UnknownKindError, BrokenError, AnimatedError."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
    except IndexError as error:
        raise BrokenError("it ends before its pixels begin") from error
    raise UnknownKindError


_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_SCAN, _END = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff[^\x00\xff]")  # nothing repeated: a file of nothing but 0xff must cost one pass
_FILL_MOST = 1_024
"""Bytes between two segments that are passed over."""


def _jpeg(data: bytes | bytearray) -> Header:
    """ITU-T T.81, annex B: a frame, then its scans. Those of a thumbnail count too; there are few."""
    scans = data.count(bytes((0xFF, _SCAN)))  # within a scan 0xff is stuffed: this is a marker wherever it stands
    if scans > SCANS_MOST:
        raise BrokenError("it has too many scans")
    width, height, kind = _frame(data)
    if kind not in _PROGRESSIVE:
        return _checked("JPEG", width, height, 50 * MILLION)  # large ones are decoded at a half of their size or less
    header = _checked("JPEG", width, height, 20 * MILLION)  # all coefficients are held at once
    if header.pixels <= header.pixels_most and header.pixels * scans > SCANNED_PIXELS_MOST:
        raise BrokenError("it has too many scans")
    return header


def _frame(data: bytes | bytearray) -> tuple[int, int, int]:
    """Width, height and kind of the frame before the first scan."""
    at, frame = 2, None
    for _ in range(SEGMENTS_MOST):
        found = _MARKER.search(data, at, at + _FILL_MOST)
        if found is None:
            break
        kind, at = found[0][1], found.end()
        if kind in (_SCAN, _END):
            break
        if kind == 0x01 or 0xD0 <= kind <= 0xD8:
            continue  # it stands alone
        if kind in _FRAMES:
            if frame is not None:
                break
            frame = _two(data, at + 5), _two(data, at + 3), kind
        at += _two(data, at)
    if frame is None or kind != _SCAN:
        raise BrokenError("its pixels do not begin where they should")
    return frame


def _png(data: bytes | bytearray) -> Header:
    """ISO/IEC 15948: IHDR comes first; an animation says so (acTL) before its pixels."""
    if data[12:16] != b"IHDR":
        raise BrokenError("its header is not where it belongs")
    at = 8
    for _ in range(SEGMENTS_MOST):
        name = data[at + 4 : at + 8]
        if name == b"acTL" and _four(data, at + 8) > 1:
            raise AnimatedError
        if name in (b"IDAT", b"IEND", b""):
            return _checked("PNG", _four(data, 16), _four(data, 20), 20 * MILLION)
        at += 12 + _four(data, at)
    raise BrokenError("it has too many segments")


def _webp(data: bytes | bytearray) -> Header:
    """RFC 9649: the first chunk tells the canvas."""
    name = data[12:16]
    if name == b"VP8 ":
        width, height = _little(data, 26) & 0x3FFF, _little(data, 28) & 0x3FFF
    elif name == b"VP8L":
        bits = _little(data, 21) | _little(data, 23) << 16
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif name == b"VP8X":
        if data[20] & 0x02:
            raise AnimatedError
        width = (_little(data, 24) | data[26] << 16) + 1
        height = (_little(data, 27) | data[29] << 16) + 1
    else:
        raise BrokenError("its header is not where it belongs")
    return _checked("WEBP", width, height, 12 * MILLION)  # its decoder takes some 20 bytes for each


def _checked(kind: str, width: int, height: int, pixels_most: int) -> Header:
    if not width or not height:
        raise BrokenError("it has no pixels")
    return Header(kind, width, height, pixels_most)


def _two(data: bytes | bytearray, at: int) -> int:
    return data[at] << 8 | data[at + 1]


def _four(data: bytes | bytearray, at: int) -> int:
    return _two(data, at) << 16 | _two(data, at + 2)


def _little(data: bytes | bytearray, at: int) -> int:
    return data[at] | data[at + 1] << 8
