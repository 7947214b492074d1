"""Random histories of seats against lists that are counted with fingers: never oversold, and nobody overtaken."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.kit.errors import DomainError
from services.society.courses import model as courses
from services.society.seating import model
from services.society.seating.model import Enrolment, State
from tests.society.courses.test_model import NOW, course, plan

BEFORE, KEPT = timedelta(hours=24), timedelta(days=90)


class Histories(RuleBasedStateMachine):
    """What people, an agency and the clock do to the seats of a course, in any order."""

    @initialize(seats=st.integers(1, 4))
    def begin(self, seats: int) -> None:
        """Publishes it."""
        self.now = NOW
        self.course = course(seats=seats)
        self.all: dict[UUID, Enrolment] = {}
        self.given: list[int] = []
        """Places, in the order in which they were given a seat."""

    @rule()
    def ask(self) -> None:
        """Somebody enrols."""
        free = self.course.free > 0 and not self.course.waiting
        with suppress(DomainError):
            self.course, seated = courses.asked(self.course, self.now)
            assert seated is free, "a seat that is free is given, but to nobody before those who wait"
            state = State.SEATED if seated else State.WAITING
            one = Enrolment(
                uuid4(), 1, self.course.id, "somebody", self.course.asked, state, b"-", False, 0, "", self.now, self.now
            )
            self.all[one.id] = one
            if seated:
                self.given.append(one.place)

    @rule(which=st.integers(0, 20))
    def leave(self, which: int) -> None:
        """Somebody gives their seat back, or waits no longer."""
        live = [one for one in self.all.values() if one.state in model.LIVE]
        if live:
            with suppress(DomainError):
                without, done = model.withdrawn(self.course, live[which % len(live)], self.now, KEPT)
                self.all[done.id] = done
                self._fill(without)

    @rule(seats=st.integers(1, 6))
    def resize(self, seats: int) -> None:
        """The agency finds another room."""
        with suppress(DomainError):
            days = tuple((each - NOW) / timedelta(days=1) for each in self.course.session_starts)
            self._fill(courses.rewritten(self.course, plan(days, seats=seats), self.now))

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        """Time passes."""
        self.now += timedelta(hours=hours)

    @rule(sure=st.integers(0, 5))
    def cancel(self, sure: int) -> None:
        """It is called off, now and then."""
        if sure == 0 and len(self.all) > 3:
            with suppress(DomainError):
                self.course = courses.cancelled(self.course, self.now)
                for one in self.all.values():
                    if one.state in model.LIVE:
                        self.all[one.id] = replace(one, state=State.CANCELLED)

    def _fill(self, before: courses.Course) -> None:
        """What ``seating.actions.fill`` does, with a list for a table."""
        waiting = sorted((one for one in self.all.values() if one.state is State.WAITING), key=lambda one: one.place)
        self.course, up = model.moving_up(before, waiting, BEFORE, self.now)
        for one in up:
            assert self.now < max(self.course.closes_at, self.course.starts_at - BEFORE), "nobody is called up too late"
            self.all[one.id] = one
            self.given.append(one.place)

    def _count(self, state: State) -> int:
        return sum(one.state is state for one in self.all.values())

    @invariant()
    def never_oversold(self) -> None:
        """Seats, and what is said of them, are what people have."""
        if hasattr(self, "course"):
            assert (self.course.taken, self.course.waiting) == (self._count(State.SEATED), self._count(State.WAITING))
            assert self.course.taken <= self.course.seats

    @invariant()
    def nobody_is_overtaken(self) -> None:
        """Seats are given in the order of asking, and none stays free while somebody waits in time."""
        if hasattr(self, "course"):
            assert self.given == sorted(self.given)
            waiting = [one.place for one in self.all.values() if one.state is State.WAITING]
            assert not waiting or not self.given or min(waiting) > max(self.given)
            if self.now < self.course.starts_at - BEFORE:
                assert not waiting or self.course.free == 0


Histories.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestHistories = Histories.TestCase
