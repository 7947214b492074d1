"""What can be done with results: a ballot is counted, its result and its votes are read."""

from uuid import UUID

import structlog

from services.kit import ids
from services.kit.database import Transaction, paging
from services.kit.errors import precondition
from services.kit.rpc import etag as etags
from services.society.ballots import actions as ballots
from services.society.ballots import events, model
from services.society.ballots import store as kept
from services.society.ballots.model import Ballot, State
from services.society.booths import actions as booths
from services.society.booths import store as papers
from services.society.box import store as box
from services.society.box.envelopes import EnvelopeError
from services.society.counting import pabulib
from services.society.counting.counts import rule
from services.society.counting.pabulib import Head
from services.society.counting.votes import Outcome
from services.society.processes import actions as processes
from services.society.proposals import actions as proposals
from services.society.results import store
from services.society.results.opening import Box, Opened
from services.society.results.store import Result
from services.society.roll import store as roll

_NONE = UUID(int=0)
_log = structlog.get_logger()


async def take_out(tx: Transaction) -> Box | None:
    """The box of the ballot whose turn it is to be counted; None where there is none, or what it holds does not agree.

    What fails from here on, were it the process, leaves the ballot as it is, to be tried again after a while, each time
    a longer one: others have their turn meanwhile.
    """
    ballot = await kept.next_to_count(tx)
    if ballot is None:
        return None
    assert ballot.state is State.COUNTING  # no vote comes in any more
    await kept.try_later(tx, ballot, model.next_try(ballot, tx.now))
    sealed = await box.take_out(tx, ballot.id)
    cast = (await roll.turnout(tx, ballot.id)).get("", 0)
    if len(sealed) != cast:
        disagrees(ballot, f"{len(sealed)} envelopes of {cast} voters")
        return None
    return Box(ballots.secret(tx), ballot, sealed, await booths.of_ballot(tx, ballot))


async def keep(tx: Transaction, taken: Box, done: Opened) -> None:
    """Keeps what was in a box, and destroys its envelopes: either these are there, or its votes. Where the ballot was
    counted or cancelled meanwhile, nothing. Errors: EnvelopeError where there are not as many as were taken out.
    """
    ballot = await kept.locked(tx, taken.ballot.id)
    if ballot is None or ballot.version != taken.ballot.version:
        return
    if await box.burn(tx, ballot.id) != len(taken.sealed):
        raise EnvelopeError
    await _keep(tx, ballot, done)


def disagrees(ballot: Ballot, why: str) -> None:
    """Tells the log of a ballot that cannot be counted, without saying what was in its box."""
    _log.error("a ballot cannot be counted", ballot=str(ballot.id), why=why)


async def cancel(tx: Transaction, id_: str, etag: str, reason: str) -> Ballot:
    """Asks for a ballot to be cancelled that cannot be counted, or confirms that another officer has asked for it.

    Its envelopes and papers are destroyed unopened; who has voted stays known. Errors: as `ballots.office`,
    ETAG_REQUIRED, STALE_ETAG and those of the model.
    """
    ballot = await ballots.office(tx, id_, kept.shut)
    etags.require(etag, ballot.version)
    practice = tx.runtime.settings.mode == "local"
    done = model.cancelling(ballot, tx.caller.subject, reason, tx.now, practice=practice)
    await kept.save(tx, done)
    if done.state is State.CANCELLED:
        await box.burn(tx, done.id)
        await papers.burn(tx, done.id)
        process = ids.parse(done.process)
        if process is not None:
            await processes.let_go(tx, process, done.cancel_reason)
        correlation = done.process or str(done.id)
        tx.emit(events.cancelled(done), aggregate=str(done.id), version=done.version, correlation=correlation)
    return done


async def result(tx: Transaction, id_: str) -> tuple[Ballot, Result]:
    """What came of a ballot. Errors: BALLOT_NOT_FOUND, BALLOT_UNCOUNTED."""
    ballot = await ballots.get(tx, id_)
    found = await store.get(tx, ballot.id)
    if found is None:
        raise precondition("BALLOT_UNCOUNTED", "This ballot is not counted yet.")
    return ballot, found


async def votes(tx: Transaction, id_: str, size: int, token: str) -> tuple[list[tuple[UUID, int]], str]:
    """The votes of a ballot by id, and the token of the next page. Errors: as `result`, PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    ballot, _ = await result(tx, id_)
    most, wanted = paging.page_size(size), str(ballot.id)
    after = paging.read(token, wanted, (UUID,))
    found = await box.votes(tx, ballot.id, after[0] if after else _NONE, most + 1)
    return found[:most], paging.written((found[most - 1][0],), wanted) if len(found) > most else ""


async def part(tx: Transaction, id_: str, after: str) -> tuple[str, str]:
    """A part of the file of votes, and the id of its last vote; empty on the last part. Errors: as `result`,
    BALLOT_WITHHELD, VOTE_UNKNOWN.
    """
    ballot, known = await result(tx, id_)
    if known.withheld:
        message = f"There are fewer than {model.LEAST_VOTES} votes: a file of them would tell how somebody voted."
        raise precondition("BALLOT_WITHHELD", message)
    start = ids.parse(after) if after else _NONE
    if start is None:
        raise precondition("VOTE_UNKNOWN", "Go on after a vote of the part before.")
    found = await box.votes(tx, ballot.id, start, box.PART)
    text = pabulib.votes(found)
    if not after:
        names = dict(enumerate(ballot.names, 1))
        head = Head(ballot.id, ballot.title, tx.runtime.city.currency, names, known.digest)
        outcome = Outcome(known.votes, dict(enumerate(known.approvals, 1)), known.chosen, known.spent)
        text = pabulib.head(head, ballot.terms, outcome) + text
    return text, str(found[-1][0]) if len(found) == box.PART else ""


async def _keep(tx: Transaction, ballot: Ballot, done: Opened) -> None:
    outcome, shown = done.outcome, bool(done.digest)
    await box.keep(tx, ballot.id, done.ids, done.votes)
    await papers.burn(tx, ballot.id)
    await store.add(
        tx,
        Result(
            id=ballot.id,
            votes=outcome.votes,
            withheld=not shown,
            approvals=tuple(outcome.approvals.values()) if shown else (),
            chosen=outcome.chosen if shown else (),
            spent=outcome.spent if shown else 0,
            digest=done.digest,
            rule=rule(ballot.method),
            counted_at=tx.now,
        ),
    )
    counted = model.counted(ballot, tx.now)
    await kept.save(tx, counted)
    process = ids.parse(counted.process)
    if process is not None:
        if shown:  # of too few votes nothing is told: officers decide then
            await proposals.voted(tx, counted.id, outcome.votes, _of_proposals(counted, outcome))
        await processes.release(tx, process)
    correlation = counted.process or str(counted.id)
    event = events.counted(counted, outcome, done.digest)
    tx.emit(event, aggregate=str(counted.id), version=counted.version, correlation=correlation)


def _of_proposals(ballot: Ballot, outcome: Outcome) -> dict[str, tuple[int, bool]]:
    """By the code of a proposal how many approve of it, and whether it was chosen."""
    return {
        proposal: (outcome.approvals[number], number in outcome.chosen)
        for number, proposal in enumerate(ballot.proposals, 1)
    }
