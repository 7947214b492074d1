"""Photos made safe: decoded and encoded anew, so that nothing but the picture is left (EXIF and GPS go)."""

import asyncio
import hashlib
import io
import struct
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.answers.problems import FieldError, Problem
from gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LONGEST_SIDE = 2560
"""Pixels; larger photos are scaled down, which proves as much and costs a phone less."""
QUALITY = 85
WAITING_MOST = 16
"""Photos that may wait for a worker; more are sent away to come back."""
SCANS_MOST = 100
"""Scans of a JPEG: progressive photos have about ten, and each of a large picture takes 30 ms."""
TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo as it is stored."""

    data: bytes
    content_type: str
    suffix: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Digest of the bytes, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


class Images:
    """Cleans photos in worker threads, few at a time: a decoded photo takes a hundred megabytes."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        # A pool of our own: who waits may be cancelled, but the thread decodes on, and holds its place until it ends.
        self._workers = ThreadPoolExecutor(settings.photo_workers, "photos")
        self._held: set[Future[CleanPhoto]] = set()

    async def clean(self, data: bytes) -> CleanPhoto:
        """The photo without anything but the picture; refuses what is no photo or too large."""
        if len(data) > self._settings.photo_bytes:
            raise too_large(self._settings.photo_bytes)
        if len(self._held) >= self._settings.photo_workers + WAITING_MOST:
            detail = "Many photos arrive right now. Send this one again in a few seconds."
            raise Problem(503, "PHOTOS_BUSY", detail, headers={"retry-after": "5"})
        work = self._workers.submit(_clean, data, self._settings.photo_pixels)
        self._held.add(work)
        work.add_done_callback(self._held.discard)
        return await asyncio.wrap_future(work)


def too_large(most: int) -> Problem:
    """The refusal of a file with too many bytes."""
    detail = f"The photo is larger than {most // (1 << 20)} MB. Send a smaller one."
    return Problem(413, "PHOTO_TOO_LARGE", detail, errors=[FieldError("photo", detail)])


def _clean(data: bytes, most_pixels: int) -> CleanPhoto:
    from PIL import Image, UnidentifiedImageError  # 10 MB that a gateway without uploads does not need

    Image.MAX_IMAGE_PIXELS = None  # our own limit stands below, and answers properly
    try:
        with Image.open(io.BytesIO(data), formats=tuple(TYPES)) as image:
            kind = str(image.format)
            width, height = image.size
            if width * height > most_pixels:
                detail = f"The photo has {width} x {height} pixels; at most {most_pixels // 1_000_000} million go."
                raise Problem(413, "PHOTO_TOO_MANY_PIXELS", detail, errors=[FieldError("photo", detail)])
            if kind == "JPEG" and data.count(b"\xff\xda") > SCANS_MOST:
                raise ValueError("too many scans")
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            return _encode(_upright(image), kind)
    except UnidentifiedImageError as error:
        detail = "The file is no JPEG, PNG or WebP photo (its content decides, not its name)."
        raise Problem(415, "PHOTO_TYPE_NOT_TAKEN", detail, errors=[FieldError("photo", detail)]) from error
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, EOFError, MemoryError) as error:
        detail = "The photo is broken or cut off. Take or choose another one."
        raise Problem(422, "PHOTO_BROKEN", detail, errors=[FieldError("photo", detail)]) from error


def _upright(image: "Picture") -> "Picture":
    """The picture as it was seen; as it stands in the file where its EXIF, which goes anyway, is beyond reading."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except (struct.error, TypeError, SyntaxError, ValueError, LookupError):
        return image


def _encode(image: "Picture", kind: str) -> CleanPhoto:
    """Copies the pixels into a fresh image: what the file carried besides stays behind."""
    from PIL import Image

    transparent = kind != "JPEG" and ("A" in image.getbands() or "transparency" in image.info)
    converted = image.convert("RGBA" if transparent else "RGB")
    fresh = Image.frombytes(converted.mode, converted.size, converted.tobytes())
    target = io.BytesIO()
    options = {"PNG": {"compress_level": 6}, "WEBP": {"quality": QUALITY, "method": 2}}.get(kind, {"quality": QUALITY})
    fresh.save(target, kind, **options)
    content_type, suffix = TYPES[kind]
    return CleanPhoto(target.getvalue(), content_type, suffix, fresh.width, fresh.height)
