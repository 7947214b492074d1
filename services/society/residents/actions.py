"""What can be done with declarations of residence: one function per use case. Numbers never leave this pillar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit import ids, nik
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, conflict, exhausted, forbidden, invalid, not_found
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags
from services.society.consents import store as consents
from services.society.registration import keeping, profile
from services.society.registration.keeping import Person
from services.society.residents import events, model, store
from services.society.residents.model import Resident, State, Way

MOVED = "pernyataan baru / declared anew"
"""Why a declaration ends when another of the same login comes after it."""
MOST_A_DAY = 5
"""Declarations of one login that take the place of one that waits: each stays known for a while."""


@dataclass(frozen=True)
class Known:
    """What ballots may know of a verified person; not printed."""

    person: bytes
    born: date
    places: Sequence[tuple[date, str]]
    """Days on which they declared where they live, each with its area; the newest last."""

    def area_on(self, day: date) -> str:
        """Where they lived on a day, as it was declared by then; empty where nothing was."""
        return next((area for since, area in reversed(self.places) if since <= day), "")

    def __repr__(self) -> str:
        """Tells nothing."""
        return "Known(...)"


def today(tx: Transaction) -> date:
    """The city's day."""
    return tx.now.astimezone(tx.runtime.city.timezone).date()


def is_office(tx: Transaction) -> bool:
    """Whether the caller does this as the registration office, or may do what it does. Errors: RESIDENTS_OFF."""
    return tx.allows(profile.required(tx.runtime.city).agency)


async def create(tx: Transaction, number: str, birth_date: str, area: str) -> Resident:
    """The caller declares where they live. What they have mistyped and waits still, ends: its code serves no longer.

    The answer is the same whether somebody else is verified with the number: nobody can find out who is.
    Errors: RESIDENTS_OFF, RESIDENTS_CLOSED, those of `nik.read`, AREA_UNKNOWN, RESIDENT_WAITING, RESIDENTS_TOO_MANY.
    """
    made = _declared(tx, number, birth_date, area)
    before = await _alone(tx)
    if before is not None and (before.person, before.area) == (made.person, made.area):
        message = "You have declared this already. Show your identity card at the registration office."
        raise conflict("RESIDENT_WAITING", message)
    wait = await store.wait(tx, MOST_A_DAY, subject=made.subject)
    if before is not None and wait is not None:
        message = f"You have declared {MOST_A_DAY} times within a day; correct it tomorrow."
        raise exhausted("RESIDENTS_TOO_MANY", message, wait=wait)
    await _keep(tx, made, before, "")
    return made


async def attest(tx: Transaction, number: str, birth_date: str, area: str) -> Resident:
    """The identity provider vouches for the caller. One that says what is known already changes nothing, nor does any
    where an officer has verified the same person: its word comes with each login, and may be older than the officer's.

    Errors: as ``create``, PERSON_VERIFIED.
    """
    made = _declared(tx, number, birth_date, area)
    before = await store.verified(tx, tx.caller.subject, lock=True)
    if before is not None and before.person == made.person and (before.way is Way.OFFICER or before.area == made.area):
        return before
    await _keep(tx, made, await _alone(tx), "provider")
    return await _verified(tx, model.verify(made, made.area, Way.PROVIDER, "provider", tx.now))


async def get(tx: Transaction, id_: str) -> Resident:
    """One that the caller may see. Errors: RESIDENTS_OFF, RESIDENT_NOT_FOUND, also for what is somebody else's."""
    return await _seen(tx, id_)


async def others_wait(tx: Transaction, one: Resident) -> bool:
    """Whether another login waits with the same number, which is the office's to know alone."""
    return is_office(tx) and await store.others_wait(tx, one)


