"""Style sheets, scripts and pictures of the pages: small, ours, read once, addressed by their content."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

_FOLDER = Path(__file__).parents[1] / "static"
_FOREVER = "public, max-age=31536000, immutable"
_SOON = "public, max-age=300"


@cache
def _files() -> dict[str, tuple[bytes, str, str]]:
    """Content, media type and short SHA-256 of every file, by its path under ``static``."""
    found: dict[str, tuple[bytes, str, str]] = {}
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            kind = mimetypes.guess_type(path.name)[0] or "text/plain"
            name = path.relative_to(_FOLDER).as_posix()
            found[name] = (content, kind, hashlib.sha256(content).hexdigest()[:12])
    return found


def asset(name: str) -> str:
    """Address of a static file with its content's hash, so that browsers may keep it for ever."""
    return f"/static/{name}?v={_files()[name][2]}"


async def serve(request: Request) -> Response:
    """Answers ``/static/{name:path}``; 404 for what we do not have."""
    found = _files().get(request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    content, kind, digest = found
    headers = {"etag": f'"{digest}"', "cache-control": _FOREVER if request.query_params.get("v") == digest else _SOON}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)
