"""Jobs under any sequence of news and moves, checked against a plain model: a table of words and a few sums."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.environment.cleanups import model
from services.environment.cleanups.model import EDGES, Cleanup, Need, State
from services.kit.errors import DomainError
from smartcity.environment.v1 import cleanups_pb2 as pb
from tests.environment.conftest import Environment, state
from tests.governance.conftest import refused

PLAIN = {
    "open": "dispatch>dispatched complete>completed abandon>abandoned cancel>cancelled",
    "dispatched": "dispatch>dispatched complete>completed abandon>abandoned cancel>cancelled",
    "completed": "",
    "abandoned": "",
    "cancelled": "",
}
LIVE = ("open", "dispatched")


def _plain(state_: str) -> dict[str, str]:
    """Move -> where it leads."""
    return dict(word.split(">") for word in PLAIN[state_].split())


@pytest.mark.parametrize("state_", list(State))
def test_the_table_is_the_plain_table(state_: State) -> None:
    table = {move.value: to.value for (start, move), to in EDGES.items() if start is state_}
    assert table == _plain(state_.value)


texts = st.sampled_from(["x" * 10, "Sudah diangkut semua", "x" * 2000])
crews = st.sampled_from(["Tim 1", "x" * 100])
proofs = st.lists(st.sampled_from([str(UUID(int=number)) for number in range(7)] + ["foto"]), min_size=1, max_size=5)
agencies = st.sampled_from(["dlh", "kec"])


class Lifecycle(RuleBasedStateMachine):
    """Anybody tries anything with one complaint's jobs at any time."""

    @initialize()
    def filed(self) -> None:
        """Nothing is known of the complaint."""
        self.now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
        self.jobs: list[Cleanup] = []
        self.states: list[str] = []

    @rule(hours=st.integers(1, 400))
    def time_passes(self, hours: int) -> None:
        """Time passes."""
        self.now += timedelta(hours=hours)

    @rule(agency=agencies, area=st.sampled_from(["", "33.74.01.1007"]), point=st.booleans())
    def it_needs_cleaning(self, agency: str, area: str, point: bool) -> None:
        """The complaint needs a job of an agency, as the action does it."""
        lon, lat = (110.4, -7.0) if point else (None, None)
        need = Need("complaint", "SMG-0001-00", "story", "sampah-menumpuk", agency, area, lon, lat)
        live = bool(self.jobs) and self.states[-1] in LIVE
        if live and (self.states[-1] == "open" or self.jobs[-1].agency == agency):
            before = self.jobs[-1]
            assert model.can_follow(before, need)
            self.jobs[-1] = after = model.follow(before, need, self.now)
            told = (after.agency, after.area, after.lon) == (before.agency, before.area, before.lon)
            assert (after is before) == told
            assert (after.version - before.version) == (not told)
            assert (after.crew, after.state, after.created_at) == (before.crew, before.state, before.created_at)
        else:
            if live:
                assert not model.can_follow(self.jobs[-1], need)
                self._take("cancel", model.cancel, self.now)
            before_ = self.jobs[-1] if self.jobs else None
            made = model.open_for(need, uuid4(), before_, self.now)
            kept = not point and before_ is not None and before_.area == area and before_.lon is not None
            assert (made.lon is not None) == (point or kept)
            self.jobs.append(made)
            self.states.append("open")
        assert self.jobs[-1].agency == agency

    @precondition(lambda self: bool(self.jobs))
    @rule(crew=crews)
    def a_crew_is_sent(self, crew: str) -> None:
        """An officer sends a crew."""
        if self._try("dispatch", True, model.dispatch, crew, self.now):
            assert self.jobs[-1].crew == crew

    @precondition(lambda self: bool(self.jobs))
    @rule(note=texts, photos=proofs)
    def it_is_completed(self, note: str, photos: list[str]) -> None:
        """An officer completes it."""
        if self._try("complete", "foto" not in photos, model.complete, note, photos, self.now):
            job = self.jobs[-1]
            assert (job.note, set(job.photos), job.completed_at) == (note, set(photos), self.now)

    @precondition(lambda self: bool(self.jobs))
    @rule(reason=texts)
    def it_is_given_back(self, reason: str) -> None:
        """An officer gives it back."""
        self._try("abandon", True, model.abandon, reason, self.now)

    @precondition(lambda self: bool(self.jobs))
    @rule()
    def the_complaint_ends(self) -> None:
        """The complaint ended otherwise."""
        self._try("cancel", True, model.cancel, self.now)

    def _try(self, move: str, good: bool, act: Any, *arguments: Any) -> bool:
        if move in _plain(self.states[-1]) and good:
            self._take(move, act, *arguments)
            return True
        with pytest.raises(DomainError) as caught:
            act(self.jobs[-1], *arguments)
        # A move that is out of place is refused as such, whatever else is wrong with it.
        assert (caught.value.reason == "INVALID_TRANSITION") == (move not in _plain(self.states[-1]))
        return False

    def _take(self, move: str, act: Any, *arguments: Any) -> None:
        before = self.jobs[-1]
        self.jobs[-1] = act(before, *arguments)
        self.states[-1] = _plain(self.states[-1])[move]
        assert self.jobs[-1].version == before.version + 1
        assert self.jobs[-1].updated_at == self.now

    @invariant()
    def they_agree(self) -> None:
        """States are those of the plain model."""
        assert [job.state.value for job in self.jobs] == self.states

    @invariant()
    def one_job_at_a_time(self) -> None:
        """Only the newest job waits or runs."""
        assert all(past not in LIVE for past in self.states[:-1])

    @invariant()
    def versions_count_on(self) -> None:
        """Each job's version is above those of the jobs before it."""
        versions = [job.version for job in self.jobs]
        assert versions == sorted(set(versions))

    @invariant()
    def only_completed_jobs_hold_proof(self) -> None:
        """Photos and a time of completion come with completion and with nothing else."""
        for job in self.jobs:
            done = job.state is State.COMPLETED
            assert (job.completed_at is not None, bool(job.photos)) == (done, done)


