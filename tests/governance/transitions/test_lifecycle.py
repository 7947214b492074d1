"""A complaint under any sequence of transitions, checked against a plain model: a table of words and a few sums."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.governance.cases.model import Assignment, Channel, Class, Complaint, Location
from services.governance.deadlines.model import DeadlineCalculator, Deadlines, Terms
from services.governance.escalations.model import escalate
from services.governance.records.model import CaseContext
from services.governance.states.model import EDGES, OPEN, Party, State, Transition, allowed
from services.governance.transitions.model import TransitionInput, take
from services.kit.city import load_city
from services.kit.errors import DomainError
from tests.governance.cases import DLH, file, state
from tests.governance.conftest import VERIFIER, Governance, RefusedError

# Who may do what, where it leads: v = verifier, a = agency, r = reporter, s = system.
PLAIN = {
    "filed": "verify:v>assigned reject:v>rejected mark_duplicate:v>duplicate withdraw:r>withdrawn",
    "verified": "assign:vs>assigned reject:v>rejected mark_duplicate:v>duplicate withdraw:r>withdrawn",
    "assigned": "start:avs>in_progress ask:av>waiting_for_reporter resolve:avs>resolved reject:v>rejected "
    "transfer:av>transferred mark_duplicate:av>duplicate reply:r>assigned withdraw:r>withdrawn",
    "in_progress": "ask:av>waiting_for_reporter resolve:avs>resolved transfer:av>transferred "
    "mark_duplicate:av>duplicate reply:r>in_progress withdraw:r>withdrawn",
    "waiting_for_reporter": "reply:r>in_progress start:av>in_progress go_on:s>in_progress resolve:avs>resolved "
    "transfer:av>transferred mark_duplicate:av>duplicate withdraw:r>withdrawn",
    "resolved": "rate:r>closed reopen:r>reopened close:vs>closed",
    "closed": "reopen:r>reopened",
    "transferred": "assign:av>assigned decline:av>assigned reject:v>rejected transfer:av>transferred "
    "mark_duplicate:av>duplicate reply:r>transferred withdraw:r>withdrawn",
    "reopened": "assign:v>assigned start:avs>in_progress ask:av>waiting_for_reporter resolve:avs>resolved "
    "transfer:av>transferred mark_duplicate:av>duplicate withdraw:r>withdrawn",
    "rejected": "",
    "duplicate": "",
    "withdrawn": "",
}
LETTERS = {Party.VERIFIER: "v", Party.AGENCY: "a", Party.REPORTER: "r", Party.SYSTEM: "s"}
TERMS = Terms(verification=3, response=5, resolution=14, auto_close=10, reopen=14, evidence=2, waiting=10)
CITY = load_city("semarang")
CALCULATOR = DeadlineCalculator(CITY.calendar)
HIGHEST = 3


def _plain(state_: str) -> dict[str, tuple[str, str]]:
    """Transition -> who may, and where it leads."""
    found = {}
    for word in PLAIN[state_].split():
        transition, _, rest = word.partition(":")
        who, _, to = rest.partition(">")
        found[transition] = (who, to)
    return found


def complaint(now: datetime) -> Complaint:
    """A fresh complaint."""
    return Complaint(
        id=UUID(int=1),
        code="SMG-7K4P-92",
        version=1,
        state=State.FILED,
        kind=Class.ORDINARY,
        category="sampah-menumpuk",
        location=Location("33.74.01.1007"),
        text="Sampah menumpuk",
        assignment=Assignment("dlh", 1, "karena", "because"),
        deadlines=CALCULATOR.filed(now, TERMS),
        channel=Channel.API,
        created_at=now,
        updated_at=now,
        link_hash=bytes(32),
    )


@pytest.mark.parametrize("state_", list(State))
def test_the_table_is_the_plain_table(state_: State) -> None:
    table = {
        transition.value: ("".join(sorted(LETTERS[party] for party in edge.by)), edge.to.value)
        for (start, transition), edge in EDGES.items()
        if start is state_
    }
    # Verifying goes on to assigned at once.
    plain = {transition: ("".join(sorted(who)), to) for transition, (who, to) in _plain(state_.value).items()}
    if "verify" in plain:
        plain["verify"] = (plain["verify"][0], "verified")
    assert table == plain


def test_a_city_may_let_the_clocks_run_while_it_waits() -> None:
    now = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    context = CaseContext(now, frozenset({Party.VERIFIER}), CALCULATOR, replace(TERMS, waiting_suspends=False))
    assigned = take(complaint(now), Transition.VERIFY, TransitionInput(), context).complaint
    waiting = take(assigned, Transition.ASK, TransitionInput(note="Di mana?"), context).complaint
    assert waiting.deadlines.resolution == assigned.deadlines.resolution
    assert waiting.deadlines.response is None


class Lifecycle(RuleBasedStateMachine):
    """Anybody tries anything at any time."""

    @initialize(days=st.integers(0, 300))
    def filed(self, days: int) -> None:
        """Files the complaint on some day of 2026."""
        self.now = datetime(2026, 1, 5, 3, 0, tzinfo=UTC) + timedelta(days=days)
        self.it = complaint(self.now)
        self.state = "filed"
        self.agency = "dlh"
        self.rating = 0
        self.step = 0
        self.reopen_until: datetime | None = None

    @rule(hours=st.integers(0, 400))
    def time_passes(self, hours: int) -> None:
        """Time passes."""
        self.now += timedelta(hours=hours)

    @rule(
        transition=st.sampled_from(list(Transition)),
        party=st.sampled_from(list(Party)),
        note=st.sampled_from(["", "Sudah diperiksa di tempat"]),
        proof=st.booleans(),
        refusal=st.booleans(),
        rating=st.integers(1, 5),
        agency=st.sampled_from([None, "dlh", "dpu"]),
    )
    def somebody_tries(
        self,
        transition: Transition,
        party: Party,
        note: str,
        proof: bool,
        refusal: bool,
        rating: int,
        agency: str | None,
    ) -> None:
        """Somebody tries a transition; the plain model says whether it may happen."""
        original = replace(complaint(self.now), id=UUID(int=2), code="SMG-0000-00")
        wanted = TransitionInput(
            note=note,
            photos=(UUID(int=3),) if proof else (),
            refusal=refusal,
            assignment=Assignment(agency, 0, "", "") if agency else None,
            original=original if proof else None,
            rating=rating,
        )
        self._try(transition, party, wanted)

    @rule(data=st.data(), rating=st.integers(1, 5), refusal=st.booleans())
    def the_case_goes_on(self, data: st.DataObject, rating: int, refusal: bool) -> None:
        """Somebody who may takes one that is there, with all it needs; otherwise chance would not get far."""
        options = [(transition, letter) for transition, (who, _) in _plain(self.state).items() for letter in who]
        if options:
            transition, letter = data.draw(st.sampled_from(options))
            party = next(party for party, its in LETTERS.items() if its == letter)
            elsewhere = Assignment("dpu" if self.agency == "dlh" else "dlh", 0, "", "")
            original = replace(complaint(self.now), id=UUID(int=2), code="SMG-0000-00")
            wanted = TransitionInput("Sudah diperiksa di tempat", (UUID(int=3),), refusal, elsewhere, original, rating)
            self._try(Transition(transition), party, wanted)

    def _try(self, transition: Transition, party: Party, wanted: TransitionInput) -> None:
        expected = self._may(transition, LETTERS[party], wanted)
        before = self.it
        context = CaseContext(self.now, frozenset({party}), CALCULATOR, TERMS)
        change, error = None, None
        try:
            change = take(before, transition, wanted, context)
        except DomainError as raised:
            error = raised
        assert (change is not None) == expected, f"{party} {transition} in {self.state}: {error}"
        if change is None:
            self._names_what_is_allowed(error, LETTERS[party])
            return
        self._follow(transition, wanted)
        self.it = change.complaint
        assert change.steps[0].before is before.state
        assert change.steps[-1].after is self.it.state
        assert self.it.updated_at == self.now

    @rule()
    def the_timer_runs(self) -> None:
        """Every breach goes up one step, what is due to close closes, and no answer is awaited for ever."""
        context = CaseContext(self.now, frozenset({Party.SYSTEM}), CALCULATOR, TERMS)
        for clock in self.it.deadlines.passed(self.now):
            self.it = escalate(self.it, clock, HIGHEST, context).complaint
            self.step = min(self.step + 1, HIGHEST)
        closing = self.it.deadlines.auto_close
        if closing is not None and closing < self.now:
            self.it = take(self.it, Transition.CLOSE, TransitionInput(), context).complaint
            self.state = "closed"
        waiting = self.it.deadlines.waiting
        if waiting is not None and waiting < self.now:
            self.it = take(self.it, Transition.GO_ON, TransitionInput(), context).complaint
            self.state = "in_progress"
        assert self.it.deadlines.wake is None or self.it.deadlines.wake >= self.now

    def _names_what_is_allowed(self, error: DomainError | None, letter: str) -> None:
        assert error is not None
        if "allowed" in error.metadata:
            allowed = [name for name, (who, _) in _plain(self.state).items() if letter in who]
            assert error.metadata["allowed"] == (", ".join(allowed) or "none")

    def _may(self, transition: Transition, letter: str, wanted: TransitionInput) -> bool:
        who, _ = _plain(self.state).get(transition.value, ("", ""))
        needs = {
            Transition.ASK: bool(wanted.note),
            Transition.REJECT: bool(wanted.note),
            Transition.RESOLVE: bool(wanted.note) and (bool(wanted.photos) or wanted.refusal),
            Transition.REOPEN: self.reopen_until is not None and self.now <= self.reopen_until,
            Transition.TRANSFER: bool(wanted.note)
            and wanted.assignment is not None
            and wanted.assignment.agency != self.agency,
            Transition.MARK_DUPLICATE: wanted.original is not None,
            Transition.DECLINE: bool(wanted.note) and wanted.assignment is not None,
        }
        return letter in who and needs.get(transition, True)

    def _follow(self, transition: Transition, wanted: TransitionInput) -> None:
        self.state = _plain(self.state)[transition.value][1]
        handed = {Transition.VERIFY, Transition.ASSIGN, Transition.TRANSFER, Transition.DECLINE}
        if transition in handed and wanted.assignment is not None:
            self.agency = wanted.assignment.agency
        if transition is Transition.TRANSFER:
            self.step = 0
        if transition is Transition.RESOLVE:
            local = self.now.astimezone(CITY.timezone).replace(hour=23, minute=59, second=59, microsecond=0)
            self.reopen_until = local + timedelta(days=14)
        if transition in {Transition.RATE, Transition.REOPEN}:
            self.rating = wanted.rating if transition is Transition.RATE else 0

    @invariant()
    def they_agree(self) -> None:
        """State, agency, rating and escalation are those of the plain model."""
        assert (self.it.state.value, self.it.agency) == (self.state, self.agency)
        assert (self.it.rating, self.it.escalation) == (self.rating, self.step)

    @invariant()
    def the_clocks_fit_the_state(self) -> None:
        """Each clock runs in its states only."""
        due: Deadlines = self.it.deadlines
        assert (due.verification is not None) == (self.state == "filed")
        if due.response is not None:
            assert self.state in {"assigned", "transferred", "reopened"}
        if self.state in {"assigned", "in_progress", "reopened", "transferred", "filed"}:
            assert due.resolution is not None
            assert due.left is None
        if self.state == "waiting_for_reporter":
            assert (due.resolution is None) != (due.left is None)
        assert (due.auto_close is not None) == (self.state == "resolved")
        assert (due.waiting is not None) == (self.state == "waiting_for_reporter")
        assert (due.next_due is not None) <= (self.it.state in OPEN)
        assert all(due.of(clock) is not None for clock in due.breached)

    @invariant()
    def what_is_offered_is_what_the_table_gives(self) -> None:
        """The transitions offered to a party are those of the plain model."""
        for party, letter in LETTERS.items():
            offered = [transition.value for transition in allowed(self.it.state, frozenset({party}))]
            assert offered == [transition for transition, (who, _) in _plain(self.state).items() if letter in who]


Lifecycle.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLifecycle = Lifecycle.TestCase


_STEPS = st.lists(
    st.sampled_from(
        ["verify", "start", "ask", "resolve", "transfer", "assign", "decline", "Rate", "Reopen", "Reply", "Withdraw"]
    ),
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(_STEPS)
async def test_over_grpc_a_case_goes_the_same_way(governance: Governance, steps: list[str]) -> None:
    filed = await file(governance)
    now, asked = "filed", False
    extra: dict[str, dict[str, Any]] = {
        "ask": {"note": "Di mana?"},
        "resolve": {"note": "Bukan lahan kota", "refusal": True},
        "transfer": {"note": "Bukan kami", "agency": "dpu"},
        "decline": {"note": "Bukan kami juga"},
        "Rate": {"rating": 3},
        "Reopen": {"note": "Masih ada di sana"},
        "Reply": {"note": "Di depan"},
    }
    for step in steps:
        same_agency = step == "transfer" and filed.last.agency.id == "dpu"
        unasked = step == "Reply" and not asked
        allowed = None if same_agency or unasked else _plain(now).get(step.lower())
        done = True
        try:
            if step[0].isupper():
                await filed.act(step, **extra.get(step, {}))
            else:
                await filed.transition(step, VERIFIER, **extra.get(step, {}))
        except RefusedError:
            done = False
        assert done == (allowed is not None), (now, step)
        now = allowed[1] if allowed else now
        asked = now == "waiting_for_reporter" or (asked and now in ("in_progress", "assigned", "transferred"))
        asked = asked and not (done and step == "Reply")
    seen = await filed.read(DLH if filed.last.agency.id == "dlh" else VERIFIER)
    assert state(seen) == now
    numbers = [entry.number for entry in seen.timeline]
    assert numbers == list(range(1, len(numbers) + 1))
