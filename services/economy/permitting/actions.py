"""What can be done with a permit: one function per use case."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.economy.payments import actions as payments
from services.economy.payments import store as payment_store
from services.economy.permit_documents import model as document_rules
from services.economy.permit_documents import store as documents
from services.economy.permit_kinds import profile
from services.economy.permit_mails import queue
from services.economy.permit_mails import store as mails
from services.economy.permit_papers import actions as papers
from services.economy.permits import access, days, events, kinds, model, moving, names, store
from services.economy.permits.model import (
    HOLDING,
    OVER,
    UNDER_WAY,
    Move,
    Party,
    Permit,
    Rules,
    State,
    Wanted,
)
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, forbidden, invalid, precondition
from services.kit.impersonal import require_impersonal
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags

_TRIES = 5
_SAID = frozenset(
    {Move.ASK, Move.GRANT, Move.REFUSE, Move.SUSPEND, Move.REVOKE, Move.OBJECT, Move.UPHOLD, Move.DISMISS}
)
"""Moves that need a reason: a question, and each decision."""
_NOTE_LEAST = 10


@dataclass(frozen=True)
class Filter:
    """Which permits: the caller's own, or of the caller's agency as it checks or decides."""

    states: tuple[State, ...]
    own: bool = False
    checking: bool = False


async def create(tx: Transaction, kind: str, wanted: Wanted, holder: str, extends: str) -> Permit:
    """Begins an application of the caller's. Errors: those of ``CreatePermit``."""
    names.require(tx.runtime)
    rules, city = kinds.rules_of(tx, kind), tx.runtime.city
    _require_impersonal(rules, wanted)
    await tx.one_at_a_time(f"permits of {tx.caller.subject}")  # so that each counts the others
    if await store.under_way(tx, tx.caller.subject, UNDER_WAY) >= model.OPEN_MOST:
        message = f"You have {model.OPEN_MOST} applications under way, which is the most; withdraw one, or wait."
        raise precondition("PERMITS_TOO_MANY", message)
    checker = _placed(tx, wanted.area)
    assert checker or not rules.kind.needs_district, "the profile names an office of each kecamatan"
    agency = checker if rules.kind.agency == profile.DISTRICT else rules.kind.agency
    before = await _extended(tx, extends, kind) if extends else None
    for _ in range(_TRIES):
        id_ = ids.uuid7()
        made = moving.drafted(
            id_, model.new_code(city.code_prefix), rules, wanted, owner=tx.caller.subject,
            sealed=names.seal(tx.runtime, id_, holder), checker=checker, agency=agency,
            extends=before.id if before else None, now=tx.now,
        )  # fmt: skip
        if await store.add(tx, made):
            return made
        if before is not None:
            raise conflict("PERMIT_EXTENDED", "Its extension has been applied for already; see your permits.")
    raise RuntimeError(f"{_TRIES} numbers were taken")


