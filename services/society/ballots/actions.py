"""What can be done with ballots: one function per use case."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import structlog

from services.kit import ids, nik
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, conflict, forbidden, invalid, not_found, precondition
from services.society.ballots import events, model, store
from services.society.ballots.model import Ballot, State
from services.society.box import envelopes, shuffling
from services.society.box import store as box
from services.society.counting.votes import MOST_OPTIONS, Method, mask, possible
from services.society.kinds.profile import participation_of
from services.society.processes import actions as processes
from services.society.processes import voting
from services.society.processes.model import Phase, Process
from services.society.proposals import store as proposals
from services.society.registration import keeping
from services.society.residents import actions as residents
from services.society.resources import derived
from services.society.roll import store as roll

_log = structlog.get_logger()
_Read = Callable[[Transaction, UUID], Awaitable[Ballot | None]]


@dataclass(frozen=True)
class Offered:
    """An option as it is announced."""

    name: str
    name_en: str
    cost: int
    proposal: str


@dataclass(frozen=True)
class Plan:
    """A ballot as it is announced."""

    process: str
    title: str
    title_en: str
    options: tuple[Offered, ...]
    winners: int
    most_choices: int
    budget: int
    min_age: int
    areas: tuple[str, ...]
    cut_off: str
    regulation: str
    opens_at: datetime
    closes_at: datetime


class Voter(NamedTuple):
    """What somebody may do with a ballot."""

    verified: bool
    eligible: bool
    voted: bool


async def create(tx: Transaction, plan: Plan) -> Ballot:
    """Announces one for the caller's agency. Errors: NOT_YOURS, RESIDENTS_CLOSED, AREA_UNKNOWN, those of the model."""
    if not tx.caller.agency:
        raise forbidden("NOT_YOURS", "Your login names no agency; ask an administrator to add it.")
    if not plan.process:
        return await _announce(tx, plan, tx.caller.agency)
    found = await _voting(tx, plan.process)
    if not tx.allows(found.agency):
        raise forbidden("NOT_YOURS", "Only the agency that runs the process holds its ballot.")
    return await _hold(tx, found, plan)


async def begin(tx: Transaction, process: str) -> None:
    """A process has come to its vote: where it says when that ends its ballot is announced. Where none can be held, its
    page says why, and it stays in its vote until an officer announces one. Again is harmless.
    """
    try:
        found = await _voting(tx, process)
    except DomainError as refused:  # as where an officer has announced one meanwhile
        _log.info("a process needs no ballot", process=process, reason=refused.reason)
        return
    begun = voting.begun(found, tx.now)
    if begun.carry_out_at is None:
        return
    plan = Plan(
        process=process, title="", title_en="", options=(), winners=0, most_choices=0, budget=0, min_age=0,
        areas=(), cut_off="", regulation="", opens_at=begun.vote_at or tx.now,
        closes_at=begun.carry_out_at,
    )  # fmt: skip
    try:
        await _hold(tx, begun, plan, processes.POSTPONED if begun != found else "")
    except DomainError as refused:
        _log.warning("a process came to its vote without a ballot", process=process, reason=refused.reason)
        await processes.unheld(tx, found, model.unheld(refused.reason))


async def _hold(tx: Transaction, process: Process, plan: Plan, note: str = "") -> Ballot:
    """Announces that of a process, which must be locked."""
    made = await _announce(tx, await _of_process(tx, process, plan), process.agency)
    await processes.hold(tx, process, made.id, note)
    return made


