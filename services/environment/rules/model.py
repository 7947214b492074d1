"""A rule: what a datastream is held to, and since when. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.environment.alarms.model import Kind
from services.environment.rules.engine import Clock, Terms
from services.kit.errors import invalid, precondition

LEVELS = ("waspada", "siaga", "awas")
"""Names of rules that mean a level of a warning, the least first."""
MOST_OF_A_DATASTREAM = 20
"""Rules: each reading is held to all of them."""
OPENINGS = 500
"""Most alarms that a trial answers with."""
READINGS = 50_000
"""Most readings that a trial looks at: those of a month, one a minute."""
LONGEST_DAYS = 31
"""Most days of a trial."""


class Leveled(NamedTuple):
    """What of a rule says when it speaks for a level of a warning."""

    name: str
    kind: Kind
    bound: float
    below: bool

    @property
    def rank(self) -> int | None:
        """Of its level; None where it means none."""
        return LEVELS.index(self.name) if self.kind is Kind.THRESHOLD and self.name in LEVELS else None


@dataclass(frozen=True)
class Rule:
    """One of them. Times are UTC; ``version`` counts its changes; ``updated_at`` is since when it says what it says.

    ``datastream`` is the number that stands for it in the table of readings. What the terms mean says ``Terms``.
    """

    id: UUID
    version: int
    datastream: int
    thing: UUID
    name: str
    kind: Kind
    clock: Clock
    bound: float
    below: bool
    hysteresis: float
    dwell: int
    calm: int
    span: int
    paused: bool
    reason: str
    by: str
    made_up: bool
    source: str
    created_at: datetime
    updated_at: datetime

    @property
    def terms(self) -> Terms:
        """What it says."""
        return Terms(self.clock, self.bound, self.below, self.hysteresis, self.dwell, self.calm, self.span)

    @property
    def leveled(self) -> Leveled:
        """When it speaks for a level of a warning."""
        return Leveled(self.name, self.kind, self.bound, self.below)


@dataclass(frozen=True)
class Version:
    """What a rule said from a moment on, by whom and why."""

    version: int
    clock: Clock
    bound: float
    below: bool
    hysteresis: float
    dwell: int
    calm: int
    span: int
    paused: bool
    reason: str
    by: str
    created_at: datetime

    @property
    def terms(self) -> Terms:
        """What it said."""
        return Terms(self.clock, self.bound, self.below, self.hysteresis, self.dwell, self.calm, self.span)


def fitting(kind: Kind, terms: Terms, period: int) -> Terms:
    """The terms without what a kind has no use for. ``period`` is the datastream's, in seconds.

    Errors: LIMIT_INVALID, HYSTERESIS_INVALID, WINDOW_INVALID.
    """
    if kind in {Kind.SILENCE, Kind.STUCK}:
        _check_span(terms, 2 * period)
        bound = terms.bound if kind is Kind.STUCK else 0.0
        if bound < 0:
            raise invalid("LIMIT_INVALID", "By how much values may differ is not less than zero.", field="terms.limit")
        return Terms(clock=terms.clock, bound=bound, span=terms.span)
    if kind is Kind.THRESHOLD:
        return replace(terms, span=0)
    _check_span(terms, period)
    if terms.bound <= 0:
        raise invalid("LIMIT_INVALID", "By how much the value rises or falls is more than zero.", field="terms.limit")
    if terms.hysteresis >= terms.bound:
        message = "The hysteresis lies below the limit; else the alarm would never clear."
        raise invalid("HYSTERESIS_INVALID", message, field="terms.hysteresis")
    return terms


def within(kind: Kind, terms: Terms, measurable: tuple[float, float]) -> None:
    """A threshold is a value that the sensor can measure: what it cannot raises no alarm. So is one that lies back far
    enough: else an alarm that is open never clears.

    Errors: LIMIT_OUT_OF_RANGE, HYSTERESIS_INVALID.
    """
    if kind is not Kind.THRESHOLD:
        return
    least, most = measurable
    if not least <= terms.bound <= most:
        message = f"The sensor measures {least:g} to {most:g}: this limit would never be reached, or always."
        raise invalid("LIMIT_OUT_OF_RANGE", message, field="terms.limit")
    back = terms.bound + terms.hysteresis if terms.below else terms.bound - terms.hysteresis
    if not (back < most if terms.below else least < back):
        message = f"The sensor measures {least:g} to {most:g}, nothing beyond {back:g}: the alarm would never clear."
        raise invalid("HYSTERESIS_INVALID", message, field="terms.hysteresis")


def in_order(rule: Leveled, others: Iterable[Leveled]) -> None:
    """Of the rules of a datastream that are called as levels of a warning, the graver one speaks later.

    Errors: LIMITS_OUT_OF_ORDER.
    """
    for other in others:
        if rule.rank is None or other.rank is None or rule.name == other.name or rule.below is not other.below:
            continue
        farther, nearer = (rule, other) if rule.rank > other.rank else (other, rule)
        if farther.bound == nearer.bound or (farther.bound < nearer.bound) is not rule.below:
            message = (
                f'"{other.name}" lies at {other.bound:g}, and a graver level of a warning beyond a lesser one. '
                "Change that one first if it is to move."
            )
            raise precondition("LIMITS_OUT_OF_ORDER", message, field="terms.limit")


def changed(
    rule: Rule, terms: Terms, *, paused: bool, reason: str, by: str, now: datetime, confirmed: bool = False
) -> Rule:
    """The rule, with other terms from now on. ``terms`` are fitting.

    A limit that officers say is theirs, and made up no more; one that stays as it was only where they have
    ``confirmed`` it.
    """
    same = (terms.bound, terms.below, terms.span) == (rule.bound, rule.below, rule.span)
    made_up = rule.made_up and same and not confirmed
    return replace(
        rule, **vars(terms), paused=paused, reason=reason, by=by, made_up=made_up, version=rule.version + 1,
        updated_at=now,
    )  # fmt: skip


def _check_span(terms: Terms, least: int) -> None:
    if terms.span < least:
        message = f"Readings of this datastream come so far apart that the window has {least} seconds at least."
        raise invalid("WINDOW_INVALID", message, field="terms.window_seconds")
