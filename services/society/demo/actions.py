"""Seeds the demonstration data in the ordinary way of the rooms, by their rules and on days that are over: once, and
without a single event, for nobody shall act on what never was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.kit.caller import ANONYMOUS, SYSTEM, Caller, Scope
from services.kit.city import Area, City
from services.kit.database import Transaction
from services.kit.runtime import Runtime
from services.society.ballots import actions as ballots
from services.society.booths import actions as booths
from services.society.comments import actions as comments
from services.society.comments.model import State as CommentState
from services.society.demo.acting import acting
from services.society.demo.words import BUDGET, TALES, VOTES, Idea, Tale
from services.society.kinds.profile import participation_of
from services.society.processes import actions as processes
from services.society.processes import store as processes_store
from services.society.processes.model import Dates, Phase, Process, Voters, Words
from services.society.proposals import actions as proposals
from services.society.proposals.actions import Given
from services.society.proposals.model import Proposal, State
from services.society.results import actions as results
from services.society.results.opening import opened
from services.society.supporting import actions as supporting

VOTE, CARRIED_OUT, FINISHED = 25, 18, 3
"""Days ago when residents voted, when it was counted, and when the first that was chosen was finished."""
BOOTH = "TPS-1"
_PUBLISHED = "Usulan sudah dibaca dan diterbitkan."
_MOVED = "Sesuai jadwal yang diumumkan."
_BORN = date(1960, 1, 1)


@dataclass(frozen=True)
class Told:
    """A tale that is being told: where, and by whose officers."""

    tale: Tale
    area: Area
    officer: Caller


async def seed(runtime: Runtime) -> int:
    """Fills an empty society; answers how many processes were made up.

    Nothing happens when there is one, or when the city's profile has no made-up history. Ballots are of local mode.
    """
    known = participation_of(runtime.city)
    if runtime.city.demo() is None or known is None:
        return 0
    async with runtime.transaction() as tx:
        await tx.one_at_a_time("society demo")
        if await processes_store.any_yet(tx):
            return 0
        for place, tale in enumerate(TALES):
            kind = known.kind(tale.kind)
            area = _area(runtime.city, kind.level if kind else "", place)
            if kind is not None and area is not None:
                await _tell(tx, Told(tale, area, _officer(runtime.city, area)))
        tx.emitted.clear()
    return len(TALES)


async def _tell(tx: Transaction, told: Told) -> None:
    tale, now = told.tale, tx.now
    async with acting(tx, told.officer, now - timedelta(days=tale.began)):
        made = await processes.create(
            tx, tale.kind, told.area.code, _words(tale), _voters(told, now), Dates(), budgeted=False
        )  # fmt: skip
        process = await processes.move(tx, str(made.id), str(made.version), Phase.COLLECT, _MOVED)
    codes = [
        await _propose(tx, told, process.id, idea, now - timedelta(days=tale.began - 1) + timedelta(hours=7 * place))
        for place, idea in enumerate(tale.ideas)
    ]
    if tale.review:
        await _review(tx, told, process, codes)
    if tale is BUDGET:
        accepted = [code for code, idea in zip(codes, tale.ideas, strict=True) if not idea.declined]
        await _decide(tx, told, process.id, accepted)
    elif not tale.review:
        await _end_by_itself(tx, told, process.id)


async def _propose(tx: Transaction, told: Told, process: UUID, idea: Idea, at: datetime) -> str:
    """Somebody without a login proposes it, others support it, and some say something."""
    async with acting(tx, ANONYMOUS, at, Scope.OWN):
        given = Given(idea.title, idea.words, told.area.code, None, None, idea.cost, "")
        made = await proposals.create(tx, str(process), given)
    async with acting(tx, told.officer, at + timedelta(hours=5)):
        await proposals.review(tx, made.code, str(made.version), State.OPEN, _PUBLISHED)
    for number in range(idea.supporters):
        async with acting(tx, ANONYMOUS, at + timedelta(hours=6, minutes=17 * number), Scope.OWN):
            await supporting.join(tx, made.code, f"demo {number}", "")
    for number, words in enumerate(idea.comments):
        async with acting(tx, ANONYMOUS, at + timedelta(days=1, hours=number), Scope.OWN):
            said = await comments.create(tx, made.code, words, "")
        async with acting(tx, told.officer, at + timedelta(days=1, hours=number + 3)):
            await comments.moderate(tx, str(said.id), str(said.version), CommentState.SHOWN, "")
    return made.code


async def _review(tx: Transaction, told: Told, process: Process, codes: Sequence[str]) -> None:
    began = tx.now - timedelta(days=told.tale.review)
    async with acting(tx, told.officer, began):
        await processes.move(tx, str(process.id), str(process.version), Phase.REVIEW, _MOVED)
        for code, idea in zip(codes, told.tale.ideas, strict=True):
            if idea.answer:
                one = await _now(tx, code)
                to = State.DECLINED if idea.declined else State.ACCEPTED
                await proposals.review(tx, code, str(one.version), to, idea.answer)


async def _decide(tx: Transaction, told: Told, process: UUID, codes: Sequence[str]) -> None:
    """Residents vote on paper, two count, and the first that was chosen is carried out."""
    now, began = tx.now, tx.now - timedelta(days=VOTE)
    async with acting(tx, told.officer, began):
        one = await _process(tx, process)
        ends = replace(one.dates, carry_out=now - timedelta(days=CARRIED_OUT))
        voters = _voters(told, now)
        one = await processes.rewrite(tx, str(process), str(one.version), _words(told.tale), voters, ends, _MOVED)
        await processes.move(tx, str(process), str(one.version), Phase.VOTE, _MOVED)
    async with acting(tx, SYSTEM, began):
        await ballots.begin(tx, str(process))
    one = await _process(tx, process)
    if one.ballot is None:
        return
    await _vote(tx, told, one.ballot, codes)
    chosen = [found for code in codes if (found := await _now(tx, code)).state is State.CHOSEN]
    for place, proposal in enumerate(chosen):
        async with acting(tx, told.officer, now - timedelta(days=FINISHED + 4 - 4 * place)):
            await proposals.report(
                tx, proposal.code, str(proposal.version), "Bahan sudah dibeli, pekerjaan dimulai dengan kerja bakti.",
                None, "", finished=False,
            )  # fmt: skip
    if chosen:
        async with acting(tx, told.officer, now - timedelta(days=FINISHED)):
            first = await _now(tx, chosen[0].code)
            note = "Sudah terpasang dan menyala; nota dan foto ditempel di balai RT."
            await proposals.report(tx, first.code, str(first.version), note, None, "", finished=True)


async def _vote(tx: Transaction, told: Told, id_: UUID, codes: Sequence[str]) -> None:
    now, ballot = tx.now, str(id_)
    async with acting(tx, told.officer, now - timedelta(days=VOTE - 1)):
        for place in range(len(VOTES)):
            born = _BORN + timedelta(days=place)
            number = f"337401{born.day:02}{born.month:02}{born.year % 100:02}0000"
            await ballots.mark(tx, ballot, BOOTH, number, str(born))
        held = await ballots.get(tx, ballot)
    numbers = {code: place for place, code in enumerate(held.proposals, 1)}
    papers = [(1, [numbers[codes[place]] for place in vote]) for vote in VOTES]
    second = replace(told.officer, subject=f"{told.officer.subject}-2")
    for counter in (told.officer, second):
        async with acting(tx, counter, now - timedelta(days=CARRIED_OUT, hours=-1)):
            await booths.enter(tx, ballot, BOOTH, "demo", papers)
    async with acting(tx, told.officer, now - timedelta(days=CARRIED_OUT, hours=-2)):
        await booths.count(tx, ballot, str(held.version))
    async with acting(tx, SYSTEM, now - timedelta(days=CARRIED_OUT, hours=-2)):
        box = await results.take_out(tx)
        assert box is not None
        await results.keep(tx, box, opened(*box))


async def _end_by_itself(tx: Transaction, told: Told, process: UUID) -> None:
    """One that still takes proposals says until when."""
    async with acting(tx, told.officer, tx.now):
        one = await _process(tx, process)
        ends = replace(one.dates, review=tx.now + timedelta(days=16))
        voters = _voters(told, tx.now)
        await processes.rewrite(tx, str(process), str(one.version), _words(told.tale), voters, ends, _MOVED)


async def _process(tx: Transaction, id_: UUID) -> Process:
    found = await processes.by_id(tx, id_)
    assert found is not None
    return found


async def _now(tx: Transaction, code: str) -> Proposal:
    return await proposals.get(tx, code, "")


def _words(tale: Tale) -> Words:
    budget = 25_000_000 if tale is BUDGET else 0
    return Words(tale.title, tale.title_en, tale.summary, tale.summary_en, tale.rt, "", budget)


def _voters(told: Told, now: datetime) -> Voters | None:
    """Those of the kelurahan, as of the day when the vote began."""
    if told.tale is not BUDGET:
        return None
    return Voters(17, (told.area.code,), (now - timedelta(days=VOTE + 1)).date())


def _area(city: City, level: str, place: int) -> Area | None:
    """An area that such a process may be of: the city, or one of its kelurahan or desa."""
    if level == "any":
        return city.area(city.code)
    lowest = sorted(code for code, area in city.areas.items() if area.is_lowest)
    return city.area(lowest[17 * place % len(lowest)]) if level == "lowest" and lowest else None


def _officer(city: City, area: Area) -> Caller:
    """Of the agency of the kecamatan, or else of the first that serves the whole city."""
    near = [one for one in city.agencies.values() if one.area == area.parent]
    serving = near or [one for one in city.agencies.values() if one.area == city.code]
    return Caller("demo", frozenset({"officer"}), serving[0].id)
