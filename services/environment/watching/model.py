"""What is remembered of the rules that datastreams are held to, and what their watches make of a batch. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.environment.alarms import model as alarms
from services.environment.alarms.model import About, Alarm
from services.environment.datastreams.model import Correction, holding
from services.environment.observations.model import Taken
from services.environment.rules import engine
from services.environment.rules.engine import Clock, Turn, Watch
from services.environment.rules.model import Rule
from services.kit import ids

STEP = 2_000
"""Readings after which others are served."""


@dataclass
class Held:
    """A rule with its watch, and its alarm that is open."""

    rule: Rule
    watch: Watch
    alarm: Alarm | None = None


class Came(NamedTuple):
    """A raw reading that counts."""

    at: datetime
    received: datetime
    value: float


class Reach(NamedTuple):
    """The readings that a memory is made of: from ``since`` until before ``before``, both of measuring."""

    since: datetime
    before: datetime


class Turned(NamedTuple):
    """A turn of a rule's alarm; when the reading was measured that made it."""

    held: Held
    turn: Turn
    at: datetime


@dataclass
class Stream:
    """A datastream with the rules that it is held to. Calibrations come the newest first."""

    number: int
    held: Sequence[Held]
    calibrations: Sequence[Correction] = ()
    holds: Correction | None = None
    """The calibration of the newest reading."""

    def read(self, row: Sequence[Taken], received: int, turned: list[Turned]) -> None:
        """Raw readings that came at ``received``, in milliseconds; the turns that they make are added."""
        measured = [engine.milliseconds(one.at) for one in row]
        if max(measured) > received:  # by a fast clock: all in the order in which they count
            counting = [Clock.PHENOMENON.reads(at, received) for at in measured]
            order = sorted(range(len(row)), key=counting.__getitem__)
            row, measured = [row[place] for place in order], [counting[place] for place in order]
        if self.calibrations:
            for one, at in zip(row, measured, strict=True):
                self._read([one], [at], [self._calibrated(one.at, one.value)], received, turned)
        else:
            self._read(row, measured, [one.value for one in row], received, turned)

    def _read(
        self, row: Sequence[Taken], measured: list[int], values: Sequence[float], received: int, turned: list[Turned]
    ) -> None:
        came = [received] * len(measured)
        for held in self.held:
            counting = came if held.rule.clock is Clock.ARRIVAL else measured
            for place, turn in held.watch.read_row(counting, values):
                turned.append(Turned(held, turn, row[place].at))

    def take_over(self, readings: Sequence[Came], alarm_of: Mapping[UUID, Alarm], now: datetime) -> Iterator[int]:
        """Goes on where another process ended; says how many readings each step of it took.

        Readings come as they were measured.
        """
        self.holds = holding(self.calibrations, readings[-1].at if readings else now)
        alike = [one for one in readings if holding(self.calibrations, one.at) is self.holds]
        yield len(readings)
        for held in self.held:
            alarm = alarm_of.get(held.rule.id)
            held.alarm = alarm if alarm is not None and alarm.open else None
            counting = [one for one in alike if one.received > held.rule.updated_at]
            clock = held.rule.clock
            counting.sort(
                key=lambda one: clock.reads(one.at, one.received)
            )  # stable: what counts at once stays as it was
            last = last_turn(held, alarm) if alarm else None
            held.watch.take_over(last)
            yield len(readings)
            for first in range(0, len(counting), STEP):
                some = counting[first : first + STEP]
                times = (engine.milliseconds(clock.reads(one.at, one.received)) for one in some)
                held.watch.recollect(last, zip(times, (_shown(one.value, self.holds) for one in some), strict=True))
                yield len(some)

    def _calibrated(self, at: datetime, value: float) -> float:
        holds = holding(self.calibrations, at)
        if holds is not self.holds:
            self.holds = holds
            for held in self.held:
                held.watch.forget()
        return _shown(value, holds)


@dataclass
class Memory:
    """What a process that takes readings in remembers of rules."""

    edition: int = -1
    """Of the registry."""
    streams: dict[int, Stream | None] = field(default_factory=dict)
    """By the datastream's number; None: it is held to nothing."""


def _shown(value: float, holds: Correction | None) -> float:
    return holds.shown(value) if holds else value


def reach(held: Sequence[Held], period: timedelta) -> timedelta:
    """How far back the readings reach that watches' memories are made of; two periods more, for the one before."""
    return timedelta(milliseconds=max(one.watch.reach for one in held)) + 2 * period


def last_turn(held: Held, alarm: Alarm) -> Turn:
    """The last turn of a rule's alarm, by the rule's clock."""
    measured, known = alarm.opened_at, alarm.created_at
    if alarm.cleared_at is not None and alarm.ended_at is not None:
        measured, known = alarm.cleared_at, alarm.ended_at
    at = engine.milliseconds(held.rule.clock.reads(measured, known))
    return Turn(alarm.open, at, alarm.value if alarm.open else None)


def settle(turned: Iterable[Turned], about: Mapping[UUID, About], now: datetime) -> tuple[list[Alarm], list[Alarm]]:
    """The alarms that were opened, some of them over already, and those from before that are over.

    Turns of rules that hold no more are passed over.
    """
    opened: dict[UUID, Alarm] = {}
    cleared: list[Alarm] = []
    for held, turn, at in turned:
        if held.rule.id not in about:
            continue
        if turn.opens:
            of = about[held.rule.id]
            held.alarm = Alarm(**vars(of), id=ids.uuid7(), value=turn.value, opened_at=at, created_at=now)
            opened[held.alarm.id] = held.alarm
        elif held.alarm is not None:
            # What broke a silence may have been measured before that was long enough, and come after.
            over = alarms.cleared(held.alarm, max(at, held.alarm.opened_at), now)
            if over.id in opened:
                opened[over.id] = over
            else:
                cleared.append(over)
            held.alarm = None
    return list(opened.values()), cleared
