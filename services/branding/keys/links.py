"""Link keys: 128 bits that make whoever holds them the owner of an order or the holder of a ticket, without an account.

They are derived with a secret of the city's, so nothing is stored; a ticket's is of the hands that it is in. The one
that is handed on is told to who had it, so it does no more than take the ticket over: the key of who has it then was
shown to nobody else. Until that is done the key before takes it back, and what was handed on is dead for good
then; once it is done the key before is worth nothing.
"""

import base64
import hmac
import re
from uuid import UUID

_BYTES = 16


def of_order(secret: bytes, order: UUID) -> str:
    """The link key of an order: 26 characters of base32 (RFC 4648, no padding)."""
    return _derived(secret, b"order:" + order.bytes)


def of_ticket(secret: bytes, ticket: UUID, hands: int) -> str:
    """The link key of a ticket, until it changes hands."""
    return _derived(secret, b"ticket:" + ticket.bytes + hands.to_bytes(4, "big"))


def of_offer(secret: bytes, ticket: UUID, hands: int, recalls: int) -> str:
    """The link key by which a ticket is taken over that was passed on to these hands: another after each recall."""
    again = recalls.to_bytes(4, "big") if recalls else b""  # without one as it has always been
    return _derived(secret, b"offer:" + ticket.bytes + hands.to_bytes(4, "big") + again)


def proves(given: str, key: str) -> bool:
    """Whether this is the key; case, spaces and hyphens do not count. Takes as long either way."""
    return hmac.compare_digest(re.sub(r"[\s\-]", "", given).upper().encode(), key.encode())


def _derived(secret: bytes, about: bytes) -> str:
    return base64.b32encode(hmac.digest(secret, about, "sha256")[:_BYTES]).decode().rstrip("=")
