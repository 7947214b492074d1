"""A process that decodes photos and encodes them anew: ``python -m gateway.photos.worker 4.0 335544320``.

``workers.py`` starts it. It gets its work and hands it back over its standard input, which is a socket. It knows no
secrets, writes no file and bounds itself: memory by the system's limit, the processor by a timer that ends it. Nothing
of the gateway is imported.
"""

import gc
import io
import os
import resource
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from gateway.photos.wire import DONE, READY, WORK

LONGEST_SIDE = 2560
"""Pixels; larger photos are scaled down, which proves as much and costs a phone less."""
QUALITY = 85
SMALL_SIDE = 400
"""Pixels of a small picture: half the width of a narrow phone, in its fine pixels."""
SMALL_BYTES = 20_000
"""Three of them, with their page, are less than 100 kB."""
_SMALL_TRIES = ((SMALL_SIDE, 60), (SMALL_SIDE, 40), (SMALL_SIDE, 20), (SMALL_SIDE // 2, 30))
"""Side and quality, until it is small enough: noise takes ten times as much as a street."""
_OPTIONS = {"JPEG": {"quality": QUALITY}, "PNG": {"compress_level": 6}, "WEBP": {"quality": QUALITY, "method": 2}}
_PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)  # registered by being imported


def main(cpu_seconds: float, memory_bytes: int) -> int:
    """Works until nothing more comes. A photo that takes more of the processor ends the process."""
    place = socket.socket(fileno=0)
    place.setblocking(True)
    _bound(memory_bytes)
    place.sendall(READY)
    with place, place.makefile("rb") as work:
        while head := work.read(WORK.size):
            kind, size = WORK.unpack(head)
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)  # counts this process's own time; SIGPROF then ends it
            answer = _answer(kind.strip().decode(), work.read(size))
            signal.setitimer(signal.ITIMER_PROF, 0)
            place.sendall(answer)
            del answer
            gc.collect()
    return 0


def _bound(memory_bytes: int) -> None:
    Image.MAX_IMAGE_PIXELS = None  # the header was looked at before
    Image.preinit()
    for name, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(name, (most, most))
    with suppress(OSError):  # where there is no such file
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")  # sooner this one than the gateway


def _answer(kind: str, data: bytes) -> bytes:
    try:
        width, height, picture, small = clean(kind, data)
        return DONE.pack(True, width, height, len(picture), len(small)) + picture + small
    except Exception as error:
        reason = type(error).__name__.encode()
        return DONE.pack(False, 0, 0, len(reason), 0) + reason


def clean(kind: str, data: bytes) -> tuple[int, int, bytes, bytes]:
    """Width, height and bytes of the picture, and its small one.

    Nothing else that the file carried is left (EXIF and GPS go).
    """
    with Image.open(io.BytesIO(data), formats=(kind,)) as image:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: at a half, a quarter, an eighth, where that will do
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        return _encode(_upright(image), kind)


def _upright(image: Image.Image) -> Image.Image:
    """The picture as it was seen; as it stands in the file where its EXIF, which goes anyway, is beyond reading."""
    try:
        return ImageOps.exif_transpose(image)
    except (struct.error, TypeError, SyntaxError, ValueError, LookupError):
        return image


def _encode(image: Image.Image, kind: str) -> tuple[int, int, bytes, bytes]:
    """Copies the pixels into a fresh image: what the file carried besides stays behind."""
    transparent = kind != "JPEG" and ("A" in image.getbands() or "transparency" in image.info)
    converted = image.convert("RGBA" if transparent else "RGB")
    fresh = Image.frombytes(converted.mode, converted.size, converted.tobytes())
    target = io.BytesIO()
    fresh.save(target, kind, **_OPTIONS[kind])
    return fresh.width, fresh.height, target.getvalue(), _small(fresh)


def _small(image: Image.Image) -> bytes:
    """The picture for a page, as WebP: as good as ``SMALL_BYTES`` leave room for."""
    small = image.copy()
    for side, quality in _SMALL_TRIES:
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        target = io.BytesIO()
        small.save(target, "WEBP", quality=quality, method=4)
        if target.tell() <= SMALL_BYTES:
            break
    return target.getvalue()


if __name__ == "__main__":
    try:
        sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
    except (BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        os._exit(0)  # the gateway is gone
