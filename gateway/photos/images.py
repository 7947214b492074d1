"""Photos made safe: decoded and encoded anew, so that nothing but the picture is left (EXIF and GPS go)."""

import hashlib
from dataclasses import dataclass

from gateway.answers.problems import FieldError, Problem
from gateway.photos import headers
from gateway.photos.headers import MILLION, Header
from gateway.photos.turns import Turns
from gateway.photos.workers import CostlyError, RefusedError, Workers
from gateway.settings import GatewaySettings

TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo as it is stored."""

    data: bytes
    content_type: str
    suffix: str
    width: int
    height: int
    small: bytes = b""
    """The picture for pages, as WebP; empty where it is not at hand."""

    @property
    def sha256(self) -> str:
        """Digest of the bytes, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


class Images:
    """Cleans photos in processes of their own, few at a time; what they would take is bounded before they begin."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Starts no process yet."""
        self._settings = settings
        self._turns = Turns(settings.photo_workers)
        self._workers = Workers()

    async def clean(self, data: bytes | bytearray, address: str) -> CleanPhoto:
        """The photo without anything but the picture, for whoever sends it from ``address``.

        Raises PHOTO_TOO_LARGE, PHOTO_TYPE_NOT_TAKEN, PHOTO_TOO_MANY_PIXELS, PHOTO_ANIMATED, PHOTO_BROKEN,
        PHOTO_TOO_COSTLY, PHOTOS_BUSY.
        """
        if len(data) > self._settings.photo_bytes:
            raise too_large(self._settings.photo_bytes)
        header = self._header(data)
        try:
            async with self._turns.turn(address):
                width, height, picture, small = await self._workers.clean(header.kind, data)
        except RefusedError as error:
            raise _broken() from error
        except CostlyError as error:
            detail = "The photo takes too long to read. Save it anew as a plain JPEG, or take another one."
            raise _refused(422, "PHOTO_TOO_COSTLY", detail) from error
        content_type, suffix = TYPES[header.kind]
        return CleanPhoto(picture, content_type, suffix, width, height, small)

    async def close(self) -> None:
        """Ends the processes."""
        await self._workers.close()

    def _header(self, data: bytes | bytearray) -> Header:
        try:
            header = headers.read(data)
        except headers.UnknownKindError as error:
            detail = "The file is no JPEG, PNG or WebP photo (its content decides, not its name)."
            raise _refused(415, "PHOTO_TYPE_NOT_TAKEN", detail) from error
        except headers.AnimatedError as error:
            raise _refused(422, "PHOTO_ANIMATED", "The file is an animation. Send a single picture.") from error
        except headers.BrokenError as error:
            raise _broken() from error
        most = min(header.pixels_most, self._settings.photo_pixels)
        if header.pixels > most:
            detail = f"The photo has {header.width} x {header.height} pixels; at most {most // MILLION} million go."
            raise _refused(413, "PHOTO_TOO_MANY_PIXELS", detail)
        return header


def too_large(most: int) -> Problem:
    """The refusal of a file with too many bytes."""
    return _refused(413, "PHOTO_TOO_LARGE", f"The photo is larger than {most // (1 << 20)} MB. Send a smaller one.")


def _broken() -> Problem:
    return _refused(422, "PHOTO_BROKEN", "The photo is broken or cut off. Take or choose another one.")


def _refused(status: int, reason: str, detail: str) -> Problem:
    return Problem(status, reason, detail, errors=[FieldError("photo", detail)])
