"""What somebody reported or joined, its keys again, and the end of the links that were mailed to them."""

from typing import NamedTuple
from uuid import UUID

from services.governance.cases.model import identified
from services.governance.contacts import store as contacts
from services.governance.grants import actions as grants
from services.governance.keys.acting import Act
from services.governance.mine import store
from services.governance.mine.model import MyCase
from services.kit import codes
from services.kit.database import Transaction, paging
from services.kit.errors import DomainError, not_found, unauthenticated
from services.kit.ids import uuid7

AGAIN = "kunci laporan diambil lagi / key of the case had again"
"""How the list of who read the contact tells that its reporter had the key of the case again."""


class Listed(NamedTuple):
    """One page of cases."""

    cases: list[MyCase]
    token: str = ""
    """Of the next page; empty on the last."""


async def listed(tx: Transaction, link: str, size: int, page: str) -> Listed:
    """The cases of whoever holds a link to all of them, else of the login; the newest first.

    Errors: MAIL_LINK_OR_LOGIN_REQUIRED, those of `proven`, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    size = paging.page_size(size)
    mailbox = await proven(tx, link) if link else None
    if mailbox is None and not identified(tx.caller):
        raise unauthenticated("MAIL_LINK_OR_LOGIN_REQUIRED", "Log in, or ask for a link to the address that you gave.")
    wanted = "" if mailbox is None else mailbox.hex()
    after = paging.read(page, wanted, (UUID,))
    before = after[0] if after else None
    found = (
        await store.of_login(tx, tx.caller.subject, before, size + 1)
        if mailbox is None
        else await store.of_mailbox(tx, mailbox, before, size + 1)
    )
    if len(found) <= size:
        return Listed(found)
    return Listed(found[:size], paging.written((found[size - 1].id,), wanted))


async def again(tx: Transaction, link: str, code: str) -> MyCase:
    """The case whose key its reporter, or a supporter, shall have again; that is written down.

    Errors: those of `proven`, NOT_FOUND COMPLAINT_NOT_FOUND.
    """
    mailbox = await proven(tx, link)
    known = codes.parse(tx.runtime.city.code_prefix, code)
    found = await store.one(tx, mailbox, known) if known else None
    if found is None:
        raise not_found("COMPLAINT_NOT_FOUND", "No case with this code belongs to your address.", field="code")
    if not found.supporter:
        await contacts.add_read(tx, uuid7(), found.complaint_id, by="reporter", purpose=AGAIN)
    return found


async def end(tx: Transaction, link: str) -> None:
    """Ends all links that were mailed to an address, the one that is held as well. Errors: those of `proven`."""
    await grants.end(tx, await store.subjects(tx, await proven(tx, link)))


async def proven(tx: Transaction, link: str) -> bytes:
    """The digest of the address whose mail somebody reads, by the link to all its cases.

    Errors: NOT_FOUND MAIL_LINK_UNKNOWN, MAIL_LINK_EXPIRED, MAIL_LINK_ENDED, MAIL_LINK_OTHER_PURPOSE.
    """
    held = await grants.look(tx, link)
    if held is None:
        raise _unknown()
    held.require(Act.MINE)
    mailbox = await store.mailbox(tx, held.holder.subject)
    if mailbox is None:
        raise _unknown()
    return mailbox


def _unknown() -> DomainError:
    message = "This link leads nowhere: it is not whole, or the contact that it was for has been erased."
    return not_found("MAIL_LINK_UNKNOWN", message)
