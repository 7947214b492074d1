"""What a zone's gauges want of its warning. Pure rules."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.environment.criteria.model import Automatic, Level, Step, highest
from services.environment.warnings.model import ENDS, Change, FloodWarning, Proposal, State

EXTENDED_BEFORE = timedelta(minutes=30)
"""A warning whose gauges still speak is extended so long before its end."""


class Speaking(NamedTuple):
    """A level that a gauge speaks of, and since when its alarm is known."""

    level: Level
    since: datetime


class Word(NamedTuple):
    """What officers said of a zone: of what they knew, up to a level, no more than ``left``."""

    level: Level
    at: datetime
    left: Level | None = None
    """At which they raised its warning, or to which they changed it; None: none at all."""


class Standing(NamedTuple):
    """A zone's live warning, and the level that is asked for and not decided on."""

    state: State
    level: Level
    automatic: bool
    expires_at: datetime | None
    asked: Level | None


class Wants(NamedTuple):
    """What gauges want: a step that is taken without a human, and one that an officer is asked for after it."""

    taken: Change | None = None
    asked: Change | None = None


def counting(speaking: Iterable[Speaking], words: Sequence[Word]) -> list[Level]:
    """The levels that count. Of an alarm that officers knew, and that is no graver than they meant, their last word
    counts, whatever happens in the zone since: it asks for no more than they left, and where they ended or rejected the
    warning for none.
    """
    return [level for one in speaking if (level := _counts(one, words)) is not None]


def _counts(one: Speaking, words: Sequence[Word]) -> Level | None:
    knew = [word for word in words if one.since <= word.at and one.level.rank <= word.level.rank]
    left = max(knew, key=lambda word: word.at).left if knew else one.level
    return one.level if left is not None and left.rank > one.level.rank else left


def wanted(
    warning: FloodWarning | None, spoken: Level | None, may: Automatic, unmeasured: Level | None = None
) -> Wants:
    """What a zone's gauges want now, by the gravest level that they speak of.

    ``warning`` is the zone's live one. An officer's higher level stays: gauges lower only what they raised, and not
    below what was ``unmeasured`` since: that a rule was paused is no proof that the danger is over.
    """
    held = warning.level if warning is not None and warning.state is State.IN_FORCE else None
    if warning is None or held is None:
        return Wants() if spoken is None else _rise(None, spoken, may)
    if spoken is not None and spoken.rank > held.rank:
        return _rise(held, spoken, may)
    left = highest(filter(None, (spoken, unmeasured)))
    if not warning.automatic or (left is not None and left.rank >= held.rank):
        return Wants()
    change = Change(Step.CLEAR, held) if left is None else Change(Step.UPDATE, left, may.hours)
    return Wants(taken=change) if held in may.lowers else Wants(asked=change)


def _rise(held: Level | None, spoken: Level, may: Automatic) -> Wants:
    """As high as may be without a human; the rest is asked for."""
    step, reached = Step.RAISE if held is None else Step.UPDATE, may.reaches(spoken)
    if reached is None or (held is not None and reached.rank <= held.rank):
        return Wants(asked=Change(step, spoken, may.hours))
    rest = None if reached is spoken else Change(Step.UPDATE, spoken, may.hours)
    return Wants(Change(step, reached, may.hours), rest)


def speaks_on(warning: FloodWarning, spoken: Level | None) -> bool:
    """Whether the gauges that raised a warning still say so, or worse."""
    return warning.automatic and spoken is not None and spoken.rank >= warning.level.rank


def is_unmeasured(spoken: Level | None, unmeasured: Level | None) -> bool:
    """Whether what was unmeasured since is graver than all that gauges speak of: when they fall silent it is left."""
    return unmeasured is not None and (spoken is None or spoken.rank < unmeasured.rank)


def stands(proposal: Proposal, change: Change, held: Level | None) -> bool:
    """Whether what waits is not to be replaced by what a gauge wants: it is the same, or an officer's and as grave, or
    the gauge wants no more than there is (``held``).
    """
    if not proposal.by:
        return (proposal.step, proposal.level) == (change.step, change.level)
    if _falls(change, held):
        return True
    return proposal.step not in ENDS and proposal.level.rank >= change.level.rank


def stands_unmeasured(proposal: Proposal, unmeasured: Level | None, held: Level | None) -> bool:
    """Whether nobody can tell that what waits to be raised is not needed any more: its gauge was silenced, and fell not
    silent.
    """
    if unmeasured is None or proposal.step in ENDS or proposal.level.rank > unmeasured.rank:
        return False
    return held is None or proposal.level.rank > held.rank


def still_waits(proposal: Proposal, wants: Wants, held: Level | None) -> bool:
    """Whether what waits still makes sense after what gauges take of a warning at ``held``: an officer wanted more than
    they raise it to, or other than they lower it to, or it is the gauges' own and they ask for it on.
    """
    taken, ends = wants.taken, proposal.step in ENDS
    if not proposal.by:
        rises = taken is not None and taken.step not in ENDS
        return rises and not ends and wants.asked is not None and proposal.level is wants.asked.level
    if taken is None or taken.step in ENDS:
        return taken is None or not ends
    if _falls(taken, held):
        return ends or proposal.level is not taken.level
    return not ends and proposal.level.rank > taken.level.rank


def _falls(change: Change, held: Level | None) -> bool:
    return change.step in ENDS or (held is not None and change.level.rank < held.rank)


def followed(one: Speaking, standing: Standing | None, decided: datetime | None) -> bool:
    """Whether a gauge's word is in force or asked for, or officers have decided otherwise since (``decided``)."""
    held = standing.level if standing is not None and standing.state is State.IN_FORCE else None
    asked = standing.asked if standing is not None else None
    reached = any(level is not None and level.rank >= one.level.rank for level in (held, asked))
    return reached or (decided is not None and decided >= one.since)


def ends_early(standing: Standing | None, speaking: Iterable[Speaking], now: datetime) -> bool:
    """Whether officers' warning, which nobody extends by itself, ends soon and gauges still speak as gravely."""
    if standing is None or standing.state is not State.IN_FORCE or standing.automatic or standing.expires_at is None:
        return False
    soon = standing.expires_at <= now + EXTENDED_BEFORE
    return soon and any(one.level.rank >= standing.level.rank for one in speaking)
