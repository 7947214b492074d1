"""What the signed tokens of mails are for (``kit/mail/tokens.py``); the subject of each is a contact."""

from enum import StrEnum
from uuid import UUID

from services.kit.mail import tokens

ROUNDS = 6
"""Addresses that one contact may have had."""


class Purpose(StrEnum):
    """What a token is for."""

    CONFIRM = "confirm"
    STOP = "stop"
    BOUNCE = "bounce"


def token(city_secret: bytes, purpose: Purpose, subject: UUID, round_: int = 0) -> str:
    """The token of a contact for a purpose."""
    return tokens.token(city_secret, purpose, subject, round_)


def holder_of(city_secret: bytes, purpose: Purpose, given: str) -> tuple[UUID, int] | None:
    """Whose contact a token is of, and of which round; None when it is not one of ours for this purpose."""
    return tokens.holder_of(city_secret, purpose, given, ROUNDS)
