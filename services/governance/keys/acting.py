"""Links in mails that act for whoever got them: what they say, signed.

A token names a contact (that of the reporter is the case itself), what it may be used for, until when, and the round of
the contact's links, by which all of them can be ended at once. Nothing of it is stored and nothing in it is personal.
It names its key, so that keys can change while mails are on their way.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntFlag
from uuid import UUID

from services.kit.signing import secret

_BODY = struct.Struct(">B16sBHI")
"""Key, contact, acts, round, expiry in seconds since 1970 (until 2106)."""
_MAC = 16
_CHARACTERS = (_BODY.size + _MAC) * 8 // 5
"""64: no link key of a case is as long."""


class Act(IntFlag):
    """What a link lets its reader do."""

    READ = 1
    """Read the case as its reporter does, but for the contact."""
    REPLY = 2
    RATE = 4
    REOPEN = 8
    ADD_PHOTOS = 16
    MINE = 32
    """See which cases belong to the address that the link was mailed to, and get their keys again."""


EVERYTHING = Act.READ | Act.REPLY | Act.RATE | Act.REOPEN | Act.ADD_PHOTOS
"""All that the link to a case can be for. To withdraw it, or to reach the contact, takes the key or the login."""


@dataclass(frozen=True)
class Grant:
    """What a token says."""

    subject: UUID
    """Of the contact."""
    acts: Act
    round: int
    expires: datetime
    """To the second."""


class MailKeys:
    """The city's keys for links in mails: the first one signs, all are known."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """At least one key of 32 bytes or more."""
        numbers = [hashlib.sha256(b"smartcity mail key\n" + key).digest()[0] for key in keys]
        self._first, self._keys = numbers[0], dict(zip(numbers, keys, strict=True))
        if len(self._keys) != len(keys):
            raise ValueError("SMARTCITY_MAIL_KEYS has two keys of one number: make another in place of the newer")

    @classmethod
    def load(cls, text: str, city_secret: bytes) -> "MailKeys":
        """Reads comma-separated base64; without any, the key comes from the link secret. Errors: ValueError."""
        given = [part.strip() for part in text.split(",") if part.strip()]
        return cls([secret(part, "SMARTCITY_MAIL_KEYS") for part in given] or [_derived(city_secret)])

    def token(self, grant: Grant) -> str:
        """The token of a grant: 64 characters of base32 (RFC 4648, lower case)."""
        seconds = int(grant.expires.timestamp())
        body = _BODY.pack(self._first, grant.subject.bytes, grant.acts, grant.round, seconds)
        return base64.b32encode(body + _mac(self._keys[self._first], body)).decode().lower()

    def read(self, text: str) -> Grant | None:
        """What a token says, expired or not; None when it is not one of ours."""
        if not is_token(text):
            return None
        try:
            data = base64.b32decode(text.strip().upper())
        except (binascii.Error, ValueError):
            return None
        body, mac = data[: _BODY.size], data[_BODY.size :]
        number, subject, acts, round_, seconds = _BODY.unpack(body)
        key = self._keys.get(number, b"")
        if not hmac.compare_digest(mac, _mac(key, body)) or not key:
            return None
        return Grant(UUID(bytes=subject), Act(acts), round_, datetime.fromtimestamp(seconds, UTC))


def is_token(text: str) -> bool:
    """Whether something may be such a token: link keys of cases are shorter."""
    return len(text.strip()) == _CHARACTERS


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"mail link 1\n" + body, "sha256")[:_MAC]


def _derived(city_secret: bytes) -> bytes:
    return hmac.digest(city_secret, b"mail links", "sha256")
