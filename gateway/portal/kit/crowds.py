"""Pages that say the same to all who have no login: made once a second for all of them.

    @router.get("/lingkungan")
    @for_crowds()
    async def start(request: Request) -> Response:

What is each visitor's own has a stand-in in the page that is made, and its value in each copy; what lies between is
packed once. The page knows nothing of whoever asked first but their language. Who has a login, or asks for filters, has
one made for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Concatenate, ParamSpec, cast

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.packing import Piece
from gateway.callers.identity import NOBODY
from gateway.callers.session import current_identity
from gateway.calls.alike import Alike
from gateway.gateway import Gateway, current_gateway
from gateway.portal.kit.own_values import STATE, StandIns
from gateway.portal.kit.texts import language_of, remember_language

SECONDS, MOST = 1.0, 64
"""For how long a page is the same for everybody, and how many are held: each in each language."""
WITHIN_S = 60.0
"""The longest that somebody waits for a page which another asked for: its calls have their own deadlines."""
_LEAST_PIECE = 512
"""Bytes of what is worth packing by itself."""

P = ParamSpec("P")
Handler = Callable[Concatenate[Request, P], Awaitable[Response]]
Crowds = Alike["_Made"]


def for_crowds(of: Callable[[Gateway], Hashable] = lambda _: None) -> Callable[[Handler[P]], Handler[P]]:
    """Makes a page once a second for all without a login; at once anew when what ``of`` says of the gateway changes."""

    def mark(handle: Handler[P]) -> Handler[P]:
        @wraps(handle)
        async def shared(request: Request, *args: P.args, **given: P.kwargs) -> Response:
            if not _is_one_of_many(request):
                return await handle(request, *args, **given)
            crowds: Crowds = request.app.state.crowds
            asked = (request.url.path, language_of(request), of(current_gateway(request)))
            make = partial(_make, request, lambda its: handle(its, *args, **given))
            return (await crowds.now(asked, make, WITHIN_S)).copy(request)

        return cast(Handler[P], shared)

    return mark


def crowds() -> Crowds:
    """Holds no page yet."""
    return Alike(SECONDS, MOST)


def _is_one_of_many(request: Request) -> bool:
    """Whether nothing tells whoever asks from others: a cookie of a login tells, even of one that has ended."""
    has_login = current_identity(request) != NOBODY or getattr(request.state, "cookie", None) is not None
    return request.method == "GET" and not has_login and request.query_params.keys() <= {"lang"}


async def _make(request: Request, handle: Callable[[Request], Awaitable[Response]], _within: float) -> _Made:
    own = StandIns()
    headers = [(b"accept-language", language_of(request).encode())]
    state = {"identity": NOBODY, STATE: own}
    response = await handle(Request({**request.scope, "headers": headers, "client": None, "state": state}))
    parts = re.split("|".join(map(re.escape, own.all())).join("()"), bytes(response.body).decode())
    headers = [(name, value) for name, value in response.raw_headers if name not in _OF_EACH]
    return _Made(response.status_code, headers, [Piece(each) for each in parts[::2]], parts[1::2], own)


_OF_EACH = frozenset({b"content-length", b"set-cookie"})
"""Headers that a copy has its own of."""


@dataclass(frozen=True, eq=False)
class _Made:
    """A page with stand-ins between its pieces."""

    status: int
    headers: list[tuple[bytes, bytes]]
    pieces: list[Piece]
    between: list[str]
    own: StandIns

    def copy(self, request: Request) -> Response:
        """The page as one visitor has it."""
        values = {name: value.encode() for name, value in self.own.values(request).items()}
        body = [self.pieces[0].body]
        for name, piece in zip(self.between, self.pieces[1:], strict=True):
            body += [values[name], piece.body]
        response = Response(b"".join(body), self.status)
        response.raw_headers += self.headers
        request.state.pieces = [one for one in self.pieces if len(one.body) >= _LEAST_PIECE]
        remember_language(request, response)
        return response
