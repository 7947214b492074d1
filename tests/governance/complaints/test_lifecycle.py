"""A complaint under any sequence of moves, checked against a plain model: a table of words and a few sums."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.governance.complaints import moves as domain
from services.governance.complaints.clocks import Clocks, Deadlines, Terms
from services.governance.complaints.model import (
    EDGES,
    OPEN,
    Assignment,
    Channel,
    Class,
    Complaint,
    Move,
    Party,
    Place,
    State,
    moves,
)
from services.governance.complaints.moves import Moment, Order
from services.kit.city import load_city
from services.kit.errors import DomainError
from tests.governance.complaints.cases import DLH, file, state
from tests.governance.conftest import VERIFIER, Governance, RefusedError

# Who may do what, where it leads: v = verifier, a = agency, r = reporter, s = system.
PLAIN = {
    "filed": "verify:v>assigned reject:v>rejected mark_duplicate:v>duplicate withdraw:r>withdrawn",
    "verified": "assign:vs>assigned reject:v>rejected mark_duplicate:v>duplicate withdraw:r>withdrawn",
    "assigned": "start:avs>in_progress ask:av>waiting_for_reporter resolve:avs>resolved reject:v>rejected "
    "transfer:av>transferred mark_duplicate:av>duplicate withdraw:r>withdrawn",
    "in_progress": "ask:av>waiting_for_reporter resolve:avs>resolved transfer:av>transferred "
    "mark_duplicate:av>duplicate withdraw:r>withdrawn",
    "waiting_for_reporter": "reply:r>in_progress start:avs>in_progress resolve:avs>resolved transfer:av>transferred "
    "mark_duplicate:av>duplicate withdraw:r>withdrawn",
    "resolved": "rate:r>closed reopen:r>reopened close:vs>closed",
    "closed": "reopen:r>reopened",
    "transferred": "assign:av>assigned reject:v>rejected transfer:av>transferred mark_duplicate:av>duplicate "
    "withdraw:r>withdrawn",
    "reopened": "assign:v>assigned start:avs>in_progress ask:av>waiting_for_reporter resolve:avs>resolved "
    "transfer:av>transferred mark_duplicate:av>duplicate withdraw:r>withdrawn",
    "rejected": "",
    "duplicate": "",
    "withdrawn": "",
}
LETTERS = {Party.VERIFIER: "v", Party.AGENCY: "a", Party.REPORTER: "r", Party.SYSTEM: "s"}
TERMS = Terms(verification=3, response=5, resolution=14, auto_close=10, reopen=14)
CITY = load_city("semarang")
CLOCKS = Clocks(CITY.calendar)
LADDER = ["one", "two", "three"]


def _plain(state_: str) -> dict[str, tuple[str, str]]:
    """Move -> who may, and where it leads."""
    found = {}
    for word in PLAIN[state_].split():
        move, _, rest = word.partition(":")
        who, _, to = rest.partition(">")
        found[move] = (who, to)
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
        place=Place("33.74.01.1007"),
        text="Sampah menumpuk",
        assignment=Assignment("dlh", 1, "karena", "because"),
        deadlines=CLOCKS.filed(now, TERMS),
        channel=Channel.API,
        created_at=now,
        updated_at=now,
        link_hash=bytes(32),
    )


@pytest.mark.parametrize("state_", list(State))
def test_the_table_is_the_plain_table(state_: State) -> None:
    table = {
        move.value: ("".join(sorted(LETTERS[party] for party in edge.by)), edge.to.value)
        for (start, move), edge in EDGES.items()
        if start is state_
    }
    # Verifying goes on to assigned at once.
    plain = {move: ("".join(sorted(who)), to) for move, (who, to) in _plain(state_.value).items()}
    if "verify" in plain:
        plain["verify"] = (plain["verify"][0], "verified")
    assert table == plain


def test_a_city_may_let_the_clocks_run_while_it_waits() -> None:
    now = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    moment = Moment(now, frozenset({Party.VERIFIER}), CLOCKS, replace(TERMS, waiting_suspends=False))
    assigned = domain.take(complaint(now), Move.VERIFY, Order(), moment).complaint
    waiting = domain.take(assigned, Move.ASK, Order(note="Di mana?"), moment).complaint
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
        move=st.sampled_from(list(Move)),
        party=st.sampled_from(list(Party)),
        note=st.sampled_from(["", "Sudah diperiksa di tempat"]),
        proof=st.booleans(),
        refusal=st.booleans(),
        rating=st.integers(1, 5),
        agency=st.sampled_from([None, "dlh", "dpu"]),
    )
    def somebody_tries(
        self, move: Move, party: Party, note: str, proof: bool, refusal: bool, rating: int, agency: str | None
    ) -> None:
        """Somebody tries a move; the plain model says whether it may happen."""
        original = replace(complaint(self.now), id=UUID(int=2), code="SMG-0000-00")
        order = Order(
            note=note,
            photos=(UUID(int=3),) if proof else (),
            refusal=refusal,
            assignment=Assignment(agency, 0, "", "") if agency else None,
            original=original if proof else None,
            rating=rating,
        )
        self._try(move, party, order)

    @rule(data=st.data(), rating=st.integers(1, 5), refusal=st.booleans())
    def the_case_goes_on(self, data: st.DataObject, rating: int, refusal: bool) -> None:
        """Somebody who may takes one of the moves there are, with all it needs; otherwise chance would not get far."""
        options = [(move, letter) for move, (who, _) in _plain(self.state).items() for letter in who]
        if options:
            move, letter = data.draw(st.sampled_from(options))
            party = next(party for party, its in LETTERS.items() if its == letter)
            elsewhere = Assignment("dpu" if self.agency == "dlh" else "dlh", 0, "", "")
            original = replace(complaint(self.now), id=UUID(int=2), code="SMG-0000-00")
            order = Order("Sudah diperiksa di tempat", (UUID(int=3),), refusal, elsewhere, original, rating)
            self._try(Move(move), party, order)

    def _try(self, move: Move, party: Party, order: Order) -> None:
        expected = self._may(move, LETTERS[party], order)
        before = self.it
        moment = Moment(self.now, frozenset({party}), CLOCKS, TERMS)
        change, error = None, None
        try:
            change = domain.take(before, move, order, moment)
        except DomainError as raised:
            error = raised
        assert (change is not None) == expected, f"{party} {move} in {self.state}: {error}"
        if change is None:
            self._names_what_is_allowed(error, LETTERS[party])
            return
        self._follow(move, order)
        self.it = change.complaint
        assert change.steps[0].before is before.state
        assert change.steps[-1].after is self.it.state
        assert self.it.updated_at == self.now

    @rule()
    def the_timer_runs(self) -> None:
        """Every breach goes up one step, and what is due to close closes."""
        moment = Moment(self.now, frozenset({Party.SYSTEM}), CLOCKS, TERMS)
        for clock in self.it.deadlines.passed(self.now):
            self.it = domain.escalate(self.it, clock, LADDER, moment).complaint
            self.step = min(self.step + 1, len(LADDER))
        closing = self.it.deadlines.auto_close
        if closing is not None and closing < self.now:
            self.it = domain.take(self.it, Move.CLOSE, Order(), moment).complaint
            self.state = "closed"
        assert self.it.deadlines.wake is None or self.it.deadlines.wake >= self.now

    def _names_what_is_allowed(self, error: DomainError | None, letter: str) -> None:
        assert error is not None
        if "allowed" in error.metadata:
            allowed = [name for name, (who, _) in _plain(self.state).items() if letter in who]
            assert error.metadata["allowed"] == (", ".join(allowed) or "none")

    def _may(self, move: Move, letter: str, order: Order) -> bool:
        who, _ = _plain(self.state).get(move.value, ("", ""))
        needs = {
            Move.ASK: bool(order.note),
            Move.REJECT: bool(order.note),
            Move.RESOLVE: bool(order.note) and (bool(order.photos) or order.refusal),
            Move.REOPEN: self.reopen_until is not None and self.now <= self.reopen_until,
            Move.TRANSFER: bool(order.note) and order.assignment is not None and order.assignment.agency != self.agency,
            Move.MARK_DUPLICATE: order.original is not None,
        }
        return letter in who and needs.get(move, True)

    def _follow(self, move: Move, order: Order) -> None:
        self.state = _plain(self.state)[move.value][1]
        if move in {Move.VERIFY, Move.ASSIGN, Move.TRANSFER} and order.assignment is not None:
            self.agency = order.assignment.agency
        if move is Move.TRANSFER:
            self.step = 0
        if move is Move.RESOLVE:
            local = self.now.astimezone(CITY.timezone).replace(hour=23, minute=59, second=59, microsecond=0)
            self.reopen_until = local + timedelta(days=14)
        if move in {Move.RATE, Move.REOPEN}:
            self.rating = order.rating if move is Move.RATE else 0

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
        assert (due.next_due is not None) <= (self.it.state in OPEN)
        assert all(due.of(clock) is not None for clock in due.breached)

    @invariant()
    def what_is_offered_is_what_the_table_gives(self) -> None:
        """The moves offered to a party are those of the plain model."""
        for party, letter in LETTERS.items():
            offered = [move.value for move in moves(self.it, frozenset({party}))]
            assert offered == [move for move, (who, _) in _plain(self.state).items() if letter in who]


Lifecycle.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLifecycle = Lifecycle.TestCase


_STEPS = st.lists(
    st.sampled_from(["verify", "start", "ask", "resolve", "transfer", "assign", "Rate", "Reopen", "Reply", "Withdraw"]),
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(_STEPS)
async def test_over_grpc_a_case_goes_the_same_way(governance: Governance, steps: list[str]) -> None:
    filed = await file(governance)
    now = "filed"
    extra: dict[str, dict[str, Any]] = {
        "ask": {"note": "Di mana?"},
        "resolve": {"note": "Bukan lahan kota", "refusal": True},
        "transfer": {"note": "Bukan kami", "agency": "dpu"},
        "Rate": {"rating": 3},
        "Reopen": {"note": "Masih ada di sana"},
        "Reply": {"note": "Di depan"},
    }
    for step in steps:
        same_agency = step == "transfer" and filed.last.agency.id == "dpu"
        allowed = None if same_agency else _plain(now).get(step.lower())
        done = True
        try:
            if step[0].isupper():
                await filed.act(step, **extra.get(step, {}))
            else:
                await filed.move(step, VERIFIER, **extra.get(step, {}))
        except RefusedError:
            done = False
        assert done == (allowed is not None), (now, step)
        now = allowed[1] if allowed else now
    seen = await filed.read(DLH if filed.last.agency.id == "dlh" else VERIFIER)
    assert state(seen) == now
    numbers = [entry.number for entry in seen.timeline]
    assert numbers == list(range(1, len(numbers) + 1))