Lifecycle.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLifecycle = Lifecycle.TestCase


@dataclass
class Plain:
    """What the plain model knows of a complaint's jobs."""

    states: list[str]
    told: list[str]
    out: bool = False
    """Whether a crew is out for the newest job, which was cancelled."""

    @property
    def live(self) -> bool:
        """Whether a job waits or runs."""
        return bool(self.states) and self.states[-1] in LIVE


_STEPS = st.lists(
    st.sampled_from(["assigned", "reopened", "elsewhere", "withdrawn", "Dispatch", "Complete", "Abandon"]), max_size=10
)
_TOLD = {"Dispatch": "CleanupDispatched", "Complete": "CleanupCompleted", "Abandon": "CleanupAbandoned"}


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(_STEPS)
async def test_over_grpc_and_by_news_the_jobs_go_the_same_way(environment: Environment, steps: list[str]) -> None:
    before = len(await environment.emitted())
    complaint, plain = environment.complaint(), Plain([], [])
    for step in steps:
        if step in _TOLD:
            await _officer(environment, complaint.code, step, plain)
            continue
        if step in ("assigned", "reopened"):
            await (complaint.assigned() if step == "assigned" else complaint.reopened())
            if not plain.live:
                plain.out = False
                plain.states.append("open")
                plain.told.append("CleanupOpened")
            continue
        await (complaint.assigned(agency="dpu") if step == "elsewhere" else complaint.becomes(step))
        if plain.live:
            plain.out, plain.states[-1] = plain.states[-1] == "dispatched", "cancelled"
    page = await environment.page(complaint=complaint.code, states=[1, 2, 3, 4, 5])
    found = sorted(page.cleanups, key=lambda job: int(job.etag))
    assert [state(job) for job in found] == plain.states
    assert (await environment.emitted())[before:] == plain.told
    versions = [row["version"] for row in (await environment.served.outbox())[before:]]
    assert versions == sorted(set(versions))


async def _officer(environment: Environment, code: str, verb: str, plain: Plain) -> None:
    """An officer tries a move on the newest job."""
    if plain.out and verb == "Abandon":  # it is called back
        await _move(environment, code, verb)
        plain.out = False
        return
    if not plain.live:
        with refused("INVALID_TRANSITION" if plain.states else "CLEANUP_NOT_FOUND"):
            await _move(environment, code, verb)
        return
    await _move(environment, code, verb)
    plain.states[-1] = _plain(plain.states[-1])[verb.lower()]
    plain.told.append(_TOLD[verb])


async def _move(environment: Environment, code: str, verb: str) -> None:
    answer = await environment.call("CleanupService.GetCleanup", pb.GetCleanupRequest(id=code))
    await environment.move(verb, answer.cleanup)
