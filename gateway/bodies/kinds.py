"""What a route takes as its body. A route that says nothing takes small ones without files."""

from dataclasses import dataclass

from starlette.datastructures import Headers

from gateway.answers.problems import Problem
from gateway.settings import MEBIBYTE, GatewaySettings

JSON = "application/json"
MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
_LONGEST = 100
"""Characters of a header that are repeated to the caller."""
PHOTOS_A_FORM = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What a route takes. Files come in a form (multipart), or one of them as the body itself (``bare``)."""

    bytes: int | None = None
    """Most bytes of a body without files; None: as set (``SMARTCITY_BODY_BYTES``)."""
    files: int = 0
    file_bytes: int | None = None
    """Most bytes of a file; None: as a photo (``SMARTCITY_PHOTO_BYTES``)."""
    bare: bool = False

    def most_a_file(self, settings: GatewaySettings) -> int:
        """Most bytes of a file."""
        return settings.photo_bytes if self.file_bytes is None else self.file_bytes

    def most_fields(self, settings: GatewaySettings) -> int:
        """Most bytes of everything that is no file."""
        return settings.body_bytes if self.bytes is None else self.bytes

    def most(self, content_type: str, settings: GatewaySettings) -> int:
        """Most bytes of a body of that type. Raises MEDIA_TYPE_NOT_TAKEN for a form with files where none are taken."""
        if content_type == MULTIPART:
            if not self.files:
                detail = "No files are taken here. Send the fields by themselves, without multipart/form-data."
                raise Problem(415, "MEDIA_TYPE_NOT_TAKEN", detail)
            return self.files * self.most_a_file(settings) + self.most_fields(settings)
        if self.bare and is_file(content_type):
            return self.most_a_file(settings)
        return self.most_fields(settings)


SMALL = Kind()
"""JSON, or the fields of a form."""
NOTHING = Kind(bytes=0)
"""What is sent all the same stays unread."""
PHOTO = Kind(files=1, bare=True)
PHOTOS = Kind(files=PHOTOS_A_FORM)
DOCUMENT = Kind(files=1, file_bytes=MEBIBYTE)
"""One small file that is read here and not kept."""
FEED = Kind(files=1, file_bytes=32 * MEBIBYTE, bare=True)
"""The archive of a timetable."""


def type_of(headers: Headers) -> str:
    """The media type of a body, without its parameters; empty when none is given."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_file(content_type: str) -> bool:
    """Whether a body of that type is a file by itself."""
    return content_type.startswith("image/") or content_type in {"application/octet-stream", "application/zip"}


def require_unpacked(headers: Headers) -> None:
    """Refuses a body that is packed. Raises MEDIA_TYPE_NOT_TAKEN."""
    packed = headers.get("content-encoding", "").strip().lower()
    if packed not in ("", "identity"):
        detail = f"The body is packed ({packed[:_LONGEST]}). Send it as it is, without Content-Encoding."
        raise Problem(415, "MEDIA_TYPE_NOT_TAKEN", detail, headers={"accept-encoding": "identity"})


def require_json(headers: Headers) -> None:
    """Refuses a body that is something else, or packed. Raises MEDIA_TYPE_NOT_TAKEN."""
    require_unpacked(headers)
    kind = type_of(headers)
    if kind == JSON or (kind.startswith("application/") and kind.endswith("+json")):
        return
    came = f"The body came as {kind[:_LONGEST]}" if kind else "The body came without a Content-Type"
    by_itself = ", which curl and forms send by themselves" if kind == URLENCODED else ""
    detail = f"{came}{by_itself}. Send JSON with the header Content-Type: {JSON}."
    raise Problem(415, "MEDIA_TYPE_NOT_TAKEN", detail, headers={"accept": JSON})
