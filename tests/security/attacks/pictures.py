"""Photos as attackers make them: a header that asks for the world, work without end, more than one picture."""

import io
import struct

from PIL import Image

MILLION = 1_000_000


def encoded(kind: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    """A picture of one colour, which is encoded at once however large it is."""
    image = Image.new(mode, size, (90, 120, 60, 200)[: len(Image.new(mode, (1, 1)).getbands())])
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def webp(width: int, height: int) -> bytes:
    """A lossless WebP of so many pixels in some thirty bytes."""
    bits = (width - 1) | (height - 1) << 14
    chunk = b"\x2f" + struct.pack("<I", bits) + b"\x07\xd0\xff\xfe"
    return _riff(b"VP8L", chunk)


def webp_canvas(width: int, height: int, flags: int = 0) -> bytes:
    """A WebP of the extended kind that begins with its canvas."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _riff(b"VP8X", bytes((flags, 0, 0, 0)) + sides)


def webp_lossy(width: int, height: int) -> bytes:
    """A lossy WebP's frame header."""
    return _riff(b"VP8 ", b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height))


def _riff(name: bytes, chunk: bytes) -> bytes:
    body = b"WEBP" + name + struct.pack("<I", len(chunk)) + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def png(width: int, height: int, before: bytes = b"") -> bytes:
    """A PNG that ends where its pixels would begin."""
    header = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + before + _chunk(b"IDAT", b"")


def png_of_frames(frames: int) -> bytes:
    """An animated PNG."""
    return png(8, 8, _chunk(b"acTL", struct.pack(">II", frames, 0)))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + bytes(4)


def jpeg(width: int, height: int, *, progressive: bool, scans: int = 1) -> bytes:
    """A JPEG of headers alone."""
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x11\xff\x00\x22"
    return b"\xff\xd8" + (b"\xff\xc2" if progressive else b"\xff\xc0") + frame + scan * scans + b"\xff\xd9"


def scanned(times: int, side: int = 3_000) -> bytes:
    """A progressive JPEG, decodable, whose last scan comes again and again."""
    data = encoded("JPEG", (side, side), "L", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * times + data[-2:]
