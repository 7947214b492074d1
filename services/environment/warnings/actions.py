"""What can be done with a warning: one function per use case."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import NamedTuple

from google.protobuf.message import Message

from services.environment.bulletins import actions as bulletins
from services.environment.bulletins import store as published
from services.environment.bulletins.model import Published, Told
from services.environment.criteria.model import Criteria, Hazard, Step, Zone
from services.environment.criteria.profile import criteria_of
from services.environment.warnings import events, model, store
from services.environment.warnings.model import Change, Fate, FloodWarning, Proposal, State
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, conflict, forbidden, invalid, not_found, precondition
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags

OVERTAKEN_FOR = timedelta(days=1)
"""So long officers are told of what they proposed that it waits no more."""


class Shown(NamedTuple):
    """A warning, its messages, and what waits: the last for officers alone."""

    warning: FloodWarning
    messages: Sequence[Published] = ()
    proposal: Proposal | None = None


@dataclass(frozen=True)
class Wish:
    """A warning that an officer wants."""

    hazard: Hazard | None
    """None where the zone says it."""
    zone: str
    areas: Sequence[str]
    exercise: bool
    change: Change


async def get(tx: Transaction, id_: str) -> Shown:
    """A warning. Errors: WARNING_NOT_FOUND."""
    known = ids.parse(id_)
    warning = await store.by_id(tx, known) if known else None
    if warning is None or (warning.raised_at is None and not _sees(tx)):
        raise _unknown()
    return await _shown(tx, warning)


async def get_for_officers(tx: Transaction, id_: str) -> Shown:
    """The same, for those who may know what is only proposed. Errors: WARNING_AGENCY_ONLY, WARNING_NOT_FOUND."""
    if not _sees(tx):
        raise _not_theirs()
    return await get(tx, id_)


async def page(tx: Transaction, size: int, token: str) -> Page[FloodWarning]:
    """Published warnings, those in force first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await store.page(tx, size, token)


async def waiting(tx: Transaction, size: int, token: str) -> Page[Shown]:
    """Warnings about which something waits; for officers. Errors: WARNING_AGENCY_ONLY, PAGE_SIZE_INVALID, ..."""
    if not _sees(tx):
        raise _not_theirs()
    found = await store.all_waiting(tx, size, token)
    of = await store.by_ids(tx, {one.warning for one in found.rows})
    return Page([Shown(of[one.warning], (), one) for one in found.rows], found.token)


async def overtaken(tx: Transaction) -> list[Shown]:
    """Warnings that lately went on without what an officer had proposed. Errors: WARNING_AGENCY_ONLY."""
    if not _sees(tx):
        raise _not_theirs()
    found = await store.overtaken(tx, tx.now - OVERTAKEN_FOR)
    of = await store.by_ids(tx, {one.warning for one in found})
    return [Shown(of[one.warning], (), one) for one in found]


async def propose(tx: Transaction, wish: Wish) -> Shown:
    """Proposes a warning. Errors: WARNING_AGENCY_ONLY, ZONE_UNKNOWN, ZONE_WARNED, AREAS_WARNED,
    WARNING_AREAS_REQUIRED, AREA_UNKNOWN, HAZARD_UNKNOWN.
    """
    criteria = _officers(tx)
    hazard, areas = _where(tx, criteria, wish)
    if wish.zone:
        await one_zone_at_a_time(tx, wish.zone)
        if await store.live(tx, wish.zone, exercise=wish.exercise) is not None:
            message = "The zone has a warning that is proposed or in force; change that one."
            raise conflict("ZONE_WARNED", message, field="zone")
    else:
        await tx.one_at_a_time("warnings of chosen areas")
        if (known := await store.live_of(tx, hazard, areas, exercise=wish.exercise)) is not None:
            message = "These areas have a warning that is proposed or in force; change that one."
            raise conflict("AREAS_WARNED", message, field="areas", warning=str(known.id))
    warning = new(tx, wish.zone, hazard, areas, wish.change, exercise=wish.exercise)
    return await _put(tx, criteria, warning, wish.change)


async def change(tx: Transaction, id_: str, etag: str, wanted: Change) -> Shown:
    """Proposes a step, or takes it where one officer alone may.

    Errors: WARNING_AGENCY_ONLY, WARNING_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, PROPOSAL_WAITING, those of the model.
    """
    criteria = _officers(tx)
    return await _wanted(tx, criteria, await _locked(tx, id_, etag), wanted)