async def page(
    tx: Transaction, state: State | None, size: int, token: str, *, own: bool = False, code: str = ""
) -> Page[Resident]:
    """For the registration office those in a state, of all, or the one that waits with a code; else, or where they are
    asked for, the caller's own. Errors: RESIDENTS_OFF, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    if code and is_office(tx):
        found = await store.waiting_with(tx, model.parse_code(tx.runtime.city.code_prefix, code))
        return Page([found] if found else [])
    if is_office(tx) and not own:
        return await store.page(tx, state or State.WAITING, "", size, token)
    return await store.page(tx, state, tx.caller.subject, size, token)


async def verify(tx: Transaction, id_: str, etag: str, code: str, number: str, area: str) -> Resident:
    """An officer has been told the code and has seen the card. Without the code the owner of a card could be taken for
    whoever has declared their number.

    Errors: as ``get``, NOT_YOURS, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, RESIDENT_CODE_WRONG, NIK_MISMATCH,
    AREA_UNKNOWN, PERSON_VERIFIED and those of the model.
    """
    keeping.require(tx.runtime)
    before = await _decidable(tx, id_, etag)
    if before.state is State.WAITING and model.parse_code(tx.runtime.city.code_prefix, code) != before.code:
        message = "This is another declaration than theirs. Ask for the code on their page and open it by that."
        raise invalid("RESIDENT_CODE_WRONG", message, field="code")
    done = model.verify(before, _area(tx, area) if area else before.area, Way.OFFICER, tx.caller.subject, tx.now)
    if keeping.digest(tx.runtime, number) != before.person:
        message = "The card shows another number than was declared. Look again; else they correct it on their page."
        raise invalid("NIK_MISMATCH", message, field="nik")
    return await _verified(tx, done)


async def decline(tx: Transaction, id_: str, etag: str, note: str) -> Resident:
    """It is declined or taken back. Errors: as ``get``, NOT_YOURS, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG and those of
    the model.
    """
    before = await _decidable(tx, id_, etag)
    return await _ended(tx, before, note, tx.caller.subject)


async def known(tx: Transaction, subject: str) -> Known | None:
    """What is known of a verified login; None where it is not verified. Errors: RESIDENTS_CLOSED."""
    found = await store.verified(tx, subject)
    if found is None or found.person is None:
        return None
    born = keeping.unseal(tx.runtime, found.id, found.sealed).born
    days = [at.astimezone(tx.runtime.city.timezone).date() for at in (*found.declared_before, found.created_at)]
    return Known(found.person, born, list(zip(days, (*found.areas_before, found.area), strict=True)))


async def is_verified(tx: Transaction, subject: str) -> bool:
    """Whether a login is verified."""
    return await store.verified(tx, subject) is not None


async def was_verified(tx: Transaction, subject: str) -> bool:
    """Whether a login is verified that is about to be erased: its declarations are locked, the oldest first."""
    return any(one.state is State.VERIFIED for one in await store.of_subject(tx, subject, store.FORGOTTEN))


async def alone_with_consents(tx: Transaction, subject: str) -> None:
    """Waits until nobody else changes what a login agrees to, or whether it is verified: of two at the same moment one
    sees the other, and tells. Comes after the locks of declarations and before those of consents.
    """
    await tx.one_at_a_time(f"consents of {subject}")


def tell(tx: Transaction, subject: str, purpose: str, *, holds: bool) -> None:
    """Tells who serves a purpose whether they may rely on somebody's residence. Told again it changes nothing."""
    event = events.confirmed(subject, purpose) if holds else events.withdrawn(subject, purpose)
    id_ = str(ids.uuid7())
    tx.emit(event, aggregate=f"{subject}:{purpose}", version=int(tx.now.timestamp() * 1_000_000), correlation=id_)


def _declared(tx: Transaction, number: str, birth_date: str, area: str) -> Resident:
    keeping.require(tx.runtime)
    profile.required(tx.runtime.city)
    born = nik.read(number, birth_date, today(tx))
    place, id_ = _area(tx, area), ids.uuid7()
    sealed = keeping.seal(tx.runtime, id_, Person(number, born))
    elsewhere = not nik.issued_in(number, tx.runtime.city.code)
    person, code = keeping.digest(tx.runtime, number), model.new_code(tx.runtime.city.code_prefix)
    return model.declare(id_, tx.caller.subject, sealed, person, place, code, tx.now, elsewhere=elsewhere)


async def _alone(tx: Transaction) -> Resident | None:
    """What the caller has declared and waits, once nobody else declares anything with the same login."""
    await tx.one_at_a_time(f"declarations of {tx.caller.subject}")
    return await store.waiting(tx, tx.caller.subject)


async def _keep(tx: Transaction, made: Resident, before: Resident | None, by: str) -> None:
    """Keeps a declaration, in the place of one that waits."""
    if before is not None:
        await store.save(tx, model.end(before, MOVED, by, tx.now))
    await store.save(tx, made)


async def _verified(tx: Transaction, done: Resident) -> Resident:
    """Keeps what was verified: the person nobody else, the login by nothing else."""
    assert done.person is not None
    await tx.one_at_a_time(f"person {done.person.hex()}")
    other = await store.of_person(tx, done.person)
    if other is not None and other.subject != done.subject:
        message = "This person is verified with another login already. That one has to end first."
        raise conflict("PERSON_VERIFIED", message)
    before = await store.verified(tx, done.subject, lock=True)
    if before is not None:
        if before.person == done.person:
            done = model.carrying_on(done, before)
        await store.save(tx, model.end(before, MOVED, done.decided_by, tx.now))
    await store.save(tx, done)
    await alone_with_consents(tx, done.subject)
    if before is None:
        for purpose in await consents.given(tx, done.subject):
            tell(tx, done.subject, purpose, holds=True)
    return done


async def _ended(tx: Transaction, before: Resident, note: str, by: str) -> Resident:
    done = model.end(before, note, by, tx.now)
    await store.save(tx, done)
    if before.state is State.VERIFIED:
        await alone_with_consents(tx, before.subject)
        for purpose in await consents.given(tx, before.subject):
            tell(tx, before.subject, purpose, holds=False)
    return done


async def _decidable(tx: Transaction, id_: str, etag: str) -> Resident:
    before = await _seen(tx, id_, lock=True)
    if not is_office(tx):
        raise forbidden("NOT_YOURS", "Only the city's registration office can do this.")
    require_disinterested(tx.caller, before.subject)
    etags.require(etag, before.version)
    return before


async def _seen(tx: Transaction, id_: str, *, lock: bool = False) -> Resident:
    parsed: UUID | None = ids.parse(id_)
    found = await store.get(tx, parsed, lock=lock) if parsed else None
    if found is None or not (is_office(tx) or found.subject == tx.caller.subject != ""):
        raise not_found("RESIDENT_NOT_FOUND", "There is no such declaration for you.", field="id")
    return found


def _area(tx: Transaction, code: str) -> str:
    area = tx.runtime.city.area(code)
    if area is None or not area.is_lowest:
        raise _unknown_area()
    return area.code


def _unknown_area() -> DomainError:
    return invalid("AREA_UNKNOWN", "Name a kelurahan or desa of the city by its Kemendagri code.", field="area_code")