async def rewrite(tx: Transaction, code: str, etag: str, wanted: Wanted, holder: str) -> Permit:
    """Changes the caller's application. Errors: those of ``UpdatePermit``."""
    names.require(tx.runtime)
    before = await _own(tx, code)
    etags.require(etag, before.version)
    rules = kinds.rules_for(tx, before)
    _require_impersonal(rules, wanted)
    if _placed(tx, wanted.area) != before.checker:
        message = "Another kecamatan would check that; withdraw this application and apply for the place there."
        raise invalid("PERMIT_PLACE_FIXED", message, field="area")
    sealed = before.sealed
    if names.unseal(tx.runtime, before) != holder:
        sealed = names.seal(tx.runtime, before.id, holder)
    done = moving.rewritten(before, rules, wanted, sealed, tx.now)
    await store.save(tx, done)
    return done


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> Page[Permit]:
    """Those that the caller may see. Errors: NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    if wanted.own or tx.agency is None:
        return await store.own(tx, tx.caller.subject, wanted.states, size, token)
    states = wanted.states or ((State.CHECKING,) if wanted.checking else (State.DECIDING,))
    if State.DRAFT in states:
        raise forbidden("NOT_YOURS", "Drafts are for who writes them.")
    whose = {"checker" if wanted.checking else "agency": tx.agency}
    return await store.desk(tx, states, size, token, **whose)


async def transition(tx: Transaction, code: str, etag: str, move: Move, note: str, nib: str) -> Permit:
    """Moves one as its applicant or an officer. Errors: those of ``TransitionPermit``."""
    before = await access.known(tx, code, lock=True)
    etags.require(etag, before.version)  # first: who was overtaken by a colleague is told so, not that it is another's
    party = _party(tx, before, move)
    if move in _SAID and len(note) < _NOTE_LEAST:
        raise invalid("NOTE_REQUIRED", f"note has {len(note)} characters; give at least {_NOTE_LEAST}.", field="note")
    rules = kinds.rules_for(tx, before)
    extended = await by_id(tx, before.extends)
    if (spoken := moving.silence_refusal(before, rules, tx.now, extended)) is not None:
        raise spoken
    if move is Move.OBJECT and before.extends is not None:
        await _require_the_extension(tx, before, before.extends)
    if move is Move.SUBMIT:
        if not moving.is_sendable(before, rules.kind):
            raise profile.unknown()
        if (refusal := moving.sending_refusal(before, extended)) is not None:
            raise refusal
        _require_impersonal(rules, before)  # drafts may be older than this rule
        document_rules.require_complete(rules.kind, await documents.of(tx, before.id))
    done = moving.moved(before, move, rules, by=tx.caller.subject, note=note, now=tx.now)
    if nib and move is Move.GRANT:  # afterwards it stands on the paper
        done = replace(done, nib=nib)
    return await settle(tx, before, done, move, party, rules)


async def pay(tx: Transaction, code: str, etag: str = "") -> Permit:
    """Asks anew for the fee of the caller's permit. Errors: those of ``RequestPermitPayment``."""
    before = await _own(tx, code)
    etags.match(etag, before.version)
    kind = kinds.rules_for(tx, before).kind
    done = moving.asked_to_pay(before, kind, tx.now)
    await store.save(tx, done)
    events.asked_to_pay(tx, done, kind)
    return done


async def settle(tx: Transaction, before: Permit, moved: Permit, move: Move, party: Party, rules: Rules) -> Permit:
    """Writes what a move makes of a permit: its paper, its payment, its step, and tells of it."""
    done = moved
    begins = done.shown == "valid" and not before.shown
    if (extended := await by_id(tx, done.extends)) is not None:
        if begins and rules.kind.months:
            done = days.follow(done, extended, rules.kind.months)
        done = moving.woken(done, rules, tx.now, stopped=extended.stopped)
    asked = done.state is State.PAYABLE and before.state is not State.PAYABLE
    if asked:
        done = replace(done, payments=done.payments + 1)
    await store.save(tx, done)
    if begins:
        await papers.issue(tx, done)
    if before.state is State.PAYABLE and before.payment and done.state is not State.PAYABLE:  # nobody is asked any more
        await payments.call_off(tx, await payment_store.by_code(tx, before.payment, lock=True))
    if done.state in OVER and not _may_hold_again(done):
        await mails.end(tx, [done.id])
    await _remind_again(tx, before, done)
    if before.stopped is not done.stopped:
        await _wake_extension(tx, done, rules)
    by = "" if party is Party.SYSTEM else tx.caller.subject
    agency = {Party.CHECKER: done.checker, Party.DECIDER: done.agency}.get(party, "")
    await store.note(tx, store.step(ids.uuid7(), done, move, party, agency, by, done.note))
    events.advanced(tx, before.state, done, begins=begins)
    if asked:
        events.asked_to_pay(tx, done, rules.kind)
    return done


