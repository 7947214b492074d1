"""What can be done with booths: one function per use case."""

import hmac
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from services.kit.database import Transaction
from services.kit.errors import precondition
from services.kit.ids import uuid7
from services.kit.mail import sealing
from services.kit.rpc import etag as etags
from services.society.ballots import actions as ballots
from services.society.ballots import model as rules
from services.society.ballots import store as kept
from services.society.ballots.model import Ballot
from services.society.booths import model, store
from services.society.booths.model import Booth, Count, Lines, State
from services.society.counting.votes import mask, possible
from services.society.roll import store as roll


async def listed(tx: Transaction, id_: str) -> list[Booth]:
    """The booths of a ballot of the caller's agency. Errors: as `ballots.office`."""
    return await of_ballot(tx, await ballots.office(tx, id_))


async def of_ballot(tx: Transaction, ballot: Ballot) -> list[Booth]:
    """The booths of a ballot, by name."""
    counts = await store.of_ballot(tx, ballot.id)
    turnout = await roll.turnout(tx, ballot.id)
    over = ballot.state is rules.State.COUNTED
    return [
        Booth(name, voters, tuple(one for one in counts if one.booth == name), over)
        for name, voters in turnout.items()
        if name
    ]


async def enter(
    tx: Transaction, id_: str, name: str, request_id: str, papers: Sequence[tuple[int, Sequence[int]]]
) -> Booth:
    """The caller has counted a booth; where the two differed, the other has to count it again, too.

    Whether this is a repeat is known by the caller's count: what idempotency keeps elsewhere would tell what it holds.
    Errors: as `ballots.office`, REQUEST_ID_REQUIRED, IDEMPOTENCY_KEY_REUSED, BALLOT_OPEN, CHOICES_INVALID,
    BOOTH_UNKNOWN and those of the model.
    """
    key = ballots.request_key(tx, request_id)
    ballot = await ballots.office(tx, id_, kept.locked)
    found = model.lines((mask(set(options)), number) for number, options in papers)
    booths, digest = await of_ballot(tx, ballot), _digest(tx, ballot, found)
    before = model.repeated(booths, tx.caller.subject, key, name, digest)
    if before is not None:
        return before
    ballot.require_closed(tx.now)
    if not all(possible(ballot.terms, bits) for bits, _ in found):
        raise rules.choices_invalid()
    booth = _named(booths, name)
    number = sum(papers for _, papers in found)
    model.require_countable(booth, tx.caller.subject, number)
    own = next((one for one in booth.counts if one.counted_by == tx.caller.subject), None)
    row = own or Count(uuid7(), ballot.id, name, tx.caller.subject, number, digest, b"", tx.now)
    made = replace(row, papers=number, digest=digest, created_at=tx.now, key=key, aside=False)
    await store.save(tx, replace(made, sealed=_seal(tx, made, found)))
    if booth.state is State.DIFFERS:
        for other in booth.standing:
            if other.counted_by != tx.caller.subject:
                await store.save(tx, other.again)
    return _named(await of_ballot(tx, ballot), name)


async def set_aside(tx: Transaction, id_: str, name: str, reason: str) -> Booth:
    """An officer has a booth counted from nothing whose two counts do not agree, as where one of the two is gone.

    Errors: as `ballots.office`, BALLOT_OPEN, INVALID_TRANSITION, BOOTH_UNKNOWN and those of the model.
    """
    ballot = await ballots.office(tx, id_, kept.locked)
    ballot.require_closed(tx.now)
    booth = _named(await of_ballot(tx, ballot), name)
    for one in model.set_aside(booth, tx.caller.subject, reason, tx.now):
        await store.save(tx, one)
    return _named(await of_ballot(tx, ballot), name)


async def count(tx: Transaction, id_: str, etag: str) -> Ballot:
    """Has a ballot counted, once all votes and papers are written that were let in before its end.

    Errors: as `ballots.office`, ETAG_REQUIRED, STALE_ETAG, BALLOT_OPEN, INVALID_TRANSITION, BOOTHS_UNCOUNTED.
    """
    ballot = await ballots.office(tx, id_, kept.shut)
    etags.require(etag, ballot.version)
    done = rules.counting(ballot, tx.now)
    missing = model.uncounted(await of_ballot(tx, ballot))
    if missing:
        message = f"Two people have to find the same in each booth. Not yet: {', '.join(missing)}."
        raise precondition("BOOTHS_UNCOUNTED", message)
    await kept.save(tx, done)
    return done


def opened(secret: bytes, booths: Sequence[Booth]) -> list[int]:
    """All papers of booths whose counts agree. Errors: UnreadableError."""
    found: list[int] = []
    for one in booths:
        first = one.standing[0]
        plain = sealing.unseal(secret, first.id, first.sealed)
        for bits, papers in msgspec.json.decode(plain, type=list[tuple[int, int]]):
            found += [bits] * papers
    return found


def _named(booths: Sequence[Booth], name: str) -> Booth:
    found = next((one for one in booths if one.name == name), None)
    if found is None:
        raise precondition("BOOTH_UNKNOWN", "Nobody was given a paper in a booth of that name.")
    return found


def _digest(tx: Transaction, ballot: Ballot, found: Lines) -> bytes:
    return hmac.digest(ballots.secret(tx), b"papers 1\n" + ballot.id.bytes + msgspec.json.encode(found), "sha256")


def _seal(tx: Transaction, one: Count, found: Lines) -> bytes:
    return sealing.seal(ballots.secret(tx), one.id, msgspec.json.encode(found))
