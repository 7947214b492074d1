"""What is derived from the city's secret of subscriptions: tokens of links, digests, the key that seals addresses."""

import hmac
from enum import StrEnum
from uuid import UUID

from services.environment.resources import resources
from services.kit.context import Context
from services.kit.errors import DomainError, precondition
from services.kit.mail import addresses, sealing, tokens


class Purpose(StrEnum):
    """What a link is for."""

    CONFIRM = "confirm"
    END = "end"


def secret(runtime: Context) -> bytes:
    """The city's secret. Errors: PRECONDITION SUBSCRIPTIONS_CLOSED where it has none."""
    found = resources(runtime).subscription_secret
    if found is None:
        raise closed()
    return found


def closed() -> DomainError:
    """The city mails no warnings."""
    return precondition("SUBSCRIPTIONS_CLOSED", "This city sends no warnings by mail. The feed is /v1/warnings.cap.")


def digest(city_secret: bytes, email: str) -> bytes:
    """The same for all spellings of an address that reach one mailbox."""
    return hmac.digest(city_secret, f"subscriber:{addresses.canonical(email)}".encode(), "sha256")


def seal(city_secret: bytes, subscription: UUID, email: str) -> bytes:
    """An address as it is kept."""
    return sealing.seal(_key(city_secret), subscription, email.encode())


def unseal(city_secret: bytes, subscription: UUID, sealed: bytes) -> str:
    """The address of a subscription. Errors: UnreadableError where it was sealed under another secret."""
    return sealing.unseal(_key(city_secret), subscription, sealed).decode()


def token(city_secret: bytes, purpose: Purpose, subscription: UUID) -> str:
    """The last part of a link."""
    return tokens.token(city_secret, purpose, subscription)


def subscription_of(city_secret: bytes, purpose: Purpose, given: str) -> UUID | None:
    """Whose link it is; None when it is none of ours for this purpose."""
    found = tokens.holder_of(city_secret, purpose, given)
    return found[0] if found else None


def _key(city_secret: bytes) -> bytes:
    return hmac.digest(city_secret, b"addresses of subscribers", "sha256")
