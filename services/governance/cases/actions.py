"""Finding a case by its code, as far as it exists for who asks, and whom it concerns."""

from collections.abc import Iterable
from datetime import datetime

from services.governance.cases import store
from services.governance.cases.model import Case, Complaint, identified, parties
from services.governance.grants import actions as grants
from services.governance.history import store as entries
from services.governance.history.model import REOPENED
from services.governance.keys import digests, link
from services.governance.keys.acting import Act
from services.governance.resources import resources
from services.governance.states.model import Party
from services.kit import codes, interest
from services.kit.caller import Caller
from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found


async def find(tx: Transaction, code: str, link_key: str = "", *, act: Act | None = None, lock: bool = False) -> Case:
    """The case of a code as far as it exists for the caller; unknown and secret answer alike.

    `link_key` may be the token of a mailed link where that may be for what is done, `act`: else it proves nothing.

    Errors: NOT_FOUND COMPLAINT_NOT_FOUND, those of `grants.lets`.
    """
    known = codes.parse(tx.runtime.city.code_prefix, code)
    return await within(tx, await store.by_code(tx, known, lock=lock) if known else None, link_key, act)


async def lock(tx: Transaction, *written: str) -> None:
    """Locks cases that are judged together, in the order of their codes: nobody waits for who waits for them."""
    known = {found for code in written if (found := codes.parse(tx.runtime.city.code_prefix, code))}
    for code in sorted(known):
        await store.by_code(tx, code, lock=True)


async def originals(tx: Transaction, complaint: Complaint) -> list[Complaint]:
    """What a complaint is a duplicate of, and what that is, to the end."""
    found: list[Complaint] = []
    while complaint.duplicate_of:
        original = await store.by_code(tx, complaint.duplicate_of)
        if original is None or original in found:
            break
        found.append(complaint := original)
    return found


async def require_disinterested(tx: Transaction, complaint: Complaint) -> None:
    """Lets only pass who neither reported a matter nor stands behind it with their login, erased or not.

    Errors: OWN_MATTER.
    """
    login = login_of(tx.caller)
    behind = bool(login) and (
        await store.stands_behind(tx, complaint.id, login) or marked(tx, await store.marks(tx, complaint.id), login)
    )
    interest.require_disinterested(tx.caller, complaint.reporter, login if behind else "")


def marked(tx: Transaction, marks: Iterable[str], login: str) -> str:
    """The mark among these by which a login that was erased is known again; empty where there is none."""
    secret = resources(tx.runtime).link_secret
    return next((one for one in marks if digests.is_mark(secret, one, login)), "")


async def owed_since(tx: Transaction, complaint: Complaint) -> datetime:
    """When the city began to owe what it owes now: as the complaint was filed, or last reopened."""
    return await entries.last(tx, complaint.id, REOPENED) or complaint.created_at


def login_of(caller: Caller) -> str:
    """The subject of a login; empty without one."""
    return caller.subject if identified(caller) else ""


async def within(tx: Transaction, complaint: Complaint | None, link_key: str, act: Act | None = None) -> Case:
    """A complaint that was found, or not, as far as it exists for the caller. Errors: as of `find`."""
    if complaint is None:
        link.proves(link_key, None)  # costs the same as for a case that is there
        raise _unknown()
    known = parties(tx.caller, complaint, link_key)
    if Party.REPORTER not in known and await grants.lets(tx, complaint.id, link_key, act):
        known |= {Party.REPORTER}
    case = Case(complaint, known)
    if complaint.secret and not case.inside:
        raise _unknown()
    return case


def _unknown() -> DomainError:
    message = (
        "There is no case with this code that you may see. Check the code for slips; a secret case needs its link key."
    )
    return not_found("COMPLAINT_NOT_FOUND", message, field="code")
