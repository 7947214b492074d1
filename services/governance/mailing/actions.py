"""May this mail go to that address? And what becomes of an address whose owner, or whose server, says stop."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from services.governance.contacts import store as contacts
from services.governance.contacts.model import MailState
from services.governance.keys import digests
from services.governance.mailing import store
from services.governance.resources import resources
from services.kit.database import Transaction

FULL = "ADDRESS_FULL"
"""The refusal that is over with the day."""


async def refusal(
    tx: Transaction, subject: UUID, email: str, *, confirming: bool, counted: bool, linking: bool = False
) -> str:
    """Why a mail to a contact is not to be sent; empty when it may go, and then it is counted, unless it was before.

    `confirming`: it asks whether the address is theirs; `linking`: somebody typed it to get the links of its cases.
    """
    found = await contacts.mail(tx, subject)
    wanted = MailState.WAITING if confirming else MailState.CONFIRMED
    if found is None or found.mail is not wanted:
        return f"ADDRESS_{found.mail.upper()}" if found else "CONTACT_ERASED"
    address = found.address or digests.address(resources(tx.runtime).link_secret, email)
    if not counted and not await store.charge(tx, address, today(tx), confirming=confirming, linking=linking):
        return "ADDRESS_STOPPED" if await store.is_stopped(tx, address) else FULL
    return ""


async def is_full(tx: Transaction, address: bytes, *, confirming: bool) -> bool:
    """Whether nothing more goes to an address today."""
    return await store.is_full(tx, address, today(tx), confirming=confirming)


async def is_stopped(tx: Transaction, email: str) -> bool:
    """Whether the owner of an address, or its server, said stop: then a login is no confirmation either."""
    return await store.is_stopped(tx, digests.address(resources(tx.runtime).link_secret, email))


async def stop(tx: Transaction, subject: UUID, address: bytes, why: MailState) -> None:
    """Nothing more goes to an address, for whichever case."""
    await store.stop(tx, address, today(tx), why)
    await contacts.stop(tx, subject, address, why)


def today(tx: Transaction) -> date:
    """The day of the counts."""
    return tx.now.astimezone(tx.runtime.city.timezone).date()


def tomorrow(tx: Transaction) -> datetime:
    """When the next day of the counts begins."""
    return datetime.combine(today(tx) + timedelta(days=1), time(), tx.runtime.city.timezone).astimezone(UTC)
