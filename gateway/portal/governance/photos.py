"""Photos of forms: taken in, stored the same way as through REST, and shown to whoever may see them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.etags import etag_matches
from gateway.answers.problems import FieldError, Problem
from gateway.bodies.forms import Upload
from gateway.bodies.kinds import PHOTOS_A_FORM
from gateway.gateway import current_gateway
from gateway.photos import small
from gateway.photos.images import too_large
from gateway.photos.uploads import check_room, store_photo
from gateway.portal.kit import forms
from gateway.portal.kit.forms import Fields
from services.kit.caller import Caller
from smartcity.governance.v1 import photos_pb2

LATER = "later"
"""What an address says of photos that did not come along with a report, and may once what was away is there again."""


async def store(
    request: Request, files: Sequence[Upload], code: str, key: str, request_id: str, caller: Caller
) -> list[str]:
    """Stores and records the photos of a form with a case; answers their ids. A form sent twice makes them once."""
    if not files:
        return []
    gateway, address, stored = current_gateway(request), request.state.address, []
    keys = [f"{request_id}-photo-{number}" for number in range(1, len(files) + 1)]
    try:
        if await forms.files_left_out(request):
            raise Problem(422, "TOO_MANY_PHOTOS", f"At most {PHOTOS_A_FORM} photos at once.")
        if any(file.too_large for file in files):
            raise too_large(gateway.settings.photo_bytes)
        await check_room(gateway, caller, code, key, keys)
        for own_key, file in zip(keys, files, strict=True):
            stored.append((await store_photo(gateway, caller, code, key, own_key, file.data, address)).id)
    except Problem as problem:
        raise _refused(problem) from problem
    return stored


def _refused(problem: Problem) -> Problem:
    """The same refusal, tied to the form's field."""
    errors = [FieldError("photos", problem.detail)]
    return Problem(problem.status, problem.reason, problem.detail, errors=errors, headers=problem.headers)


async def answer(request: Request, code: str, photo: str, key: str, caller: Caller) -> Response:
    """The bytes of a photo, for those who may see it; with ``?kecil=1`` those of its small picture."""
    gateway = current_gateway(request)
    asked = photos_pb2.GetPhotoRequest(code=code, id=photo, link_key=key)
    found = await gateway.pillars.call(asked, caller)
    little = request.query_params.get("kecil") == "1"
    tag = f'"{found.photo.id}{"-small" if little else ""}"'
    # Asked for each time: who sits at the browser now may be somebody else.
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "Cookie"}
    if etag_matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    if little:
        try:
            picture = await small.shown(gateway.files, gateway.images, found.path, request.state.address)
        except Problem as problem:
            if problem.status == 404:
                raise
        else:
            return Response(picture, media_type=small.CONTENT_TYPE, headers=headers)
    return Response(await gateway.files.get(found.path), media_type=found.photo.content_type, headers=headers)


async def evidence(request: Request, code: str, form: Fields, caller: Caller) -> list[str]:
    """Ids of the photos that prove it: those uploaded before and ticked, and those that come with the form."""
    files = await forms.uploads(request)
    return form.all("evidence") + await store(request, files, code, "", form["request_id"], caller)
