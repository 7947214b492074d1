"""Style sheets, scripts and pictures of the pages: small, ours, read once, addressed by their content."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.etags import etag_matches
from gateway.answers.packing import packed, takes_gzip

_FOLDER = Path(__file__).parents[1] / "static"
_FOREVER = "public, max-age=31536000, immutable"
_SOON = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    packed: bytes
    """Empty where it would not be smaller, as of pictures."""
    kind: str
    """Its media type."""
    digest: str
    """SHA-256, short."""


@cache
def _files() -> dict[str, _File]:
    """Every file by its path under ``static``."""
    found: dict[str, _File] = {}
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            small = packed(content)
            kind = mimetypes.guess_type(path.name)[0] or "text/plain"
            digest = hashlib.sha256(content).hexdigest()[:12]
            name = path.relative_to(_FOLDER).as_posix()
            found[name] = _File(content, small if len(small) < 0.9 * len(content) else b"", kind, digest)
    return found


def asset(name: str) -> str:
    """Address of a static file with its content's hash, so that browsers may keep it for ever."""
    return f"/static/{name}?v={_files()[name].digest}"


async def serve(request: Request) -> Response:
    """Answers ``/static/{name:path}``; 404 for what we do not have."""
    found = _files().get(request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    for_ever = request.query_params.get("v") == found.digest
    headers = {
        "etag": f'W/"{found.digest}"' if found.packed else f'"{found.digest}"',
        "cache-control": _FOREVER if for_ever else _SOON,
    }
    if found.packed:
        headers["vary"] = "Accept-Encoding"
    if etag_matches(request.headers.get("if-none-match"), headers["etag"]):
        return Response(status_code=304, headers=headers)
    if found.packed and takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(found.packed, media_type=found.kind, headers={**headers, "content-encoding": "gzip"})
    return Response(found.content, media_type=found.kind, headers=headers)
