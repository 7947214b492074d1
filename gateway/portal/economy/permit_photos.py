"""Photos of a permit's documents as a form sends them: each is stored or refused by itself."""

from __future__ import annotations

from collections.abc import Sequence

import grpc.aio
from starlette.requests import Request

from gateway.answers.problems import Problem, from_grpc
from gateway.bodies.forms import Upload
from gateway.gateway import current_gateway
from gateway.photos.images import too_large
from gateway.photos.uploads import store_document
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import texts_of
from gateway.portal.kit.trouble import Trouble
from services.kit.caller import Caller

NAME_MOST = 60
"""Characters of a file's name that a page repeats."""
Refused = tuple[str, Problem]
"""A file's name, and why it is not stored."""


async def add(
    request: Request, caller: Caller, code: str, given: Fields, files: Sequence[Upload]
) -> tuple[list[Refused], int]:
    """Stores them one after the other; those that are refused keep no other from it. How many were there before."""
    refused, there = [], 0
    for number, file in enumerate(files, start=1):
        try:
            there += await _store(request, caller, code, given, f"{given['request_id']}-{number}", file)
        except grpc.aio.AioRpcError as error:
            refused.append((file.filename[-NAME_MOST:], from_grpc(error)))
        except Problem as problem:
            refused.append((file.filename[-NAME_MOST:], problem))
    return refused, there


async def _store(request: Request, caller: Caller, code: str, given: Fields, key: str, file: Upload) -> bool:
    gateway = current_gateway(request)
    if file.too_large:
        raise too_large(gateway.settings.photo_bytes)
    made = await store_document(gateway, caller, code, given["document"], key, file.data, request.state.address)
    return made[1]


def told(request: Request, given: Fields, refused: Sequence[Refused], sent: int) -> FormState:
    """What the page shows of it: each file that is not stored with its reason, and how many of those sent are.

    The form gets a fresh key: a photo's key is by its place, and whoever sends the named ones alone sends them at
    others. The pillar stores the same photo once, whatever its key.
    """
    texts, (_, first) = texts_of(request), refused[0]
    stored = sent - len(refused)
    words = texts.count("permit.photos_stored", stored) if stored else texts("permit.photos_none")
    if any(forms.may_have_happened(problem) for _, problem in refused):
        words = texts("permit.photos_unsure")
    errors = {"photos": " ".join(f"{name}: {Trouble.of(problem, texts).message}" for name, problem in refused)}
    trouble = Trouble(texts("form.problem"), words, errors)
    return FormState(doing="add", form=anew(given), trouble=trouble, status=first.status)


def anew(given: Fields) -> Fields:
    """A form that is sent again with other photos, or none: under a fresh key."""
    return Fields({name: value for name, value in given.items() if name != "request_id"})
