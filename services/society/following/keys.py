"""What is derived from the city's secret for followers: tokens of links, digests, the key that seals addresses."""

import hmac
from enum import StrEnum
from uuid import UUID

from services.kit.context import Context
from services.kit.errors import DomainError, precondition
from services.kit.mail import addresses, sealing, tokens
from services.society.resources import derived, resources


class Purpose(StrEnum):
    """What a link is for."""

    CONFIRM = "confirm"
    END = "end"


def is_open(runtime: Context) -> bool:
    """Whether addresses can be kept."""
    return resources(runtime).secret is not None


def secret(runtime: Context) -> bytes:
    """The key of followers. Errors: PRECONDITION FOLLOWING_CLOSED where the city has no secret."""
    if not is_open(runtime):
        raise closed()
    return derived(runtime, "followers")


def closed() -> DomainError:
    """The city mails nothing of proposals."""
    return precondition("FOLLOWING_CLOSED", "This city mails no news of proposals. Their pages tell them.")


def digest(runtime: Context, email: str) -> bytes:
    """The same for all spellings of an address that reach one mailbox."""
    return hmac.digest(secret(runtime), f"address:{addresses.canonical(email)}".encode(), "sha256")


def seal(runtime: Context, follower: UUID, email: str) -> bytes:
    """An address as it is kept."""
    return sealing.seal(_key(runtime), follower, email.encode())


def unseal(runtime: Context, follower: UUID, sealed: bytes) -> str:
    """The address of a follower. Errors: UnreadableError where it was sealed under another secret."""
    return sealing.unseal(_key(runtime), follower, sealed).decode()


def token(runtime: Context, purpose: Purpose, follower: UUID) -> str:
    """The last part of a link."""
    return tokens.token(secret(runtime), f"follower {purpose}", follower)


def follower_of(runtime: Context, purpose: Purpose, given: str) -> UUID | None:
    """Whose link it is; None when it is none of ours for this purpose."""
    found = tokens.holder_of(secret(runtime), f"follower {purpose}", given)
    return found[0] if found else None


def _key(runtime: Context) -> bytes:
    return hmac.digest(secret(runtime), b"addresses", "sha256")
