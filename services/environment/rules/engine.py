"""When a rule's alarm opens and clears, reading by reading. Pure.

A watch holds one rule to the readings of one datastream and remembers what they left behind: whether its alarm is
open, and since when the opposite seems to be the case. It answers with the turn that a reading, or the passing of
time, makes; an alarm that is open does not open again, and one that is not does not clear.

Which clock counts is the rule's choice. By PHENOMENON a reading counts at the time it was measured, and one that is
older than the last is passed over: what comes out of order raises no alarm about water that has gone. It counts no
later than it came: what a fast clock dates ahead keeps nothing that is measured until then from being judged. By
ARRIVAL it counts when it came, in the order in which it came. Times are milliseconds since 1970 by that clock.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple, TypeVar

from services.environment.alarms.model import Kind

_NEVER = -(1 << 62)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
Time = TypeVar("Time", int, datetime)


class Clock(Enum):
    """Which time of a reading counts."""

    PHENOMENON = "phenomenon"
    ARRIVAL = "arrival"

    def reads(self, measured: Time, came: Time) -> Time:
        """When what was measured at one time and came at another counts."""
        return came if self is Clock.ARRIVAL else min(measured, came)


@dataclass(frozen=True)
class Terms:
    """What a rule says: times in seconds, values in the datastream's own unit."""

    clock: Clock = Clock.PHENOMENON
    bound: float = 0.0
    """Of THRESHOLD: the value from which on it counts. Of RATE: the rise within ``span``. Of STUCK: how much values
    may differ and still be the same."""
    below: bool = False
    """Whether it counts from the bound downwards (THRESHOLD), or a fall rather than a rise (RATE)."""
    hysteresis: float = 0.0
    """By how much it must be back within the bound to be over (THRESHOLD, RATE)."""
    dwell: int = 0
    """How long it must last to open (THRESHOLD, RATE)."""
    calm: int = 0
    """How long it must be over to clear (THRESHOLD, RATE)."""
    span: int = 0
    """Of RATE: over how long the rise is measured. Of SILENCE and STUCK: after how long."""


class Turn(NamedTuple):
    """An alarm opens, or clears: when by the rule's clock, and at which value (None where silence opened it)."""

    opens: bool
    at: int
    value: float | None


class Watch(ABC):
    """A rule's memory of one datastream."""

    __slots__ = ("calm", "dwell", "is_open", "last", "since", "terms", "window")

    def __init__(self, terms: Terms) -> None:
        """Nothing has been read."""
        self.terms = terms
        self.dwell, self.calm, self.window = 1_000 * terms.dwell, 1_000 * terms.calm, 1_000 * terms.span
        self.is_open = False
        self.last = _NEVER
        """Time of the newest reading that counted."""
        self.since: int | None = None
        """Since when the opposite of what is the case holds: beyond the bound while closed, back while open."""

    def read(self, at: int, value: float) -> Turn | None:
        """A reading, by the rule's clock; the turn that it makes, if any."""
        if at < self.last:
            return None
        self.last = at
        return self._read(at, value)

    def read_row(self, times: Sequence[int], values: Sequence[float]) -> list[tuple[int, Turn]]:
        """Readings one after another; the turns that they make, each with the place of its reading."""
        read = self.read
        return [
            (place, turn)
            for place, (at, value) in enumerate(zip(times, values, strict=True))
            if (turn := read(at, value)) is not None
        ]

    def look(self, now: int) -> Turn | None:
        """The passing of time."""
        return None

    def take_over(self, turned: Turn | None) -> None:
        """Goes on where another watch ended: at the alarm's last turn. ``recollect`` follows."""
        self.is_open = turned is not None and turned.opens
        if turned is not None and turned.opens:
            self.last = turned.at
            self._recall(turned.value)

    def recollect(self, turned: Turn | None, readings: Iterable[tuple[int, float]]) -> None:
        """Reads again what another watch has seen, some at once, as far back as ``reach``: nothing turns by it."""
        is_open = self.is_open
        for at, value in readings:
            if turned is not None and at <= turned.at:
                self._prime(at, value)
            elif self.read(at, value) is not None:
                self.is_open, self.since = is_open, None  # corrected since, so that it would have turned

    def forget(self) -> None:
        """Readings so far are not to be compared with what comes: another calibration holds. An open alarm stays."""
        self.since = None

    @property
    def reach(self) -> int:
        """How far back the readings reach that its memory is made of, in milliseconds."""
        return max(self.dwell, self.calm, self.window)

    @abstractmethod
    def _read(self, at: int, value: float) -> Turn | None: ...

    def _prime(self, at: int, value: float) -> None:
        """A reading from before the last turn."""
        self.last = max(self.last, at)

    def _recall(self, value: float | None) -> None:
        """The value at which the alarm opened."""
        return

    def _turn(self, at: int, value: float | None) -> Turn:
        self.is_open, self.since = not self.is_open, None
        return Turn(self.is_open, at, value)

    def _lasting(self, at: int, value: float) -> Turn | None:
        """It seems to turn; whether it has for long enough."""
        if self.since is None:
            self.since = at
        if at - self.since < (self.calm if self.is_open else self.dwell):
            return None
        return self._turn(at, value)


