"""Photos: pictures, and forms with pictures in them."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image

from tests.gateway.recorded.operations import KEYLESS, Operation
from tests.gateway.recorded.recording import Case


def photo(kind: str, size: tuple[int, int] = (6, 4), mode: str = "RGB") -> bytes:
    """A small picture."""
    image = Image.new(mode, size)
    if mode == "RGB":
        image.paste((30, 30, 200), (0, 0, size[0] // 2, size[1]))
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


def _form(*parts: tuple[str, str, str, bytes]) -> bytes:
    """A form of these parts: name, file name (empty: a plain field), type, content."""
    made = b""
    for name, file, kind, content in parts:
        said = f'form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
        head = f"--recorded\r\ncontent-disposition: {said}\r\n" + (f"content-type: {kind}\r\n" if kind else "")
        made += head.encode() + b"\r\n" + content + b"\r\n"
    return made + b"--recorded--\r\n"


def of_photos(operation: Operation) -> Iterator[Case]:
    png, form = photo("PNG"), "multipart/form-data; boundary=recorded"
    tries: dict[str, tuple[str | None, bytes]] = {
        "a PNG": ("image/png", png),
        "a JPEG": ("image/jpeg", photo("JPEG")),
        "a WebP": ("image/webp", photo("WEBP")),
        "a PNG called JPEG": ("image/jpeg", png),
        "a PNG called octets": ("application/octet-stream", png),
        "a GIF": ("image/gif", photo("GIF")),
        "no picture": ("image/png", b"GIF89a but not really"),
        "a PNG cut off": ("image/png", photo("PNG", (300, 300))[:-40]),
        "a large PNG": ("image/png", photo("PNG", (2600, 20))),
        "a PNG of too many pixels": ("image/png", photo("PNG", (8000, 7000), "1")),
        "more than ten megabytes": ("image/png", png + b"\0" * (10 << 20)),
        "nothing": ("image/png", b""),
        "JSON": ("application/json", b"{}"),
        "text": ("text/plain", png),
        "a PNG without a type": (None, png),
        "a form with a photo": (form, _form(("photo", "a.png", "image/png", png))),
        "a form with a photo of another type": (form, _form(("photo", "a.heic", "application/octet-stream", png))),
        "a form with a photo and a field": (form, _form(("note", "", "", b"x"), ("photo", "a.png", "image/png", png))),
        "a form with another field": (form, _form(("picture", "a.png", "image/png", png))),
        "a form with a text for a photo": (form, _form(("photo", "", "", b"x"))),
        "a form with two photos": (form, _form(*[("photo", "a.png", "image/png", png)] * 2)),
        "a form with an empty photo": (form, _form(("photo", "a.png", "image/png", b""))),
        "a form that is none": (form, b"nonsense"),
        "a form without a boundary": ("multipart/form-data", _form(("photo", "a.png", "image/png", png))),
    }
    for what, (kind, raw) in tries.items():
        yield operation.case(f"upload of {what}", raw=raw, headers={"content-type": kind})
        if what in ("a PNG", "a form with a photo"):
            keyless = {"content-type": kind, **KEYLESS}
            yield operation.case(f"upload of {what} without a key", raw=raw, headers=keyless, role="officer")
    kind_only = {"content-type": "image/png"}
    yield operation.case("refused before it is read", path={"code": "refuse-NOT-FOUND"}, raw=png, headers=kind_only)
    late = {"content-type": "image/png", "Idempotency-Key": "refuse-EXHAUSTED"}
    yield operation.case("refused after it is stored", raw=png, headers=late)
