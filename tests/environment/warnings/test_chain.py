"""Whatever is done with a warning, in whatever order: its messages form one valid chain."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.environment.bulletins import cap
from services.environment.bulletins import model as bulletins
from services.environment.bulletins.model import Published
from services.environment.criteria.model import Hazard, Level, Step
from services.environment.warnings import model
from services.environment.warnings.actions import told
from services.environment.warnings.model import Change, FloodWarning, State
from services.kit.errors import DomainError

CLEAR_MINUTES = 60
_LEVELS, _HOURS = st.sampled_from(Level), st.integers(1, 72)


class Life(RuleBasedStateMachine):
    """A warning, and the messages that were published of it, each with what it replaces."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 27, tzinfo=UTC)
        self.warning = FloodWarning(
            id=uuid4(), version=1, state=State.PROPOSED, zone="pesisir", hazard=Hazard.ROB, level=Level.WASPADA,
            areas=("33.74.02.1008",), exercise=False, automatic=False, correlation="", created_at=self.now,
            updated_at=self.now,
        )  # fmt: skip
        self.messages: list[tuple[Published, list[str]]] = []

    @rule(level=_LEVELS, hours=_HOURS, step=st.sampled_from([Step.RAISE, Step.UPDATE]), automatic=st.booleans())
    def goes_on(self, step: Step, level: Level, hours: int, automatic: bool) -> None:
        """It is put in force or changed, where that is possible."""
        self._take(Change(step, level, hours), automatic=automatic)

    @rule(step=st.sampled_from([Step.CLEAR, Step.CANCEL]))
    def ends(self, step: Step) -> None:
        """It is cleared or taken back, where that is possible."""
        self._take(Change(step, self.warning.level), automatic=False)

    @rule(seconds=st.floats(0, 80 * 3600))
    def time_passes(self, seconds: float) -> None:
        """Parts of seconds too."""
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.warning.state is State.IN_FORCE and not self.warning.holds(self.now))
    @rule()
    def its_time_is_over(self) -> None:
        """The timer comes by."""
        self.warning = model.expire(self.warning, self.now)

    @precondition(lambda self: self.warning.state is State.PROPOSED)
    @rule()
    def is_rejected(self) -> None:
        """An officer says no."""
        self.warning = model.give_up(self.warning, self.now)

    def _take(self, change: Change, *, automatic: bool) -> None:
        before = self.warning
        try:
            self.warning = model.take(before, change, self.now, CLEAR_MINUTES, automatic=automatic)
        except DomainError:
            holds = before.holds(self.now)
            assert before.state is not State.PROPOSED if change.step is Step.RAISE else not holds
            return
        step = told(self.warning)
        earlier = [one for one, _ in self.messages]
        sent = bulletins.sent(step, earlier)
        replaced = [one.identifier for one in bulletins.replaced(earlier, sent)]
        identifier, type_ = f"{step.warning}.{step.number}", cap.TYPES[step.step].value
        published = Published(
            step.warning, step.number, identifier, type_, step.level, step.step, sent, step.expires_at, True, "", ""
        )
        self.messages.append((published, replaced))

    @invariant()
    def the_messages_are_one_chain(self) -> None:
        """The first is an Alert, each other names the one before it, nothing follows an end, and no time runs back."""
        kinds = [one.type for one, _ in self.messages]
        assert kinds[:1] in ([], ["Alert"])
        assert "Alert" not in kinds[1:]
        assert [one.number for one, _ in self.messages] == list(range(1, len(kinds) + 1))
        for place, (one, replaced) in enumerate(self.messages):
            earlier = [before for before, _ in self.messages[:place]]
            assert (replaced[-1:] or [""]) == ([earlier[-1].identifier] if earlier else [""])
            assert {each.identifier for each in earlier if each.expires_at > one.sent} <= set(replaced)
            assert all(each.sent <= one.sent for each in earlier)
            assert one.sent < one.expires_at
            assert all(each.step not in model.ENDS for each in earlier)

    @invariant()
    def it_says_what_it_is(self) -> None:
        """Published or not, in force or over: state, messages and times agree."""
        warning = self.warning
        assert warning.messages == len(self.messages)
        assert (warning.raised_at is None) == (not self.messages)
        assert (warning.ended_at is None) == (warning.state in (State.PROPOSED, State.IN_FORCE))
        if warning.state is State.IN_FORCE:
            assert self.messages[-1][0].level is warning.level


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
