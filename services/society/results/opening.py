"""Opening a box, away from the event loop: envelopes are unsealed, votes shuffled, given their ids, and counted."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.society.ballots.model import LEAST_VOTES, Ballot
from services.society.booths import actions as booths
from services.society.booths.model import Booth
from services.society.box import envelopes, shuffling
from services.society.box.envelopes import EnvelopeError, Keys
from services.society.counting.commitment import digest, line
from services.society.counting.counts import count
from services.society.counting.votes import Outcome, possible, profile


class Box(NamedTuple):
    """What was taken out of a ballot's box, all of it sealed, and by what it is opened."""

    secret: bytes
    ballot: Ballot
    sealed: Sequence[bytes]
    booths: Sequence[Booth]


class Opened(NamedTuple):
    """What was in the box."""

    ids: Sequence[UUID]
    votes: Sequence[int]
    outcome: Outcome
    digest: str
    """Empty where there are too few votes to publish them."""


def opened(secret: bytes, ballot: Ballot, sealed: Sequence[bytes], counted: Sequence[Booth]) -> Opened:
    """Opens it. Errors: EnvelopeError where something in it is no vote, UnreadableError where a booth has no count."""
    keys, papers = Keys(ballot.public_key, ballot.private_key), booths.opened(secret, counted)
    votes = shuffling.shuffled([*envelopes.unseal_all(secret, ballot.id, keys, sealed), *papers])
    if not all(possible(ballot.terms, bits) for bits in votes):
        raise EnvelopeError
    outcome = count(ballot.terms, profile(votes))
    if len(votes) < LEAST_VOTES:
        return Opened((), (), outcome, "")
    ids = shuffling.new_ids(len(votes))
    return Opened(ids, votes, outcome, digest(ballot.id, map(line, ids, votes)))
