"""What can be done with a proposal: one function per use case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, forbidden, invalid, precondition
from services.kit.rpc import etag as etags
from services.society.kinds.profile import required
from services.society.processes import actions as processes
from services.society.processes.model import Process
from services.society.proposals import access, events, keys, model, store
from services.society.proposals.model import LinkKind, Proposal, State, Step, StepKind

_TRIES = 5


@dataclass(frozen=True)
class Given:
    """What somebody proposes."""

    title: str
    words: str
    area: str
    lon: float | None
    lat: float | None
    cost: int
    network: str
    """Digest of the gateway's; empty where it does not know."""


async def create(tx: Transaction, process_id: str, given: Given) -> Proposal:
    """Somebody proposes something. Errors: those of ``CreateProposal``."""
    # So that many at once do not each count what was there before. The process is read when it is one's turn: it may
    # have stopped collecting while others had theirs.
    await tx.one_at_a_time(f"proposals of {ids.parse(process_id)}")
    process = await processes.known(tx, process_id, stays=True)
    model.require_collecting(process, tx.now)
    model.require_affordable(process, given.cost)
    area = access.placed(tx, process.area, given.area, given.lon, given.lat)
    author = keys.login(tx.runtime, tx.caller)
    network = (
        keys.digest(tx.runtime, "network", given.network, process.id) if given.network and author is None else None
    )
    if await store.waiting(tx, process.id) >= model.MOST_WAITING:
        raise precondition("PROPOSALS_FULL", "Many proposals of this process wait for an officer; try again later.")
    if await _made(tx, process.id, author, network) >= model.A_PERSON:
        raise model.made_enough(named=author is not None)
    due = _due(tx)
    for _ in range(_TRIES):
        made = Proposal(
            id=ids.uuid7(),
            version=1,
            code=model.new_code(tx.runtime.city.code_prefix),
            process=process.id,
            agency=process.agency,
            state=State.WAITING,
            title=given.title,
            words=given.words,
            area=area,
            lon=given.lon,
            lat=given.lat,
            cost=given.cost,
            author=author,
            network=network,
            supporters=0,
            created_at=tx.now,
            updated_at=tx.now,
            due_at=due,
        )
        if await store.add_all(tx, [made]):
            await _note(tx, made, StepKind.MADE, "")
            return made
    raise conflict("PROPOSAL_CODES_TAKEN", "No code was free; send the same again.")


async def _made(tx: Transaction, process: UUID, author: bytes | None, network: bytes | None) -> int:
    """How many the caller made in a process, by their login or else by their network."""
    if author is not None:
        return await store.of_author(tx, process, author, keys.made(tx.runtime, tx.caller.subject, process))
    return await store.of_network(tx, process, network) if network is not None else 0


async def get(tx: Transaction, code: str, link_key: str) -> Proposal:
    """One that the caller may see. Errors: PROPOSAL_NOT_FOUND."""
    return await access.known(tx, code, link_key)


