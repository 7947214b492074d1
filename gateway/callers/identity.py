"""Who makes a request, and by which login of a browser we know it."""

from dataclasses import dataclass
from datetime import datetime

from services.kit.caller import ANONYMOUS, ROLES, Caller

STAFF = ROLES - {"anonymous", "citizen", "system"}
"""Roles that reach what is others', so that they end without the provider's word."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who logged in with a browser."""

    digest: bytes
    """SHA-256 of the token."""
    caller: Caller
    name: str
    """What the identity provider calls them; for their own eyes."""
    expires: datetime
    confirmed: datetime
    """When the provider last said who this is and what they may do."""
    id_token: str = ""
    """Hint for the provider's logout."""
    renewable: bool = False
    """Whether the provider gave a refresh token."""

    @property
    def staff(self) -> bool:
        """Whether its roles need the provider's word again and again."""
        return bool(self.caller.roles & STAFF)


@dataclass(frozen=True, slots=True)
class Cookie:
    """What a session's token says by itself, whether its session lives or not."""

    digest: bytes
    login: str
    """Whose it is, as ``Sessions.login`` says it; empty in a token of before."""
    ends: int
    """When its session ends at the latest, in seconds of the epoch; 0 in a token of before."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who makes a request, and how we know."""

    caller: Caller
    session: Session | None = None
    """Set when a cookie says so: such writes need a CSRF token."""


NOBODY = Identity(ANONYMOUS)
