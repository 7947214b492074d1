"""A desk's way to one of its things by the code that somebody at the counter says, however long the list is."""

from __future__ import annotations

from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.kit.acting import FormState, incomplete
from gateway.portal.kit.forms import Fields
from services.kit import codes
from services.kit.rpc.text import clean

NAME = "kode"
_MOST = 32
"""Characters of a code that are read."""


def code_sought(request: Request, letter: str) -> str | FormState | None:
    """The code in the query, of those with ``letter`` after the city's own; what to show of one that is mistyped; None
    where nothing was typed.
    """
    typed = clean(request.query_params.get(NAME, ""))[:_MOST]
    if not typed:
        return None
    found = codes.parse(f"{current_gateway(request).city.code_prefix}{letter}", typed)
    return found or incomplete(request, "seek", Fields({NAME: typed}), **{NAME: "officer.code_mistyped"})