async def end(tx: Transaction, id_: str, etag: str, step: Step, note: str, note_en: str) -> Shown:
    """Proposes to end a warning, or ends it where one officer alone may. Errors: as ``change``."""
    criteria = _officers(tx)
    warning = await _locked(tx, id_, etag)
    return await _wanted(tx, criteria, warning, Change(step, warning.level, 0, note, note_en))


async def approve(tx: Transaction, id_: str, etag: str) -> Shown:
    """Takes what is proposed.

    Errors: WARNING_AGENCY_ONLY, WARNING_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, NOTHING_WAITS, OWN_MATTER and those of
    the model.
    """
    _officers(tx)
    warning, proposal = await _decidable(tx, id_, etag)
    require_disinterested(tx.caller, proposal.by)
    await store.save_proposal(tx, model.decided(proposal, Fate.TAKEN, tx.now, by=tx.caller.subject))
    done = await take(tx, warning, proposal.change, automatic=not proposal.by)
    return await _shown(tx, done)


async def reject(tx: Transaction, id_: str, etag: str, reason: str) -> Shown:
    """Rejects what is proposed; an officer may take back their own. Errors: as ``approve``, but for OWN_MATTER."""
    _officers(tx)
    warning, proposal = await _decidable(tx, id_, etag)
    decided = model.decided(proposal, Fate.REJECTED, tx.now, by=tx.caller.subject, reason=reason)
    await store.save_proposal(tx, decided)
    left = model.give_up(warning, tx.now)
    await store.save(tx, left)
    return await _shown(tx, left)


def new(
    tx: Transaction, zone: str, hazard: Hazard, areas: Sequence[str], wanted: Change, *, exercise: bool, story: str = ""
) -> FloodWarning:
    """A warning that is proposed; without a ``story`` (a gauge's) it begins its own."""
    identity = ids.uuid7()
    return FloodWarning(
        id=identity,
        version=1,
        state=State.PROPOSED,
        zone=zone,
        hazard=hazard,
        level=wanted.level,
        areas=tuple(areas),
        exercise=exercise,
        automatic=bool(story),
        correlation=story or str(identity),
        created_at=tx.now,
        updated_at=tx.now,
    )


def proposed(tx: Transaction, warning: FloodWarning, wanted: Change, *, by: str) -> Proposal:
    """A step that waits; ``by`` is empty for a gauge."""
    return Proposal(
        ids.uuid7(), warning.id, wanted.step, wanted.level, wanted.hours, wanted.note, wanted.note_en, by, tx.now
    )


async def take(tx: Transaction, warning: FloodWarning, wanted: Change, *, automatic: bool) -> FloodWarning:
    """Takes a step: the warning as it is then, its message and its event. Errors: those of the model."""
    minutes = criteria_of(tx.runtime.city).automatic.clear_minutes
    done = model.take(warning, wanted, tx.now, minutes, automatic=automatic)
    await store.save(tx, done)
    await bulletins.publish(tx, told(done))
    _tell(tx, done, events.of(done, wanted.step, tx.runtime.city))
    return done


async def expired(tx: Transaction, warning: FloodWarning) -> None:
    """Ends a locked warning whose time is over, and what waits with it."""
    await overtake(tx, warning)
    done = model.expire(warning, tx.now)
    await store.save(tx, done)
    _tell(tx, done, events.ended(done, tx.runtime.city))


async def overtake(tx: Transaction, warning: FloodWarning) -> None:
    """What waits about a warning waits no more: it went on without."""
    proposal = await store.waiting(tx, warning.id)
    if proposal is not None:
        await store.save_proposal(tx, model.decided(proposal, Fate.OVERTAKEN, tx.now))


async def awake(tx: Transaction, zones: Collection[Zone]) -> set[tuple[str, str, str]]:
    """The names of the rules that can speak for zones."""
    return await store.awake(tx, {thing for zone in zones for thing in zone.things})


async def one_zone_at_a_time(tx: Transaction, zone: str) -> None:
    """A zone gets one warning, whoever asks at the same moment."""
    await tx.one_at_a_time(f"warnings of zone {zone}")


def told(warning: FloodWarning) -> Told:
    """The newest step of a warning, as bulletins tell it."""
    assert warning.expires_at is not None, "only what was published is told"
    return Told(
        warning=warning.id,
        number=warning.messages,
        step=Step(warning.step),
        hazard=warning.hazard,
        level=warning.level,
        areas=warning.areas,
        zone=warning.zone,
        exercise=warning.exercise,
        automatic=warning.automatic,
        note=warning.note,
        note_en=warning.note_en,
        at=warning.updated_at,
        expires_at=warning.expires_at,
    )


