"""What is derived from a secret for those who are mailed: tokens of links, digests, the key that seals addresses."""

import hmac
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.kit.mail import addresses, sealing, tokens


class Purpose(StrEnum):
    """What a link is for."""

    CONFIRM = "confirm"
    END = "end"
    ACT = "act"
    """To do what its mail tells of."""


class AddressKeys(NamedTuple):
    """Of those who read the mails of one kind. What is named tells kinds apart that share a secret."""

    secret: bytes
    links: str = ""
    """In the purpose of their links, before what each is for."""
    digests: str = "address"
    seals: str = "addresses"

    def digest(self, email: str) -> bytes:
        """The same for all spellings of an address that reach one mailbox."""
        return hmac.digest(self.secret, f"{self.digests}:{addresses.canonical(email)}".encode(), "sha256")

    def seal(self, reader: UUID, email: str) -> bytes:
        """An address as it is kept."""
        return sealing.seal(self._key(), reader, email.encode())

    def unseal(self, reader: UUID, sealed: bytes) -> str:
        """The address of a reader. Errors: UnreadableError where it was sealed under another secret."""
        return sealing.unseal(self._key(), reader, sealed).decode()

    def known(self, reader: UUID, sealed: bytes) -> str:
        """The address, for whose it is; empty where it was sealed under another secret."""
        try:
            return self.unseal(reader, sealed)
        except sealing.UnreadableError:
            return ""

    def token(self, purpose: Purpose, reader: UUID) -> str:
        """The last part of a link."""
        return tokens.token(self.secret, f"{self.links}{purpose}", reader)

    def reader_of(self, purpose: Purpose, given: str) -> UUID | None:
        """Whose link it is; None when it is none of ours for this purpose."""
        found = tokens.holder_of(self.secret, f"{self.links}{purpose}", given)
        return found[0] if found else None

    def _key(self) -> bytes:
        return hmac.digest(self.secret, self.seals.encode(), "sha256")
