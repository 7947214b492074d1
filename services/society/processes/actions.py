"""What can be done with a process: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.kit import ids
from services.kit.city import Area
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, forbidden, invalid, not_found
from services.kit.rpc import etag as etags
from services.society.kinds.model import Kind
from services.society.kinds.profile import required
from services.society.processes import events, model, store, voting
from services.society.processes.model import Dates, Phase, Process, Step, Voters, Words

POSTPONED = "Dimulai terlambat; tanggal sesudahnya diundur sama lamanya. / Begun late; later dates moved by as much."
"""What is noted of a vote that did not begin on its date, such as while the platform was down."""


async def known(tx: Transaction, id_: str, *, lock: bool = False, stays: bool = False) -> Process:
    """One that the caller may see, locked to be changed or so that it ``stays`` as it is, if asked.

    Errors: PROCESS_NOT_FOUND, also for drafts of others.
    """
    parsed = ids.parse(id_)
    found = await (store.staying(tx, parsed) if stays else store.get(tx, parsed, lock=lock)) if parsed else None
    if found is None or (found.phase is Phase.DRAFT and not tx.allows(found.agency)):
        raise not_found("PROCESS_NOT_FOUND", "There is no such process; the list is at /v1/processes.", field="id")
    return found


async def steps(tx: Transaction, process: Process) -> Sequence[Step]:
    """What happened to one, the newest last."""
    return await store.steps(tx, process.id)


async def page(tx: Transaction, phases: Sequence[Phase], area: str, size: int, token: str) -> Page[Process]:
    """Those in these phases (none: all that are public), of an area or one around it, the newest first; or the drafts
    of the caller's agency, and nothing with them.

    Errors: AREA_UNKNOWN, PROCESS_DRAFTS_ALONE, NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    around = _around(tx, area)
    if Phase.DRAFT not in phases:
        return await store.page(tx, phases or model.PUBLIC, around, "", size, token)
    if len(phases) > 1 or around:
        message = "Ask for drafts alone, without other phases and without an area."
        raise invalid("PROCESS_DRAFTS_ALONE", message, field="phase")
    agency = tx.agency
    if agency is None:
        raise forbidden("NOT_YOURS", "Drafts are for the agency that writes them.")
    return await store.page(tx, phases, (), agency, size, token)


async def create(
    tx: Transaction, kind: str, area: str, words: Words, voters: Voters | None, dates: Dates, *, budgeted: bool
) -> Process:
    """Writes the draft of one. Without ``budgeted`` the budget is the kind's.

    Errors: PARTICIPATION_OFF, PROCESS_KIND_UNKNOWN, AREA_UNKNOWN, AREA_NOT_OURS, NOT_YOURS and those of the model.
    """
    template = _kind(tx, kind)
    where = _area(tx, area)
    agency = _own_agency(tx, where)
    if not template.fits(where):
        message = "A process of this kind is of another sort of area; /v1/process-kinds says which."
        raise invalid("PROCESS_AREA_INVALID", message, field="area")
    _check_rt(template, words)
    voters = _voters(tx, template, voters, where.code)
    made = Process(
        id=ids.uuid7(),
        version=1,
        kind=kind,
        agency=agency,
        area=where.code,
        phase=Phase.DRAFT,
        title=words.title,
        title_en=words.title_en,
        summary=words.summary,
        summary_en=words.summary_en,
        rt=words.rt,
        regulation=words.regulation,
        budget=words.budget if budgeted else template.budget,
        votes=template.votes,
        min_age=voters.min_age,
        voter_areas=voters.areas,
        cut_off=voters.cut_off,
        created_at=tx.now,
        updated_at=tx.now,
    )
    made = model.checked(made.with_dates(dates), tx.now)
    _check_vote(tx, made)
    await store.add(tx, made)
    return made


async def rewrite(
    tx: Transaction, id_: str, etag: str, words: Words, voters: Voters | None, dates: Dates, reason: str
) -> Process:
    """Writes one anew. Errors: as ``known``, NOT_YOURS, ETAG_REQUIRED, STALE_ETAG, PROCESS_REASON_REQUIRED and those of
    the model.
    """
    before = await _ours(tx, id_, etag)
    if before.phase is not Phase.DRAFT and not reason:
        message = "The process is public, so say why it changes."
        raise invalid("PROCESS_REASON_REQUIRED", message, field="reason")
    _check_rt(_template(tx, before), words)
    if before.votes:
        voters = _voters(tx, _template(tx, before), voters, before.area)
    done = model.rewritten(before, words, voters, dates, tx.now)
    if Phase.VOTE.after(done.phase):  # one that has begun ends with its ballot, whatever date is given
        _check_vote(tx, done)
    await store.save(tx, done)
    if before.phase is not Phase.DRAFT:
        await _note(tx, done, before.phase, reason)
    return done


async def discard(tx: Transaction, id_: str, etag: str) -> UUID:
    """Throws a draft away; its id. Errors: as ``known``, NOT_YOURS, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION."""
    before = await _ours(tx, id_, etag)
    model.require_draft(before)
    await store.remove(tx, before.id)
    return before.id


async def move(tx: Transaction, id_: str, etag: str, to: Phase, reason: str) -> Process:
    """Moves one by hand. Errors: as ``rewrite``."""
    before = await _ours(tx, id_, etag)
    done = model.move(before, to, tx.now)
    if to is Phase.VOTE:  # from now on it is another one than was announced
        _check_vote(tx, done)
    return await _moved(tx, before, done, reason)