def _may_hold_again(one: Permit) -> bool:
    """Whether it was revoked, and that can be objected to: then its addresses go with what was applied for."""
    return one.state is State.REVOKED and not one.objected


async def abandon(tx: Transaction, owner: str, most: int) -> None:
    """Ends what somebody never sent: they had erased what is kept of them."""
    for before in await store.drafts(tx, owner, most):
        rules = kinds.known(tx, before)
        if rules is not None:
            done = moving.moved(before, Move.LAPSE, rules, by="", note="", now=tx.now)
            await settle(tx, before, done, Move.LAPSE, Party.SYSTEM, rules)


async def _remind_again(tx: Transaction, before: Permit, done: Permit) -> None:
    """Asks again for a reminder that was overtaken while its permit was suspended, or by an extension that is over."""
    again = done if done.state in HOLDING and before.state not in HOLDING else None
    if done.state in OVER:
        again = await by_id(tx, done.extends)
    if again is not None and again.reminded:
        await queue.remind(tx, again.id)


async def _wake_extension(tx: Transaction, one: Permit, rules: Rules) -> None:
    """What extends one waits for an officer while that is stopped, and for its own clock again once it holds."""
    extension = await store.extension(tx, one.id, lock=True)
    if extension is not None and moving.is_undecided(extension):
        await store.save(tx, moving.woken(extension, rules, tx.now, stopped=one.stopped))


async def by_id(tx: Transaction, id_: UUID | None) -> Permit | None:
    """One by its id."""
    return await store.get(tx, id_) if id_ else None


def _require_impersonal(rules: Rules, wanted: Wanted | Permit) -> None:
    """What stands on a paper is read by everybody; help has none. Errors: WORDS_PERSONAL."""
    if rules.kind.service:
        return
    require_impersonal(wanted.name, "name")
    require_impersonal(wanted.place, "place")


def _placed(tx: Transaction, area: str) -> str:
    """Who checks what is applied for there; empty where none is, and nothing is checked. Errors: AREA_UNKNOWN."""
    found = tx.runtime.city.area(area)
    if found is None or not found.is_lowest:
        message = "Give the Kemendagri code of a kelurahan or desa of the city; the list is at /v1/areas."
        raise invalid("AREA_UNKNOWN", message, field="area")
    return profile.district_agency(tx.runtime.city, area)


async def _extended(tx: Transaction, code: str, kind: str) -> Permit:
    """The caller's permit that an application extends. Errors: PERMIT_NOT_FOUND, PERMIT_NOT_EXTENDABLE."""
    before = await _own(tx, code)
    if before.kind != kind:
        raise invalid("PERMIT_NOT_EXTENDABLE", "An extension is of the same kind.", field="extends")
    moving.require_extendable(before, kinds.rules_of(tx, kind), tx.now)
    return before


async def _own(tx: Transaction, code: str) -> Permit:
    found = await access.known(tx, code, lock=True)
    if found.owner != tx.caller.subject:
        raise access.unknown()
    return found


async def _require_the_extension(tx: Transaction, one: Permit, extends: UUID) -> None:
    """Lets only pass while nothing else extends what this one does. Errors: PERMIT_EXTENDED."""
    await store.get(tx, extends, lock=True)  # as who applies for another has it
    other = await store.extension(tx, extends)
    if other is not None and other.id != one.id:
        raise conflict("PERMIT_EXTENDED", "You have applied for another extension; withdraw that one first.")


def _party(tx: Transaction, one: Permit, move: Move) -> Party:
    """As whom the caller makes a move. Errors: OWN_MATTER, NOT_YOURS."""
    able = [party for party in access.parties(tx, one) if moving.party_may(move, one.state, party)]
    if not able:
        raise forbidden("NOT_YOURS", "This is for another to do: the applicant, who checks, or who decides.")
    if able != [Party.APPLICANT]:
        require_disinterested(tx.caller, one.owner)
    return able[0]
