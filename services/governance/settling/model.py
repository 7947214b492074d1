"""Closing an incident: what has to be done before, and reports that contradict what is known of it. Pure rules."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from services.governance.incidents import model as incidents
from services.governance.incidents.model import Incident, Outcome, State
from services.kit.errors import DomainError, Kind, precondition


class Report(NamedTuple):
    """What is said of its end."""

    outcome: Outcome
    words: str
    hurt: int = 0
    dead: int = 0


class Facts(NamedTuple):
    """What is known of it, with all that was merged into it."""

    working: Sequence[str] = ()
    """Codes of units that are at work on it."""
    unanswered: int = 0
    """Hand-offs that nobody has acknowledged yet."""
    standing: int = 0
    """Hand-offs that were acknowledged and not withdrawn: somebody has it."""


class Contradiction(NamedTuple):
    """What an outcome excludes, and how to mend it."""

    outcome: Outcome
    is_so: Callable[[Incident, Report, Facts], bool]
    refusal: tuple[Kind, str, str]


CONTRADICTIONS = (
    Contradiction(
        Outcome.HANDED_OFF,
        lambda one, report, facts: not facts.standing,
        (
            Kind.PRECONDITION,
            "NOBODY_HAS_IT",
            "Nobody has acknowledged a hand-off of it that stands. Hand it off and note that they have it, or choose "
            "another outcome.",
        ),
    ),
    Contradiction(
        Outcome.NOTHING_FOUND,
        lambda one, report, facts: bool(report.hurt or report.dead),
        (
            Kind.INVALID,
            "PEOPLE_WERE_FOUND",
            "The report tells of people who were hurt or died. Choose another outcome, or put their number right.",
        ),
    ),
    Contradiction(
        Outcome.CALLED_OFF,
        # No unit is at work on it any more: then it is cleared exactly where one was there.
        lambda one, report, facts: one.state is State.CLEARED,
        (
            Kind.PRECONDITION,
            "UNIT_WAS_THERE",
            "A unit was there. Choose what it did: it dealt with it, or found nothing.",
        ),
    ),
    Contradiction(
        Outcome.CALLED_OFF,
        lambda one, report, facts: bool(facts.standing),
        (
            Kind.PRECONDITION,
            "HAND_OFF_STANDS",
            "Whoever acknowledged a hand-off has it still. Tell them and withdraw that, or close it as handed off.",
        ),
    ),
)
"""Refused, in this order. Not among them is what looks odd and happens: the hurt went to hospital in a neighbour's car,
and the ambulance was called off; units dealt with it, or found nothing, that are not in the platform or went by radio,
as of a paper form; the police have it, and found nothing. So one outcome is always left: that it was dealt with.
"""


def closed(one: Incident, report: Report, facts: Facts, now: datetime) -> Incident:
    """It has ended. Errors: INCIDENT_OVER, UNITS_AT_WORK, HAND_OFF_UNANSWERED and those of ``CONTRADICTIONS``."""
    if not one.open:
        raise incidents.over(one)
    if facts.working:
        at_work = ", ".join(facts.working)
        raise precondition("UNITS_AT_WORK", f"Still at work on it: {at_work}. Let them leave it first.")
    if facts.unanswered:
        message = "Nobody has acknowledged a hand-off of it yet; note that first, or withdraw it."
        raise precondition("HAND_OFF_UNANSWERED", message)
    _require_true(one, report, facts)
    return replace(
        incidents.touched(one, now), state=State.CLOSED, outcome=report.outcome, report=report.words, hurt=report.hurt,
        dead=report.dead, closed_at=now,
    )  # fmt: skip


def _require_true(one: Incident, report: Report, facts: Facts) -> None:
    for each in CONTRADICTIONS:
        if each.outcome is report.outcome and each.is_so(one, report, facts):
            kind, reason, message = each.refusal
            raise DomainError(kind, reason, message, field="outcome")