async def page(
    tx: Transaction, process: str, states: Sequence[State], agency: str, size: int, token: str, *, popular: bool
) -> Page[Proposal]:
    """Those in these states (none: all that are listed), that an agency answers (empty: any). What is hidden is its
    agency's, and asked for alone; what was over before it was published stands in the lists of the agency's own.

    Errors: PROPOSAL_STATE_UNKNOWN, NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    known = ids.parse(process) if process else None
    if process and known is None:
        return Page([])
    hidden = model.HIDDEN & set(states)
    if not hidden:
        wanted, best = tuple(states) or model.LISTED, popular and not agency
        shown = bool(model.ENDED & set(states)) and tx.agency != "" and not (agency and tx.allows(agency))
        return await store.page(tx, known, wanted, agency, size, token, popular=best, shown=shown)
    if len(states) > 1:
        message = "Ask alone for those that wait or were kept back."
        raise invalid("PROPOSAL_STATE_UNKNOWN", message, field="state")
    mine = tx.agency
    if mine is None:
        raise forbidden("NOT_YOURS", "Proposals that wait are for the agency that publishes them.")
    return await store.page(tx, known, tuple(states), mine or agency, size, token, popular=False)


async def withdraw(tx: Transaction, code: str, link_key: str, note: str, etag: str = "") -> Proposal:
    """Its author takes it back. Errors: PROPOSAL_NOT_FOUND, NOT_YOURS, STALE_ETAG, INVALID_TRANSITION."""
    before = await access.known(tx, code, link_key, lock=True)
    if not access.is_author(tx, before, link_key):
        raise forbidden("NOT_YOURS", "Only its author takes a proposal back: log in, or send its key.")
    etags.match(etag, before.version)
    shown = before.state is State.OPEN
    done = model.withdraw(before, tx.now)
    await store.save(tx, done)
    await _note(tx, done, StepKind.WITHDRAWN, note, tell=shown)
    return done


async def review(tx: Transaction, code: str, etag: str, to: State, note: str, cost: int = 0) -> Proposal:
    """An officer answers, and may reckon anew what it costs. Errors: those of ``ReviewProposal``."""
    before = await access.answerable(tx, code, etag)
    if to in (State.ACCEPTED, State.DECLINED):
        process = await _process(tx, before)
        model.require_unvoted(before, process, to, voted=await store.decided(tx, process.ballot))
        if to is State.ACCEPTED:
            before = model.priced(before, process, cost)
    done, kind = model.review(before, to, note, tx.now, _due(tx))
    await store.save(tx, done)
    await _note(tx, done, kind, note, taken_away=before.state is State.OPEN)
    return done


async def merge(tx: Transaction, code: str, etag: str, into: str, note: str) -> Proposal:
    """An officer joins it to another. Errors: those of ``MergeProposal``."""
    await access.lock(tx, code, into)  # else two could be joined to each other, and both be gone
    before = await access.answerable(tx, code, etag)
    other = await access.known(tx, into, "")
    await access.require_another(tx, other)  # whose proposal takes in what others proposed
    done = model.merge(before, other, note, tx.now)
    return await _done(tx, done, StepKind.MERGED, note, other.code)


async def carry(tx: Transaction, code: str, etag: str, process_id: str, note: str) -> Proposal:
    """An officer carries it on. Errors: those of ``CarryProposal``."""
    before = await access.answerable(tx, code, etag)
    now_in = await _process(tx, before)
    model.require_unvoted(before, now_in)
    kind = required(tx.runtime.city).kind(now_in.kind)
    process = await processes.known(tx, process_id, stays=True)
    inside = access.lies_in(tx, before.area, process.area)
    done = model.carry(before, process, kind.moves_on if kind else "", inside, tx.now, _due(tx))
    return await _done(tx, done, StepKind.CARRIED_ON, note, str(process.id))


async def report(
    tx: Transaction, code: str, etag: str, note: str, link: LinkKind | None, reference: str, *, finished: bool
) -> Proposal:
    """An officer tells how it is carried out. Errors: those of ``ReportProposal``, PROPOSAL_LINK_INVALID."""
    before = await access.answerable(tx, code, etag)
    process = await _process(tx, before)
    model.require_decided(before, process, voted=await store.decided(tx, process.ballot))
    if (link is None) != (reference == ""):
        message = "Say what it is linked to, and its code, number or identifier; or neither."
        raise invalid("PROPOSAL_LINK_INVALID", message, field="reference")
    done, kind = model.report(before, finished, tx.now)
    if link is not None and not await store.link(tx, done.id, link, access.written(link, reference)):
        message = f"It is linked to that already, or to {model.MOST_LINKS} things."
        raise conflict("PROPOSAL_LINKS_FULL", message)
    return await _done(tx, done, kind, note, reference)


async def tell_linked(
    tx: Transaction, link: LinkKind, reference: str, kind: StepKind, *, ends: bool = True, once: bool = False
) -> None:
    """What proposals are linked to goes on or (``ends``) has come to its end: their pages and supporters hear of it, of
    some things ``once``.

    A proposal whose linked work has all ended is carried out.
    """
    if not reference:
        return
    for proposal in await store.linked(tx, link, reference):
        before = await store.get(tx, proposal, lock=True)
        if before is None or (once and await store.was_told(tx, before.id, kind, reference)):
            continue
        heard = await _done(tx, model.heard(before, tx.now), kind, "", reference)
        if ends and await store.end_link(tx, link, reference, proposal):
            done = model.finished(heard, tx.now)
            if done is not None:
                await _done(tx, done, StepKind.FINISHED, "")


async def voted(tx: Transaction, ballot: UUID, votes: int, results: Mapping[str, tuple[int, bool]]) -> None:
    """A ballot is counted: by the code of a proposal how many approved of it, and whether it was chosen."""
    for code, (approvals, chosen) in sorted(results.items()):  # in one order, as they are locked
        before = await store.by_code(tx, code, lock=True)
        if before is None or before.state is not State.ACCEPTED:
            continue
        done = model.voted(before, ballot, approvals, votes, chosen, tx.now)
        await _done(tx, done, StepKind.CHOSEN if chosen else StepKind.NOT_CHOSEN, "", str(ballot))


async def steps(tx: Transaction, one: Proposal) -> Sequence[Step]:
    """What happened to one, the newest last."""
    return await store.steps(tx, one.id)


def _due(tx: Transaction) -> datetime:
    """By when what is open from now on is answered."""
    return tx.runtime.city.calendar.add_working_days(tx.now, required(tx.runtime.city).answer_days)


async def _process(tx: Transaction, one: Proposal) -> Process:
    """The process that a proposal is in, locked: its ballot is not announced meanwhile."""
    found = await processes.by_id(tx, one.process, lock=True)
    assert found is not None, "a proposal refers to it"
    return found


async def _done(tx: Transaction, one: Proposal, kind: StepKind, note: str, reference: str = "") -> Proposal:
    await store.save(tx, one)
    await _note(tx, one, kind, note, reference)
    return one


async def _note(
    tx: Transaction,
    one: Proposal,
    kind: StepKind,
    note: str,
    reference: str = "",
    *,
    tell: bool = True,
    taken_away: bool = False,
) -> None:
    """Writes down what happened; everybody hears of what everybody may see, and when that is ``taken_away``. What is
    joined to another before anybody saw it is told too, without a word of it: its author may follow it, and goes along.
    """
    office = not tx.caller.has("system") and kind not in (StepKind.MADE, StepKind.WITHDRAWN)
    step = Step(
        id=ids.uuid7(),
        proposal=one.id,
        kind=kind,
        state=one.state,
        agency=one.agency if office else "",
        by=tx.caller.subject if office else "",
        note=note,
        reference=reference,
        at=tx.now,
    )
    await store.note(tx, step)
    if tell and (taken_away or one.state not in model.HIDDEN):
        event = events.advanced(tx.runtime.city, one, step)
        tx.emit(event, aggregate=one.code, version=one.version, correlation=one.code)