async def _wanted(tx: Transaction, criteria: Criteria, warning: FloodWarning, wanted: Change) -> Shown:
    """Proposes a step of a locked warning, or takes it where one officer alone may."""
    model.check(warning, wanted.step, tx.now)
    if await store.waiting(tx, warning.id) is not None:
        message = "Something is proposed about this warning already; approve or reject that first."
        raise precondition("PROPOSAL_WAITING", message, state=warning.state.value)
    return await _put(tx, criteria, model.touched(warning, tx.now), wanted)


async def _put(tx: Transaction, criteria: Criteria, warning: FloodWarning, wanted: Change) -> Shown:
    """Saves a warning with a proposal of the caller's, or takes the step where one officer alone may."""
    await store.save(tx, warning)  # before what refers to it
    proposal = proposed(tx, warning, wanted, by=tx.caller.subject)
    if not criteria.alone(wanted.step, model.levels_between(warning, wanted), _clock(tx)):
        await store.save_proposal(tx, proposal)
        return await _shown(tx, warning)
    await store.save_proposal(tx, model.decided(proposal, Fate.TAKEN, tx.now))
    return await _shown(tx, await take(tx, warning, wanted, automatic=False))


def _where(tx: Transaction, criteria: Criteria, wish: Wish) -> tuple[Hazard, Sequence[str]]:
    if wish.zone:
        zone = criteria.zone(wish.zone)
        if zone is None:
            raise invalid("ZONE_UNKNOWN", "The criteria have no such zone; see /v1/warning-criteria.", field="zone")
        return zone.hazard, zone.areas
    if wish.hazard is None:
        raise invalid("HAZARD_UNKNOWN", "Say what is warned of: flood or rob.", field="hazard")
    areas = list(dict.fromkeys(wish.areas))
    if not areas:
        raise invalid("WARNING_AREAS_REQUIRED", "Name one or more kelurahan by their Kemendagri codes.", field="areas")
    known = [area for code in areas if (area := tx.runtime.city.area(code)) is not None and area.is_lowest]
    if len(known) != len(areas):
        raise invalid("AREA_UNKNOWN", "Name one or more kelurahan by their Kemendagri codes.", field="areas")
    return wish.hazard, areas


async def _locked(tx: Transaction, id_: str, etag: str) -> FloodWarning:
    known = ids.parse(id_)
    warning = await store.by_id(tx, known, lock=True) if known else None
    if warning is None:
        raise _unknown()
    etags.require(etag, warning.version)
    return warning


async def _decidable(tx: Transaction, id_: str, etag: str) -> tuple[FloodWarning, Proposal]:
    warning = await _locked(tx, id_, etag)
    proposal = await store.waiting(tx, warning.id)
    if proposal is None:
        message = "Nothing is proposed about this warning, or it is decided already."
        raise precondition("NOTHING_WAITS", message, state=warning.state.value)
    return warning, proposal


async def _shown(tx: Transaction, warning: FloodWarning) -> Shown:
    proposal = await store.waiting(tx, warning.id) if _sees(tx) else None
    return Shown(warning, await published.of_warning(tx, warning.id), proposal)


def _tell(tx: Transaction, warning: FloodWarning, event: Message) -> None:
    tx.emit(
        event,
        aggregate=str(warning.id),
        version=warning.version,
        correlation=warning.correlation,
        exercise=warning.exercise,
    )


def _officers(tx: Transaction) -> Criteria:
    """The criteria, for those who may act. Errors: WARNING_AGENCY_ONLY."""
    criteria = criteria_of(tx.runtime.city)
    if tx.caller.agency not in criteria.agencies:
        raise _not_theirs()
    return criteria


def _sees(tx: Transaction) -> bool:
    """Whether the caller may know what is only proposed."""
    if tx.caller.has("admin"):
        return True
    return tx.caller.has("officer") and tx.caller.agency in criteria_of(tx.runtime.city).agencies


def _clock(tx: Transaction) -> time:
    return tx.now.astimezone(tx.runtime.city.timezone).time()


def _not_theirs() -> DomainError:
    message = "Only officers of the agencies that the city's criteria name act on warnings: /v1/warning-criteria."
    return forbidden("WARNING_AGENCY_ONLY", message)


def _unknown() -> DomainError:
    return not_found("WARNING_NOT_FOUND", "There is no such warning for you; the list is at /v1/warnings.", field="id")
