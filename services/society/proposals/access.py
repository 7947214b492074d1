"""Who may see a proposal and answer it, and where it lies."""

from uuid import UUID

from services.kit.database import Transaction
from services.kit.errors import DomainError, forbidden, invalid, not_found
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags
from services.society.proposals import keys, model, store
from services.society.proposals.model import LinkKind, Proposal, State


async def known(tx: Transaction, code: str, link_key: str, *, lock: bool = False) -> Proposal:
    """One that the caller may see. Errors: PROPOSAL_NOT_FOUND, also for what is hidden from them."""
    written = model.parse_code(tx.runtime.city.code_prefix, code)
    found = await store.by_code(tx, written, lock=lock) if written else None
    if found is None or (
        model.is_hidden(found)
        and not tx.allows(found.agency)
        and not is_author(tx, found, link_key)
        and not await taken_away(tx, found)
    ):
        raise _unknown()
    return found


async def lock(tx: Transaction, *codes: str) -> None:
    """Locks those that are to be changed together, in the order of their codes: nobody waits for who waits for them."""
    written = {model.parse_code(tx.runtime.city.code_prefix, code) for code in codes}
    for code in sorted(filter(None, written)):
        await store.by_code(tx, code, lock=True)


async def taken_away(tx: Transaction, one: Proposal) -> bool:
    """Whether everybody has seen what an officer keeps back now: its page says so and why, without its words."""
    return one.state is State.REFUSED and await store.was_published(tx, one.id)


async def published(tx: Transaction, code: str) -> Proposal:
    """One that everybody sees. Errors: PROPOSAL_NOT_FOUND."""
    written_so = model.parse_code(tx.runtime.city.code_prefix, code)
    found = await store.by_code(tx, written_so) if written_so else None
    if found is None or model.is_hidden(found):
        raise _unknown()
    return found


def is_author(tx: Transaction, one: Proposal, link_key: str) -> bool:
    """Whether the caller made it, by their login or the proposal's key."""
    if one.author is not None:
        return one.author == keys.login(tx.runtime, tx.caller)
    return keys.is_author(tx.runtime, one.id, link_key)


def was_author(tx: Transaction, one: UUID, author: bytes | None) -> bool:
    """Whether the caller made a proposal with their login, also where they had erased that it is theirs."""
    if author is None or not keys.known(tx.caller):
        return False
    return author in (keys.login(tx.runtime, tx.caller), keys.left(tx.runtime, tx.caller.subject, one))


async def require_another(tx: Transaction, one: Proposal) -> None:
    """Lets only pass who made neither it nor what was joined to it, with their login. Errors: OWN_MATTER."""
    made = {**await store.takes_in(tx, one.id), one.id: one.author}
    own = any(was_author(tx, each, author) for each, author in made.items())
    require_disinterested(tx.caller, tx.caller.subject if own else "")


async def answerable(tx: Transaction, code: str, etag: str) -> Proposal:
    """One that the caller may answer, locked. Errors: PROPOSAL_NOT_FOUND, NOT_YOURS, OWN_MATTER, ETAG_REQUIRED,
    STALE_ETAG.
    """
    found = await known(tx, code, "", lock=True)
    if not tx.allows(found.agency):
        raise forbidden("NOT_YOURS", "Only the agency that runs its process answers a proposal.")
    await require_another(tx, found)
    etags.require(etag, found.version)
    return found


def placed(tx: Transaction, process_area: str, area: str, lon: float | None, lat: float | None) -> str:
    """The area of what is proposed: by its point, else as named, else the process's.

    Errors: AREA_UNKNOWN, PROPOSAL_OUTSIDE.
    """
    city = tx.runtime.city
    code = area or process_area
    if lon is not None and lat is not None:
        found = city.locate(lon, lat)
        code = found.code if found else ""
    elif city.area(code) is None:
        raise invalid("AREA_UNKNOWN", "Name an area of the city by its Kemendagri code.", field="area")
    if not lies_in(tx, code, process_area):
        message = "That lies outside the area of this process; choose another place, or another process."
        raise invalid("PROPOSAL_OUTSIDE", message, field="point" if lon is not None else "area")
    return code


def lies_in(tx: Transaction, code: str, around: str) -> bool:
    """Whether an area lies in another, or is it."""
    while code:
        if code == around:
            return True
        area = tx.runtime.city.area(code)
        code = area.parent if area else ""
    return False


def written(link: LinkKind, reference: str) -> str:
    """A reference as events name it: identifiers in small letters, codes in capitals."""
    return reference.lower() if link is LinkKind.CLEANUP else reference.upper()


def _unknown() -> DomainError:
    message = "There is no such proposal, or its code is mistyped: the last character checks the others."
    return not_found("PROPOSAL_NOT_FOUND", message, field="code")
