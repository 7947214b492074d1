"""The vote of a process: how long it goes on, and what becomes of its dates where it begins late. Pure rules."""

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from services.kit.errors import invalid
from services.society.processes.model import PUBLIC, Phase, Process

LATE = timedelta(minutes=15)
"""How late a vote may begin by itself without what comes after it being postponed."""
SHORTEST_VOTE, SHORTEST_OF_PRACTICE = timedelta(hours=1), timedelta(seconds=1)
LONGEST_VOTE = timedelta(days=92)


def check_vote(process: Process, zone: tzinfo, *, practice: bool) -> None:
    """Lets only pass what a ballot can be held by, where a vote has its dates; for practice it may be of a second. Days
    are of the city, in ``zone``. Errors: PROCESS_DATES_INVALID, PROCESS_VOTERS_INVALID.
    """
    begins, ends = process.vote_at, process.carry_out_at
    if begins is None or ends is None:
        return
    if not (SHORTEST_OF_PRACTICE if practice else SHORTEST_VOTE) <= ends - begins <= LONGEST_VOTE:
        message = f"A vote goes on for an hour to {LONGEST_VOTE.days} days; it ends when this begins."
        raise invalid("PROCESS_DATES_INVALID", message, field="carry_out")
    if process.cut_off is not None and process.cut_off > ends.astimezone(zone).date():
        message = "The cut-off day is no later than the last day of the vote."
        raise invalid("PROCESS_VOTERS_INVALID", message, field="cut_off")


def is_late(process: Process, now: datetime) -> bool:
    """Whether its vote has not begun on its date, as while the platform was down: then it goes on for as long as was
    announced from when it begins, and what comes after it later by as much.
    """
    return process.votes and process.vote_at is not None and Phase.VOTE.after(process.phase) and (
        now - process.vote_at > LATE
    )  # fmt: skip


def begun(process: Process, now: datetime) -> Process:
    """One in its vote, when its ballot is announced only now: where that is late, as while the bus was down, the vote
    goes on from now for as long as was announced.
    """
    late = process.vote_at is not None and now - process.vote_at > LATE
    return postponed(process, now) if late else process


def postponed(process: Process, now: datetime) -> Process:
    """One whose vote is late, as it begins now: what comes after it is later by as much."""
    assert process.vote_at is not None
    by, after = now - process.vote_at, process.dates
    later = {
        phase.value: at + by for phase in PUBLIC if phase.after(Phase.VOTE) and (at := after.of(phase)) is not None
    }
    return process.with_dates(replace(after, vote=now, **later))