async def _announce(tx: Transaction, plan: Plan, agency: str) -> Ballot:
    if not plan.title:
        raise invalid("BALLOT_TITLE_REQUIRED", "Say what it is about.", field="title")
    if not model.LEAST_OPTIONS <= len(plan.options) <= MOST_OPTIONS:
        raise model.options_invalid()
    id_ = ids.uuid7()
    keys = envelopes.new_keys(secret(tx), id_)
    drawn = dict(zip(shuffling.numbered(len(plan.options)), plan.options, strict=True))
    options = [drawn[number] for number in sorted(drawn)]
    made = Ballot(
        id=id_,
        version=1,
        state=State.HELD,
        agency=agency,
        process=plan.process,
        title=plan.title,
        title_en=plan.title_en,
        method=Method.EQUAL_SHARES if plan.budget else Method.APPROVAL,
        names=tuple(one.name for one in options),
        names_en=tuple(one.name_en for one in options),
        costs=tuple(one.cost for one in options),
        proposals=tuple(one.proposal for one in options),
        budget=plan.budget,
        winners=plan.winners or 1,
        most_choices=plan.most_choices or min(model.USUAL_CHOICES, len(options)),
        min_age=plan.min_age,
        areas=_areas(tx, plan.areas),
        cut_off=_day(plan.cut_off),
        regulation=plan.regulation,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        public_key=keys.public,
        private_key=keys.private,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await store.save(
        tx, model.checked(made, tx.now, tx.runtime.city.timezone, practice=tx.runtime.settings.mode == "local")
    )
    tx.emit(events.announced(made), aggregate=str(made.id), version=made.version, correlation=made.process or str(id_))
    return made


async def get(tx: Transaction, id_: str, read: _Read = store.get) -> Ballot:
    """One by its id. Errors: BALLOT_NOT_FOUND."""
    parsed = ids.parse(id_)
    found = await read(tx, parsed) if parsed else None
    if found is None:
        raise not_found("BALLOT_NOT_FOUND", "There is no such ballot; the list is at /v1/ballots.", field="id")
    return found


async def page(tx: Transaction, process: str, size: int, token: str) -> Page[Ballot]:
    """Those of a process, or of all, the newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await store.page(tx, process, size, token)


async def voter(tx: Transaction, id_: str) -> Voter:
    """What the caller may do. Errors: BALLOT_NOT_FOUND, RESIDENTS_CLOSED."""
    ballot = await get(tx, id_)
    known = await residents.known(tx, tx.caller.subject)
    if known is None:
        return Voter(verified=False, eligible=False, voted=False)
    voted = await roll.entry(tx, ballot.id, _person(tx, ballot.id, known.person)) is not None
    return Voter(verified=True, eligible=_admits(ballot, known), voted=voted)


async def cast(tx: Transaction, id_: str, request_id: str, options: Sequence[int]) -> None:
    """The caller votes, once. What they choose is sealed before it is written, and nothing of it is answered or told.

    Whether this is a repeat is known by the roll: what idempotency keeps elsewhere would tell of the vote. The ballot
    is locked before the roll; who has it counted waits for what was let in before.

    Errors: BALLOT_NOT_FOUND, REQUEST_ID_REQUIRED, NOT_VERIFIED, NOT_ELIGIBLE, VOTED_ALREADY, BALLOT_NOT_OPEN,
    BALLOT_CLOSED, CHOICES_INVALID.
    """
    key = request_key(tx, request_id)
    ballot = await get(tx, id_, store.voted_on)
    known = await residents.known(tx, tx.caller.subject)
    if known is None:
        raise model.not_verified()
    person = _person(tx, ballot.id, known.person)
    if await _repeated(tx, ballot.id, person, key):
        return
    ballot.require_open(tx.now)
    if not _admits(ballot, known):
        raise model.not_eligible(ballot)
    bits = mask(set(options))
    if not possible(ballot.terms, bits):
        raise model.choices_invalid()
    if not await roll.enter(tx, ballot.id, person, "", key):
        if await _repeated(tx, ballot.id, person, key):  # the same request, whose first sending has committed meanwhile
            return
        raise model.voted_already("")
    await box.put(tx, uuid4(), ballot.id, envelopes.seal(secret(tx), ballot.id, ballot.public_key, bits))


async def mark(tx: Transaction, id_: str, booth: str, number: str, birth_date: str) -> int:
    """An officer of a booth gives somebody a paper, whose card and address they have checked; how many have one there.

    Whether somebody is verified, and where, is not looked at: officers of any agency could ask that of any number.

    Errors: as ``office``, NIK_IMPLAUSIBLE, BIRTH_DATE_INVALID, BIRTH_DATE_MISMATCH, BALLOT_NOT_OPEN,
    BALLOT_CLOSED, NOT_ELIGIBLE, VOTED_ALREADY.
    """
    keeping.require(tx.runtime)
    ballot = await office(tx, id_, store.voted_on)
    ballot.require_open(tx.now)
    born = nik.read(number, birth_date, residents.today(tx))
    digest = keeping.digest(tx.runtime, number)
    if not ballot.admits(ballot.areas[0], nik.age(born, ballot.cut_off)):
        raise model.not_eligible(ballot)
    person = _person(tx, ballot.id, digest)
    if not await roll.enter(tx, ballot.id, person, booth, b""):
        before = await roll.entry(tx, ballot.id, person)
        raise model.marked_already(before.booth if before else "")
    return (await roll.turnout(tx, ballot.id))[booth]


async def office(tx: Transaction, id_: str, read: _Read = store.get) -> Ballot:
    """A ballot of the caller's agency. Errors: BALLOT_NOT_FOUND, FORBIDDEN NOT_YOURS."""
    found = await get(tx, id_, read)
    if not tx.allows(found.agency):
        raise forbidden("NOT_YOURS", "Only the agency that holds the ballot can do this.")
    return found


async def _repeated(tx: Transaction, ballot: UUID, person: bytes, key: bytes) -> bool:
    """Whether this very request has voted; False where nobody has. Errors: VOTED_ALREADY by another."""
    before = await roll.entry(tx, ballot, person)
    if before is not None and not hmac.compare_digest(before.key, key):
        raise model.voted_already(before.booth)
    return before is not None


def request_key(tx: Transaction, request_id: str) -> bytes:
    """By what a repeat of the caller's is known where idempotency may keep nothing of what was asked: a keyed digest.
    Errors: REQUEST_ID_REQUIRED, RESIDENTS_CLOSED.
    """
    if not 0 < len(request_id) <= 128:
        raise invalid("REQUEST_ID_REQUIRED", "This needs an idempotency key of 1 to 128 characters.")
    return hmac.digest(secret(tx), f"{tx.caller.subject}\n{request_id}".encode(), "sha256")


def secret(tx: Transaction) -> bytes:
    """The pillar's for ballots. Errors: RESIDENTS_CLOSED."""
    return derived(tx.runtime, "ballots")


def _person(tx: Transaction, ballot: UUID, person: bytes) -> bytes:
    """Who somebody is on the roll of one ballot: rolls of two ballots do not tell who stands on both."""
    return hmac.digest(secret(tx), b"roll 1\n" + ballot.bytes + person, "sha256")


def _admits(ballot: Ballot, known: residents.Known) -> bool:
    """By where they lived on the day that counts: who has moved since votes where they did, and nowhere twice."""
    area = known.area_on(ballot.cut_off)
    return area != "" and ballot.admits(area, nik.age(known.born, ballot.cut_off))


async def _voting(tx: Transaction, id_: str) -> Process:
    """A process in its vote that has no ballot, locked. Errors: PROCESS_NOT_VOTING, BALLOT_EXISTS."""
    known = ids.parse(id_)
    found = await processes.by_id(tx, known, lock=True) if known else None
    if found is None or found.phase is not Phase.VOTE or found.cut_off is None:
        raise precondition("PROCESS_NOT_VOTING", "There is no such process in its vote.")
    if found.ballot is not None:
        raise conflict("BALLOT_EXISTS", "This process has a ballot already.")
    return found


async def _of_process(tx: Transaction, found: Process, plan: Plan) -> Plan:
    """What a process says of its ballot: its accepted proposals are the options."""
    accepted = await proposals.accepted(tx, found.id, MOST_OPTIONS + 1)
    known = participation_of(tx.runtime.city)
    kind = known.kind(found.kind) if known else None
    return replace(
        plan,
        title=found.title,
        title_en=found.title_en,
        options=tuple(Offered(one.title, "", one.cost, one.code) for one in accepted),
        winners=min(plan.winners or (kind.winners if kind else 0), len(accepted)),
        most_choices=plan.most_choices or min(kind.most_choices if kind else 0, len(accepted)),
        budget=found.budget,
        min_age=found.min_age,
        areas=found.voter_areas,
        cut_off=str(found.cut_off),
        regulation=found.regulation,
    )


def _areas(tx: Transaction, codes: Sequence[str]) -> tuple[str, ...]:
    if not codes:
        raise invalid("AREA_UNKNOWN", "Say in which areas voters live.", field="areas")
    for code in codes:
        if tx.runtime.city.area(code) is None:
            raise invalid("AREA_UNKNOWN", "Name areas of the city by their Kemendagri codes.", field="areas")
    return tuple(dict.fromkeys(codes))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise invalid(
            "BALLOT_TIMES_INVALID", "There is no such day. Give it as 2026-12-01.", field="cut_off"
        ) from error
