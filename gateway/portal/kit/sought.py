"""A desk's way to one of its things by the code that somebody at the counter says, however long the list is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.forms import Fields
from services.kit import codes
from services.kit.rpc.text import clean

NAME = "kode"
_MOST = 32
"""Characters of a code that are read."""


async def code_sought(
    request: Request, letter: str, find: Callable[[str], Awaitable[object]]
) -> str | FormState | None:  # fmt: skip
    """The code in the query, of those with ``letter`` after the city's own, by which the caller can ``find`` something;
    what to show above the list of one that is mistyped or leads nowhere; None where nothing was typed.
    """
    typed = clean(request.query_params.get(NAME, ""))[:_MOST]
    if not typed:
        return None
    found = codes.parse(f"{current_gateway(request).city.code_prefix}{letter}", typed)
    entered = Fields({NAME: found or typed})
    if not found:
        return incomplete(request, "seek", entered, **{NAME: "officer.code_mistyped"})
    answer = await attempted(request, "seek", entered, find(found))
    if isinstance(answer, FormState) and answer.status in (403, 404):
        return replace(incomplete(request, "seek", entered, **{NAME: "officer.code_unknown"}), status=answer.status)
    return found  # what else is wrong with it tells its page
