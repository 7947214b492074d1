"""What a permit's paper says, and the signatures on it. Pure and stable: a paper of today must check in ten years."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.economy.permits.model import Permit

VERSION = "smartcity-permit-1"


@dataclass(frozen=True)
class Paper:
    """A paper as issued. ``text`` is what ``signature`` (base64url, Ed25519 by the key ``key_id``) signs."""

    id: UUID
    """Of its permit."""
    text: str
    signature: str
    key_id: str
    key: str
    """The public half, as the ``x`` of a JWK."""
    provider: str
    """Whose electronic signature it bears as well."""
    simulated: bool
    """Whether that is a stand-in, with no force in law."""
    electronic: str
    issued_at: datetime

    @property
    def jwk(self) -> dict[str, str]:
        """The public key."""
        return {"crv": "Ed25519", "kid": self.key_id, "kty": "OKP", "x": self.key}


def text(one: Permit, issued: datetime) -> str:
    """The canonical text: one line for each fact, in this order. Whose it is stands on the holder's paper alone."""
    facts = (
        VERSION, one.code, one.kind, one.name, one.area, one.place, one.nib, one.agency, str(one.first_day),
        str(one.last_day), "deemed" if one.deemed else "granted",
        issued.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )  # fmt: skip
    # A line break inside a fact would let two different papers have one text.
    return "".join(" ".join(fact.split()) + "\n" for fact in facts)
