"""The deadlines of a complaint, in working days of the city's calendar. Pure.

A deadline of n working days is the last second of the n-th working day after the day it is counted from (that day
itself does not count; weekdays that the profile does not work, holidays and joint leave do not either). Waiting for the
reporter ends the response, since to ask is one, and suspends the resolution: when the question is asked, the *working
time* left until the deadline is taken down to the microsecond (only what lies on working days counts, each worth 24
hours of local time); when the case goes on, the deadline is the end of the day on which that much working time will
have passed. The next question takes it down from that moment, not from the end of its day: else each question would
give the city another day. A deadline that had already passed is not suspended: it stays passed.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Protocol

from services.kit.city import City, working_time

_DAY = timedelta(days=1)
_LAST_SECOND = timedelta(seconds=1)


class Clock(StrEnum):
    """A deadline whose breach escalates."""

    VERIFICATION = "verification"
    RESPONSE = "response"
    RESOLUTION = "resolution"
    EVIDENCE = "evidence"


class Calendar(Protocol):
    """The working days of a city (services.kit.city)."""

    @property
    def timezone(self) -> tzinfo:
        """The city's time zone."""

    def is_working_day(self, day: date) -> bool:
        """Whether the city works on that local day."""

    def is_provisional(self, day: date) -> bool:
        """Whether the holidays of that day's year are not decided yet."""

    def add_working_days(self, moment: datetime, days: int) -> datetime:
        """Last second of the n-th working day after the day of the moment."""


@dataclass(frozen=True)
class Terms:
    """What the city allows itself. Working days, `reopen` calendar days; `resolution` None: no deadline."""

    verification: int
    response: int
    resolution: int | None
    auto_close: int
    reopen: int
    evidence: int
    waiting: int
    waiting_suspends: bool = True


def terms(city: City, category: str) -> Terms:
    """What the city allows itself for a category."""
    found = city.category(category)
    return Terms(
        verification=city.clocks.verification,
        response=city.clocks.first_response,
        resolution=city.resolution_days(found) if found else None,
        auto_close=city.clocks.auto_close,
        reopen=city.clocks.reopen_days,
        evidence=city.clocks.evidence,
        waiting=city.clocks.waiting,
        waiting_suspends=city.clocks.waiting_suspends,
    )


@dataclass(frozen=True)
class Deadlines:
    """What is due when, in UTC; None where it does not apply, or no longer."""

    verification: datetime | None = None
    response: datetime | None = None
    resolution: datetime | None = None
    auto_close: datetime | None = None
    reopen_until: datetime | None = None
    provisional: bool = False
    breached: frozenset[Clock] = frozenset()
    """Running deadlines whose passing has been escalated."""
    left: timedelta | None = None
    """Working time left for the resolution while the case waits for its reporter."""
    used_up: datetime | None = None
    """When the working time for the resolution is used up, to the moment, where the case has waited: the resolution is
    due at the end of that day.
    """
    evidence: datetime | None = None
    """Until when a verifier looks at evidence that the public cannot see yet; runs in whatever state the case is."""
    waiting: datetime | None = None
    """Until when it waits for its reporter's answer; the work goes on without it then."""

    def of(self, clock: Clock) -> datetime | None:
        """The deadline of a clock."""
        return {
            Clock.VERIFICATION: self.verification,
            Clock.RESPONSE: self.response,
            Clock.RESOLUTION: self.resolution,
            Clock.EVIDENCE: self.evidence,
        }[clock]

    @property
    def next_clock(self) -> Clock | None:
        """Which deadline of the case itself the city has to meet first, passed or not."""
        own = (Clock.VERIFICATION, Clock.RESPONSE, Clock.RESOLUTION)
        running = {clock: due for clock in own if (due := self.of(clock)) is not None}
        return min(running, key=running.__getitem__, default=None)

    @property
    def next_due(self) -> datetime | None:
        """When that is."""
        clock = self.next_clock
        return self.of(clock) if clock else None

    @property
    def wake(self) -> datetime | None:
        """When something falls due by itself: the first breach that was not escalated, auto-close, end of waiting."""
        due = [*(self.of(clock) for clock in Clock if clock not in self.breached), self.auto_close, self.waiting]
        return min(filter(None, due), default=None)

    def passed(self, now: datetime) -> list[Clock]:
        """Clocks whose deadline has passed and was not escalated, in the order of their deadlines."""
        due = [(at, clock) for clock in Clock if clock not in self.breached and (at := self.of(clock)) and at < now]
        return [clock for _, clock in sorted(due)]