async def fall_due(tx: Transaction, before: Process) -> None:
    """Moves one whose date has come, by itself. It must be locked."""
    late = voting.is_late(before, tx.now)
    done = model.fall_due(voting.postponed(before, tx.now) if late else before, tx.now)
    if done is not None:
        await _moved(tx, before, done, POSTPONED if late else "")
    else:  # the version before has left a date to a vote without a ballot
        await store.save(tx, before.with_dates(before.dates))


async def hold(tx: Transaction, before: Process, ballot: UUID, note: str = "") -> None:
    """Its ballot is announced; what is noted of that. It must be locked."""
    done = model.hold(before, ballot, tx.now)
    await store.save(tx, done)
    if note:
        await _note(tx, done, done.phase, note)


async def unheld(tx: Transaction, before: Process, reason: str) -> None:
    """No ballot can be announced for its vote. It must be locked."""
    done = model.unheld(before, tx.now)
    await store.save(tx, done)
    await _note(tx, done, done.phase, reason)


async def release(tx: Transaction, id_: UUID) -> None:
    """Its ballot is counted: it moves on, or may."""
    before = await store.get(tx, id_, lock=True)
    if before is None or not before.held:
        return
    done = model.release(before, tx.now)
    if done.phase is before.phase:
        await store.save(tx, done)
    else:
        await _moved(tx, before, done, "")


async def let_go(tx: Transaction, id_: UUID, reason: str) -> None:
    """Its ballot is cancelled."""
    before = await store.get(tx, id_, lock=True)
    if before is not None and before.held:
        done = model.let_go(before, tx.now)
        await store.save(tx, done)
        await _note(tx, done, before.phase, reason)


async def _moved(tx: Transaction, before: Process, done: Process, reason: str) -> Process:
    await store.save(tx, done)
    step = await _note(tx, done, before.phase, reason)
    event = events.moved(tx.runtime.city, done, step)
    tx.emit(event, aggregate=str(done.id), version=done.version, correlation=str(done.id))
    return done


async def _note(tx: Transaction, process: Process, before: Phase, reason: str) -> Step:
    automatic = tx.caller.has("system")
    step = Step(
        id=ids.uuid7(),
        process=process.id,
        phase=process.phase,
        before=before,
        automatic=automatic,
        agency="" if automatic else process.agency,
        by="" if automatic else tx.caller.subject,
        reason=reason,
        at=tx.now,
    )
    await store.note(tx, step)
    return step


async def by_id(tx: Transaction, id_: UUID, *, lock: bool = False) -> Process | None:
    """One by its id, for the pillar's other rooms; drafts too."""
    return await store.get(tx, id_, lock=lock)


def require_office(tx: Transaction, process: Process) -> None:
    """Lets only the agency that runs it pass. Errors: FORBIDDEN NOT_YOURS."""
    if not tx.allows(process.agency):
        raise forbidden("NOT_YOURS", "Only the agency that runs this process can do this.")


async def _ours(tx: Transaction, id_: str, etag: str) -> Process:
    found = await known(tx, id_, lock=True)
    require_office(tx, found)
    etags.require(etag, found.version)
    return found


def _own_agency(tx: Transaction, area: Area) -> str:
    """The caller's agency, if it serves the area."""
    agency = tx.runtime.city.agency(tx.caller.agency)
    if agency is None:
        raise forbidden("NOT_YOURS", "Your login names no agency of the city; ask an administrator to add it.")
    if agency.area not in _around(tx, area.code):
        message = "Your agency serves another part of the city; choose an area within it."
        raise forbidden("AREA_NOT_OURS", message)
    return agency.id


def _kind(tx: Transaction, name: str) -> Kind:
    found = required(tx.runtime.city).kind(name)
    if found is None:
        raise invalid("PROCESS_KIND_UNKNOWN", "There is no such kind; /v1/process-kinds lists them.", field="kind")
    return found


def _template(tx: Transaction, process: Process) -> Kind | None:
    """The kind of a process; None where the profile has it no more."""
    return required(tx.runtime.city).kind(process.kind)


def _check_rt(template: Kind | None, words: Words) -> None:
    if template is not None and template.per_rt != bool(words.rt):
        message = "Name the RT, such as RT 03 RW 02." if template.per_rt else "A process of this kind is of no RT."
        raise invalid("PROCESS_RT_INVALID", message, field="rt")


def _check_vote(tx: Transaction, process: Process) -> None:
    voting.check_vote(process, tx.runtime.city.timezone, practice=tx.runtime.settings.mode == "local")


def _voters(tx: Transaction, template: Kind | None, given: Voters | None, area: str) -> Voters:
    """Those given, else those of the kind. Errors: AREA_UNKNOWN, PROCESS_VOTERS_INVALID."""
    if template is not None and not template.votes:
        if given is not None:
            raise invalid("PROCESS_VOTERS_INVALID", "This kind of process has no vote.", field="voters")
        return Voters(0, (), None)
    if given is None:
        return Voters(template.min_age if template else 0, (area,), None)
    areas = tuple(dict.fromkeys(_area(tx, code).code for code in given.areas)) or (area,)
    return replace(given, areas=areas)


def _area(tx: Transaction, code: str) -> Area:
    found = tx.runtime.city.area(code)
    if found is None:
        raise _no_area()
    return found


def _around(tx: Transaction, code: str) -> Sequence[str]:
    """An area and those around it, up to the city."""
    found: list[str] = []
    while code:
        area = _area(tx, code)
        found.append(code)
        code = area.parent
    return found


def _no_area() -> DomainError:
    return invalid("AREA_UNKNOWN", "Name an area of the city by its Kemendagri code.", field="area")
