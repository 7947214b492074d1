"""What society holds beside its database; ``preparing.py`` opens it."""

import hmac
from dataclasses import dataclass

from services.kit.context import Context
from services.kit.errors import precondition


@dataclass(frozen=True)
class Resources:
    """Opened once when the process starts; `Runtime.extra` of society."""

    secret: bytes | None
    """All keys of residents and ballots are derived from it; None where neither are taken."""


def resources(runtime: Context) -> Resources:
    """The resources of a runtime that ``preparing.prepare`` made."""
    extra = runtime.extra
    assert isinstance(extra, Resources)
    return extra


def derived(runtime: Context, purpose: str) -> bytes:
    """The key for a purpose, 32 bytes. Errors: PRECONDITION RESIDENTS_CLOSED where the city has no secret."""
    secret = resources(runtime).secret
    if secret is None:
        raise precondition("RESIDENTS_CLOSED", "This city verifies no residents yet, and takes no ballots.")
    return hmac.digest(secret, b"society 1\n" + purpose.encode(), "sha256")
