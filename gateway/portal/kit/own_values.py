"""What of a page is each visitor's own: the nonce of its policy, the token of its forms, and the keys of these."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from gateway.callers.session import csrf_token
from services.kit.ids import uuid7

STATE = "stand_ins"
"""Of a request whose page is made for many."""


def new_key() -> str:
    """A fresh idempotency key for one rendering of a form."""
    return str(uuid7())


class StandIns:
    """Stand-ins for all of it in a page that is made once for many: nobody can guess them, so no text has them."""

    def __init__(self) -> None:
        self.nonce, self.csrf = (secrets.token_urlsafe(16) for _ in range(2))
        self._keys: list[str] = []

    def new_key(self) -> str:
        """One for a key, which looks like one."""
        self._keys.append(new_key())
        return self._keys[-1]

    def all(self) -> list[str]:
        """Every one that was given out."""
        return [self.nonce, self.csrf, *self._keys]

    def values(self, request: Request) -> Mapping[str, str]:
        """What a visitor has in the place of each."""
        return {
            self.nonce: nonce(request),
            self.csrf: csrf_token(request),
            **{each: new_key() for each in self._keys},
        }


def known(request: Request) -> Mapping[str, Any]:
    """All of it, by its name in templates."""
    made: StandIns | None = getattr(request.state, STATE, None)
    if made is not None:
        return {"nonce": made.nonce, "csrf": made.csrf, "new_key": made.new_key}
    return {"nonce": nonce(request), "csrf": csrf_token(request), "new_key": new_key}


def own_key(request: Request) -> str:
    """A fresh idempotency key for a form of the page that answers ``request``."""
    key: str = known(request)["new_key"]()
    return key


def nonce(request: Request) -> str:
    """What a page's own script and style elements carry, as its policy says."""
    state = request.state
    found: str = getattr(state, "nonce", "")
    if not found:
        state.nonce = found = secrets.token_urlsafe(16)
    return found