class DeadlineCalculator:
    """Computes deadlines with one city's calendar."""

    def __init__(self, calendar: Calendar) -> None:
        """Takes the working days to count by."""
        self._calendar = calendar

    def filed(self, now: datetime, terms: Terms) -> Deadlines:
        """The deadlines of a complaint that is filed now."""
        return self._due(Deadlines(), now, verification=terms.verification, resolution=terms.resolution)

    def assigned(self, deadlines: Deadlines, now: datetime, terms: Terms) -> Deadlines:
        """An agency has it: it must respond."""
        return self._due(_stop(deadlines, Clock.VERIFICATION, Clock.RESPONSE), now, response=terms.response)

    def responded(self, deadlines: Deadlines) -> Deadlines:
        """The agency responded."""
        return _stop(deadlines, Clock.VERIFICATION, Clock.RESPONSE)

    def asked(self, deadlines: Deadlines, now: datetime, terms: Terms) -> Deadlines:
        """The reporter is asked something: the case waits for the answer, and not for ever."""
        waiting = self.suspended(deadlines, now) if terms.waiting_suspends else self.responded(deadlines)
        return self._due(waiting, now, waiting=terms.waiting)

    def suspended(self, deadlines: Deadlines, now: datetime) -> Deadlines:
        """The case waits for its reporter; asking is a response."""
        deadlines = self.responded(deadlines)
        if deadlines.resolution is None or deadlines.resolution < now:
            return deadlines
        left = self.working_time(now, max(now, self._used_up(deadlines)))
        return replace(deadlines, left=left, resolution=None, used_up=None)

    def resumed(self, deadlines: Deadlines, now: datetime) -> Deadlines:
        """The case goes on with the working time it had left."""
        deadlines = replace(deadlines, waiting=None)
        if deadlines.left is None:
            return deadlines
        return self._owed_until(self.after_working_time(now, deadlines.left), replace(deadlines, left=None))

    def resolved(self, deadlines: Deadlines, now: datetime, terms: Terms) -> Deadlines:
        """It is resolved: it closes by itself, and can be reopened for a while."""
        closing = self._due(_evidence_of(deadlines), now, auto_close=terms.auto_close)
        last = datetime.combine(self._local(now).date() + terms.reopen * _DAY, time()) + _DAY - _LAST_SECOND
        return replace(closing, reopen_until=self._utc(last))

    def closed(self, deadlines: Deadlines) -> Deadlines:
        """It is closed; it can be reopened as long as before."""
        return replace(_evidence_of(deadlines), reopen_until=deadlines.reopen_until)

    def reopened(self, deadlines: Deadlines, now: datetime, terms: Terms) -> Deadlines:
        """The agency has it again, with all the time it had at first."""
        return self._due(_evidence_of(deadlines), now, response=terms.response, resolution=terms.resolution)

    def evidence_added(self, deadlines: Deadlines, now: datetime, terms: Terms) -> Deadlines:
        """A verifier must look at what was added; the first that waits sets the date."""
        if deadlines.evidence is not None:
            return deadlines
        return replace(deadlines, evidence=self._calendar.add_working_days(now, terms.evidence).astimezone(UTC))

    def evidence_reviewed(self, deadlines: Deadlines) -> Deadlines:
        """No evidence waits any more."""
        return _stop(deadlines, Clock.EVIDENCE)

    def put_off(self, deadlines: Deadlines, now: datetime) -> Deadlines:
        """Those that passed on what was decided since to be a day off: they end with the next working day."""
        passed = {clock.value: deadlines.of(clock) for clock in deadlines.passed(now)}
        others = {"auto_close": deadlines.auto_close, "waiting": deadlines.waiting}
        passed |= {name: at for name, at in others.items() if at is not None and at < now}
        for name, at in passed.items():
            assert at is not None, "what has passed was due"
            due = working_time.end_of_working_day(self._calendar, at)
            deadlines = self._with(deadlines, due, **{name: due}) if due > at else deadlines
        return deadlines

    def recounted(self, deadlines: Deadlines, since: datetime, before: Terms, terms: Terms) -> Deadlines:
        """The category changed, and with it the terms ``before``: the resolution is counted anew from when it began to
        be owed. The working time for which the case waited for its reporter comes on top, as it did before.
        """
        waited = self._waited(deadlines, since, before)
        stopped = replace(_stop(deadlines, Clock.RESOLUTION), used_up=None)
        anew = self._due(stopped, since, resolution=terms.resolution)
        if anew.resolution is None or not waited:
            return anew
        return self._owed_until(self.after_working_time(anew.resolution, waited), anew)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Time between two instants that lies on working days."""
        return working_time.between(self._calendar, start, end)

    def after_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """The instant at which this much working time has passed since the start."""
        return working_time.after(self._calendar, start, amount)

    def _waited(self, deadlines: Deadlines, since: datetime, terms: Terms) -> timedelta:
        """By how much working time a resolution is due later than these terms alone would have it."""
        usual = self._due(Deadlines(), since, resolution=terms.resolution).resolution
        if usual is None or deadlines.resolution is None:
            return timedelta()
        return self.working_time(usual, max(usual, self._used_up(deadlines)))

    def _used_up(self, deadlines: Deadlines) -> datetime:
        """When the working time for a resolution is used up, to the moment."""
        assert deadlines.resolution is not None
        # On a day that was decided since to be off nothing is used up: its moment goes with the deadline, ``put_off``.
        due = working_time.on_working_day(self._calendar, deadlines.resolution)
        moment = working_time.on_working_day(self._calendar, deadlines.used_up or due)
        # An older version moves the resolution alone when it counts anew: its moment is of another day then.
        return moment if working_time.end_of_day(self._calendar, moment) == due else due

    def _owed_until(self, moment: datetime, deadlines: Deadlines) -> Deadlines:
        """The resolution is due at the end of the day of that moment."""
        due = working_time.end_of_day(self._calendar, moment)
        return self._with(deadlines, due, resolution=due, used_up=moment)

    def _due(self, deadlines: Deadlines, start: datetime, **days: int | None) -> Deadlines:
        for name, count in days.items():
            if count is not None:
                due = self._calendar.add_working_days(start, count).astimezone(UTC)
                deadlines = self._with(deadlines, due, **{name: due})
        return deadlines

    def _with(self, deadlines: Deadlines, due: datetime, **changes: Any) -> Deadlines:
        provisional = deadlines.provisional or self._calendar.is_provisional(self._local(due).date())
        return replace(deadlines, provisional=provisional, **changes)

    def _local(self, at: datetime) -> datetime:
        return working_time.local(self._calendar, at)

    def _utc(self, local: datetime) -> datetime:
        return working_time.utc(self._calendar, local)


def _evidence_of(deadlines: Deadlines) -> Deadlines:
    """What goes on whatever becomes of the case: evidence that waits for a verifier."""
    return Deadlines(evidence=deadlines.evidence, breached=deadlines.breached & {Clock.EVIDENCE})


def _stop(deadlines: Deadlines, *clocks: Clock) -> Deadlines:
    stopped: dict[str, Any] = {clock.value: None for clock in clocks}
    return replace(deadlines, **stopped, breached=deadlines.breached - set(clocks))
