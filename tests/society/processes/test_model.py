"""The rules of processes, without anything around them."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import DomainError
from services.kit.ids import uuid7
from services.society.processes import model, voting
from services.society.processes.model import Dates, Phase, Process, Voters, Words

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
UNDATED = Dates()
WORDS = Words("Musrenbang Pleburan", "", "Usulan warga untuk tahun depan.", "", "", "", 0)


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def process(phase: Phase = Phase.DRAFT, dates: Dates = UNDATED, *, votes: bool = True) -> Process:
    made = Process(
        id=uuid7(), version=1, kind="musrenbang-kelurahan", agency="bappeda", area="33.74.07.1005", phase=phase,
        **vars(WORDS), votes=votes, min_age=17, voter_areas=("33.74.07.1005",), cut_off=date(2026, 12, 31),
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    return made.with_dates(dates)


def fall_due(one: Process, now: datetime) -> Process | None:
    return model.fall_due(voting.postponed(one, now) if voting.is_late(one, now) else one, now)


def refused(reason: str) -> "pytest.RaisesExc[DomainError]":
    return pytest.RaisesExc(DomainError, check=lambda error: error.reason == reason)


def test_it_goes_through_its_phases_on_their_dates() -> None:
    one = process(dates=Dates(later(1), later(10), None, later(27), later(200)), votes=False)
    seen = []
    for day in (0, 1, 5, 10, 20, 27, 199, 200, 300):
        moved = model.fall_due(one, later(day))
        one = moved or one
        seen.append((day, one.phase.value) if moved else day)
    assert seen == [0, (1, "collect"), 5, (10, "review"), 20, (27, "carry_out"), 199, (200, "done"), 300]
    assert one.due_at is None


def test_after_a_long_sleep_it_comes_to_the_latest_phase_at_once_and_keeps_the_dates() -> None:
    dates = Dates(later(1), later(10), None, later(27), None)
    moved = model.fall_due(process(dates=dates), later(30))
    assert moved is not None
    assert (moved.phase, moved.dates, moved.due_at) == (Phase.CARRY_OUT, dates, None)


@pytest.mark.parametrize("down", [20.5, 40])
def test_a_vote_whose_date_passed_meanwhile_is_held_for_as_long_as_was_announced(down: float) -> None:
    one = process(Phase.REVIEW, Dates(later(-5), later(3), later(20), later(27), later(200)))
    moved = fall_due(one, later(down))
    assert moved is not None
    assert (moved.phase, moved.dates.vote) == (Phase.VOTE, later(down))
    assert (moved.dates.carry_out, moved.dates.done) == (later(down + 7), later(down + 180))
    assert model.release(moved, later(down)).due_at == later(down + 7)


def test_it_does_not_leave_its_vote_by_itself_before_a_ballot_of_it_is_counted() -> None:
    one = process(Phase.VOTE, Dates(vote=NOW, carry_out=later(7)))
    assert (one.due_at, model.fall_due(one, later(300))) == (None, None)
    counted = model.release(model.hold(one, uuid7(), NOW), later(5))
    moved = model.fall_due(counted, later(7))
    assert moved is not None
    assert (counted.due_at, moved.phase) == (later(7), Phase.CARRY_OUT)


@pytest.mark.parametrize(("minutes", "dates"), [(0, 14), (14, 14), (16, 14), (60 * 24 * 30, 14)])
def test_a_ballot_that_is_announced_late_lasts_as_long_as_the_vote_was_to(minutes: int, dates: int) -> None:
    one, now = process(Phase.VOTE, Dates(vote=NOW, carry_out=later(dates))), NOW + timedelta(minutes=minutes)
    begun = voting.begun(one, now)
    begins = now if minutes > 15 else NOW
    assert (begun.vote_at, begun.carry_out_at) == (begins, begins + timedelta(days=dates))


@pytest.mark.parametrize(
    ("ends", "cut_off", "reason"),
    [
        (timedelta(minutes=59), date(2026, 12, 1), "PROCESS_DATES_INVALID"),
        (timedelta(days=93), date(2026, 12, 1), "PROCESS_DATES_INVALID"),
        (timedelta(days=7), date(2026, 12, 5), "PROCESS_VOTERS_INVALID"),
        (timedelta(days=7), date(2026, 12, 4), ""),
    ],
)
def test_a_vote_has_dates_that_a_ballot_can_be_held_by(ends: timedelta, cut_off: date, reason: str) -> None:
    one = replace(process(dates=Dates(vote=later(3), carry_out=later(3) + ends)), cut_off=cut_off)
    with refused(reason) if reason else nullcontext():
        voting.check_vote(one, UTC, practice=False)


def test_without_its_ballot_it_stays_in_its_vote_until_somebody_decides() -> None:
    one = process(Phase.VOTE, Dates(vote=NOW, carry_out=later(7), done=later(200)))
    held = model.hold(one, uuid7(), NOW)
    gone = model.let_go(held, later(9))
    assert (gone.ballot, gone.phase, gone.due_at) == (None, Phase.VOTE, None)
    assert model.fall_due(gone, later(300)) is None
    assert model.move(gone, Phase.CARRY_OUT, later(9)).phase is Phase.CARRY_OUT


def test_by_hand_what_was_to_begin_before_is_left_out_and_later_dates_stay() -> None:
    one = process(Phase.COLLECT, Dates(later(-5), later(3), later(10), later(17), None))
    moved = model.move(one, Phase.VOTE, NOW)
    assert moved.dates == Dates(later(-5), None, NOW, later(17), None)
    assert model.release(moved, NOW).due_at == later(17)


def test_a_review_that_goes_back_begins_anew_when_an_officer_says_so() -> None:
    one = process(Phase.REVIEW, Dates(later(-20), later(-1), later(10), None, None))
    moved = model.move(one, Phase.COLLECT, NOW)
    assert (moved.phase, moved.dates) == (Phase.COLLECT, Dates(NOW, None, later(10), None, None))


@pytest.mark.parametrize(
    ("phase", "to"),
    [
        (Phase.VOTE, Phase.COLLECT),
        (Phase.VOTE, Phase.REVIEW),
        (Phase.COLLECT, Phase.COLLECT),
        (Phase.COLLECT, Phase.DRAFT),
        (Phase.DONE, Phase.COLLECT),
    ],
)
def test_it_does_not_go_back_or_nowhere(phase: Phase, to: Phase) -> None:
    with refused("INVALID_TRANSITION"):
        model.move(process(phase), to, NOW)


def test_a_kind_without_a_vote_never_comes_to_one() -> None:
    with refused("INVALID_TRANSITION"):
        model.move(process(Phase.REVIEW, votes=False), Phase.VOTE, NOW)
    with refused("PROCESS_DATES_INVALID"):
        model.checked(process(dates=Dates(vote=later(3)), votes=False), NOW)


def test_nobody_votes_before_it_is_said_which_day_counts() -> None:
    with refused("PROCESS_VOTERS_INVALID"):
        model.move(replace(process(Phase.REVIEW), cut_off=None), Phase.VOTE, NOW)
    with refused("PROCESS_VOTERS_INVALID"):
        model.checked(replace(process(dates=Dates(vote=later(3))), cut_off=None), NOW)


@pytest.mark.parametrize("dates", [Dates(later(-1)), Dates(later(5), later(5)), Dates(later(5), done=later(4))])
def test_dates_lie_ahead_and_follow_each_other(dates: Dates) -> None:
    with refused("PROCESS_DATES_INVALID"):
        model.checked(process(dates=dates), NOW)


def test_once_the_vote_has_begun_only_dates_ahead_change() -> None:
    one = process(Phase.VOTE, Dates(later(-20), later(-9), later(-1), later(6), None))
    voters = Voters(17, ("33.74.07.1005",), date(2026, 12, 31))
    done = model.rewritten(one, WORDS, voters, Dates(vote=later(3), carry_out=later(8)), NOW)
    assert done.dates == Dates(later(-20), later(-9), later(-1), later(8), None)
    for words, who in ((replace(WORDS, budget=5), voters), (WORDS, replace(voters, min_age=21))):
        with refused("PROCESS_VOTING"):
            model.rewritten(one, words, who, Dates(), NOW)


def test_what_is_done_stays_as_it_is() -> None:
    with refused("INVALID_TRANSITION"):
        model.rewritten(process(Phase.DONE), WORDS, None, Dates(), NOW)


@given(st.lists(st.none() | st.integers(1, 400), min_size=5, max_size=5), st.lists(st.integers(0, 500), max_size=12))
def test_whatever_the_dates_it_only_goes_on_and_is_never_overdue_after_its_turn(
    days: list[int | None], looks: list[int]
) -> None:
    ordered = iter(sorted({day for day in days if day is not None}))
    dates = Dates(*(None if day is None or (at := next(ordered, None)) is None else later(at) for day in days))
    one = process(dates=dates)
    for look in sorted(looks):
        moved = fall_due(one, later(look))
        assert moved is None or moved.phase.after(one.phase)
        one = moved or one
        if one.phase is Phase.VOTE:
            one = model.release(one, later(look))
        assert one.due_at is None or one.due_at > later(look)
