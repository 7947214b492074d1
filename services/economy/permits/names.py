"""Names of applicants: sealed under a key of the city, each for its permit."""

import hmac
from uuid import UUID

from services.economy.permits.model import Permit
from services.economy.resources import resources
from services.kit.context import Context
from services.kit.errors import precondition
from services.kit.mail import sealing


def require(runtime: Context) -> None:
    """Lets only a city pass that can seal names. Errors: PRECONDITION PERMITS_CLOSED where it has no secret."""
    derived(runtime, "applicants")


def seal(runtime: Context, id_: UUID, name: str) -> bytes:
    """A name as it is kept, of the permit with that id."""
    return sealing.seal(derived(runtime, "applicants"), id_, name.encode())


def unseal(runtime: Context, one: Permit) -> str:
    """The name; empty where it is erased, or was sealed under another key."""
    return opened(runtime, one.id, one.sealed)


def opened(runtime: Context, id_: UUID, sealed: bytes | None) -> str:
    """The same of what is sealed for the permit with that id."""
    if not sealed or resources(runtime).permit_secret is None:
        return ""
    try:
        return sealing.unseal(derived(runtime, "applicants"), id_, sealed).decode()
    except sealing.UnreadableError:
        return ""


def derived(runtime: Context, purpose: str) -> bytes:
    """The key for a purpose. Errors: PRECONDITION PERMITS_CLOSED where the city has no secret."""
    secret = resources(runtime).permit_secret
    if secret is None:
        raise precondition("PERMITS_CLOSED", "This city takes no applications yet.")
    return hmac.digest(secret, b"economy permits 1\n" + purpose.encode(), "sha256")
