"""How to reach somebody. Pure; checks only what keeps mail from going astray."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.kit.errors import invalid
from services.kit.mail import addresses

_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,22}[0-9]")


@dataclass(frozen=True, repr=False)
class Contact:
    """How to reach somebody; an empty field was not given. Personal data: not printed by `repr`."""

    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given."""
        return not (self.name or self.email or self.phone)


class MailState(StrEnum):
    """Whether mail goes to a contact."""

    WAITING = "waiting"
    """For its owner to confirm the address: nothing but the confirmation goes there."""
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True)
class Mail:
    """What is known of the mail to a contact, beside its address."""

    subject: UUID
    complaint_id: UUID
    supporter: bool
    has_email: bool
    mail: MailState
    address: bytes | None
    """Keyed digest of the e-mail address."""
    ask_time: datetime | None
    """When the last confirmation was asked for."""
    erase_time: datetime | None
    address_round: int
    """How often the address was corrected."""

    @property
    def is_kept(self) -> bool:
        """Whether it is not erased."""
        return self.erase_time is None

    @property
    def is_mailed(self) -> bool:
        """Whether news go there."""
        return self.has_email and self.mail is MailState.CONFIRMED


@dataclass(frozen=True)
class Read:
    """Somebody read a contact; `by` is a role and agency."""

    id: UUID
    at: datetime
    by: str
    purpose: str


def dialable(phone: str) -> bool:
    """Whether it is a telephone number that can be called, as far as it can be seen."""
    return _PHONE.fullmatch(phone) is not None


def contact(name: str, email: str, phone: str, within: str = "contact.") -> Contact:
    """A contact as somebody gave it ``within`` a message, tidied.

    Errors: INVALID CONTACT_INVALID with the field, without quoting it.
    """
    name = " ".join(name.split())
    if not name.isprintable():
        raise invalid("CONTACT_INVALID", "The name holds what cannot be printed.", field=f"{within}name")
    if email and not addresses.valid(email):
        raise invalid(
            "CONTACT_INVALID", "This is not an e-mail address. Write it like nama@contoh.id.", field=f"{within}email"
        )
    if phone and not dialable(phone):
        raise invalid(
            "CONTACT_INVALID",
            "This is not a telephone number. Write digits, such as +62 812 3456 7890.",
            field=f"{within}phone",
        )
    return Contact(name, email, phone)


def put_right(before: Contact, email: str, told: tuple[str, str] | None) -> Contact:
    """A contact with another address (empty: the one it has), and with the name and telephone that are ``told``.

    Errors: as of ``contact``, and INVALID CONTACT_INVALID where nothing is given, or nothing would be left.
    """
    if told is None:
        if not email:
            raise invalid("CONTACT_INVALID", "Write an e-mail address like nama@contoh.id.", field="email")
        return contact(before.name, email, before.phone, within="")
    given = contact(told[0], email or before.email, told[1])
    if given.is_empty:
        message = "Nothing of the contact would be left. Give some of it, or erase it."
        raise invalid("CONTACT_INVALID", message, field="contact")
    return given