class Threshold(Watch):
    """Values from a bound on."""

    __slots__ = ("_back", "_bound", "_sign")

    def __init__(self, terms: Terms) -> None:
        """Takes the terms."""
        super().__init__(terms)
        self._sign = -1.0 if terms.below else 1.0
        self._bound = self._sign * terms.bound
        self._back = self._bound - terms.hysteresis

    def read_row(self, times: Sequence[int], values: Sequence[float]) -> list[tuple[int, Turn]]:
        """At once where none of them counts, as nearly always."""
        if self.is_open or self._sign * (max(values) if self._sign > 0 else min(values)) >= self._bound:
            return super().read_row(times, values)
        newest = max(times)
        if newest >= self.last:
            self.last, self.since = newest, None
        return []

    def _read(self, at: int, value: float) -> Turn | None:
        measure = self._sign * value
        if measure < self._back if self.is_open else measure >= self._bound:
            return self._lasting(at, value)
        self.since = None
        return None


class Rate(Watch):
    """Values that rise, or fall, by so much within a window."""

    __slots__ = ("_back", "_lows", "_sign")

    def __init__(self, terms: Terms) -> None:
        """Takes the terms."""
        super().__init__(terms)
        self._sign = -1.0 if terms.below else 1.0
        self._back = terms.bound - terms.hysteresis
        self._lows: deque[tuple[int, float]] = deque()
        """What may yet be the lowest of a window: rising values, by their times."""

    def forget(self) -> None:
        """The values too."""
        super().forget()
        self._lows.clear()

    @property
    def reach(self) -> int:
        """The window is measured all along the dwell."""
        return self.window + max(self.dwell, self.calm)

    def _read(self, at: int, value: float) -> Turn | None:
        rise = self._rise(at, self._sign * value)
        if rise < self._back if self.is_open else rise >= self.terms.bound:
            return self._lasting(at, value)
        self.since = None
        return None

    def _prime(self, at: int, value: float) -> None:
        super()._prime(at, value)
        self._rise(at, self._sign * value)

    def _rise(self, at: int, measure: float) -> float:
        lows = self._lows
        while lows and lows[-1][1] >= measure:
            lows.pop()
        lows.append((at, measure))
        first = at - self.window
        while lows[0][0] < first:
            lows.popleft()
        return measure - lows[0][1]


@dataclass(slots=True)
class _Step:
    """A value, where it stands among the others, and when the next one came."""

    place: int
    value: float
    next_at: int = _NEVER


class Stuck(Watch):
    """Values of which no two have differed, for so long; over when one differs from that at which it opened."""

    __slots__ = ("_first", "_highs", "_lows", "_newest", "_value")

    def __init__(self, terms: Terms) -> None:
        """Takes the terms."""
        super().__init__(terms)
        self._highs: deque[_Step] = deque()
        """What may yet be the highest of the newest values of which no two differ: falling values."""
        self._lows: deque[_Step] = deque()
        """What may yet be the lowest of them: rising values."""
        self._newest: _Step | None = None
        self._first = _NEVER
        """Time of the first of them."""
        self._value: float | None = None
        """At which the alarm opened."""

    def forget(self) -> None:
        """The values too: an alarm that is open is about the next one."""
        super().forget()
        self._begin()
        self._value = None

    def _prime(self, at: int, value: float) -> None:
        super()._prime(at, value)
        if not self.is_open:
            self._begin()
            self._add(at, value)

    def _recall(self, value: float | None) -> None:
        self._value = value

    def _read(self, at: int, value: float) -> Turn | None:
        if self.is_open:
            if self._value is None:
                self._value = value
            if abs(self._value - value) <= self.terms.bound:
                return None
            self._begin()
            self._add(at, value)
            return self._turn(at, value)
        self._add(at, value)
        if at - self._first < self.window:
            return None
        self._value = value
        return self._turn(at, value)

    def _begin(self) -> None:
        self._highs.clear()
        self._lows.clear()
        self._newest = None

    def _add(self, at: int, value: float) -> None:
        """Takes a value in; the oldest go until no two differ."""
        highs, lows, before = self._highs, self._lows, self._newest
        if before is None:
            self._first = at
        else:
            before.next_at = at
        self._newest = step = _Step(before.place + 1 if before else 0, value)
        while highs and highs[-1].value <= value:
            highs.pop()
        while lows and lows[-1].value >= value:
            lows.pop()
        highs.append(step)
        lows.append(step)
        while highs[0].value - lows[0].value > self.terms.bound:
            self._first = (highs if highs[0].place < lows[0].place else lows).popleft().next_at


class Silence(Watch):
    """No reading for so long. What never sent anything is not silent: it is not there yet."""

    __slots__ = ()

    def due(self) -> int | None:
        """When it falls silent unless something comes."""
        return None if self.is_open or self.last == _NEVER else self.last + self.window

    def look(self, now: int) -> Turn | None:
        """Opens when it has been due."""
        due = self.due()
        return self._turn(due, None) if due is not None and due <= now else None

    def _read(self, at: int, value: float) -> Turn | None:
        return self._turn(at, value) if self.is_open else None


_WATCHES: dict[Kind, type[Watch]] = {
    Kind.THRESHOLD: Threshold,
    Kind.RATE: Rate,
    Kind.SILENCE: Silence,
    Kind.STUCK: Stuck,
}


def watch(kind: Kind, terms: Terms) -> Watch:
    """A watch that has read nothing."""
    return _WATCHES[kind](terms)


def milliseconds(at: datetime) -> int:
    """A moment as watches count time."""
    return (at - _EPOCH) // _MILLISECOND


def moment(at: int) -> datetime:
    """The moment that watches count so."""
    return _EPOCH + timedelta(milliseconds=at)
