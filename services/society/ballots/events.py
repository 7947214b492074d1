"""Builds the event messages of ballots. There is none of a vote."""

from services.kit.rpc import protos
from services.society.ballots.model import Ballot
from services.society.counting.votes import Outcome
from smartcity.society.v1 import events_pb2


def announced(one: Ballot) -> events_pb2.BallotAnnounced:
    """An agency holds it."""
    return events_pb2.BallotAnnounced(
        id=str(one.id),
        agency=one.agency,
        process=one.process,
        open_time=protos.timestamp(one.opens_at),
        close_time=protos.timestamp(one.closes_at),
    )


def cancelled(one: Ballot) -> events_pb2.BallotCancelled:
    """It could not be counted, and two officers have called it off."""
    return events_pb2.BallotCancelled(id=str(one.id), agency=one.agency, process=one.process)


def counted(one: Ballot, outcome: Outcome, digest: str) -> events_pb2.BallotCounted:
    """It was counted; without a digest it has too few votes for more than their number."""
    chosen = outcome.chosen if digest else ()
    return events_pb2.BallotCounted(
        id=str(one.id),
        process=one.process,
        votes=outcome.votes,
        digest=digest,
        chosen=chosen,
        chosen_proposals=[found for number in chosen if (found := one.proposals[number - 1])],
    )
