"""What a zone's gauges want of its warning. Pure rules."""

from datetime import timedelta

from services.environment.criteria.model import Level, Step
from services.environment.warnings.model import ENDS, Change, FloodWarning, Proposal, State

EXTENDED_BEFORE = timedelta(minutes=30)
"""A warning whose gauges still speak is extended so long before its end."""


def wanted(warning: FloodWarning | None, spoken: Level | None, hours: int) -> Change | None:
    """What a zone's gauges want now, by the gravest level that they speak of; None where all is as they say.

    ``warning`` is the zone's live one. An officer's higher level stays: gauges lower only what they raised.
    """
    if warning is None or warning.state is State.PROPOSED:
        return Change(Step.RAISE, spoken, hours) if spoken is not None else None
    if spoken is None:
        return Change(Step.CLEAR, warning.level) if warning.automatic else None
    if spoken is warning.level or (spoken.rank < warning.level.rank and not warning.automatic):
        return None
    return Change(Step.UPDATE, spoken, hours)


def by_itself(warning: FloodWarning | None, change: Change, raises: frozenset[Level], lowers: frozenset[Level]) -> bool:
    """Whether the criteria let a gauge's step be taken without a human."""
    in_force = warning is not None and warning.state is State.IN_FORCE
    if warning is not None and in_force and (change.step is Step.CLEAR or change.level.rank < warning.level.rank):
        return warning.level in lowers
    return change.level in raises


def stands(proposal: Proposal, change: Change) -> bool:
    """Whether what waits is not to be replaced by what a gauge wants: it is the same, or an officer's and as grave."""
    if not proposal.by:
        return (proposal.step, proposal.level) == (change.step, change.level)
    return change.step in ENDS or (proposal.step not in ENDS and proposal.level.rank >= change.level.rank)


def still_higher(proposal: Proposal, change: Change) -> bool:
    """Whether what waits still makes sense after a gauge's step: an officer wanted more than the gauge says."""
    return proposal.step not in ENDS and change.step is not Step.CLEAR and proposal.level.rank > change.level.rank
