"""What is derived from the city's secret for proposals: keys of authors, and digests by which people are told apart."""

import hmac
from uuid import UUID

from services.kit.caller import Caller
from services.kit.context import Context
from services.kit.errors import precondition
from services.kit.mail import tokens
from services.society.resources import derived, resources

_AUTHOR = "author"


def secret(runtime: Context) -> bytes:
    """The key of proposals. Errors: PRECONDITION PROPOSALS_CLOSED where the city has no secret."""
    if resources(runtime).secret is None:
        raise precondition("PROPOSALS_CLOSED", "This city takes neither proposals nor support yet.")
    return derived(runtime, "proposals")


def known(caller: Caller) -> bool:
    """Whether the caller is a person with a login."""
    return not caller.has("anonymous") and not caller.has("system")


def login(runtime: Context, caller: Caller) -> bytes | None:
    """Keyed digest of the caller's login; None without one."""
    return digest(runtime, "login", caller.subject) if known(caller) else None


def digest(runtime: Context, what: str, value: str, about: UUID | None = None) -> bytes:
    """Keyed digest of a login, browser or network; of one thing alone where it is named, so that nothing joins two."""
    told = f"{what}:{about or ''}:{value}".encode()
    return hmac.digest(secret(runtime), told, "sha256")


def supporter(runtime: Context, subject: str) -> bytes:
    """By what somebody finds again what they support. It is none of the digests by which authors are known."""
    return digest(runtime, "supporter", subject)


def left(runtime: Context, subject: str, proposal: UUID) -> bytes:
    """By what an author who is erased is kept from deciding on their own: of one proposal alone, so it joins no two."""
    return digest(runtime, "left", subject, proposal)


def made(runtime: Context, subject: str, process: UUID) -> bytes:
    """By what somebody who is erased is counted in a process: of none of their proposals, so it joins none."""
    return digest(runtime, "made", subject, process)


def author_key(runtime: Context, proposal: UUID) -> str:
    """The key that makes whoever has it the author: derived, so that nothing of it is stored."""
    return tokens.token(secret(runtime), _AUTHOR, proposal)


def is_author(runtime: Context, proposal: UUID, given: str) -> bool:
    """Whether this is the proposal's key."""
    if not given or resources(runtime).secret is None:
        return False
    found = tokens.holder_of(secret(runtime), _AUTHOR, given)
    return found is not None and found[0] == proposal
