"""The rules of courses: times, seats, and how one goes from a draft to its end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.kit.errors import DomainError
from services.society.courses import model
from services.society.courses.model import Course, Plan, State

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def refusal(reason: str) -> "pytest.RaisesExc[DomainError]":
    return pytest.RaisesExc(DomainError, check=lambda error: error.reason == reason)


def plan(days: tuple[float, ...] = (7, 8), **more: Any) -> Plan:
    starts = tuple(NOW + timedelta(days=day) for day in days)
    good: dict[str, Any] = {
        "title": "Pemandu wisata", "title_en": "", "summary": "Menyambut tamu.", "summary_en": "", "venue": "Aula",
        "area": "33.74.03.1004", "lon": None, "lat": None, "session_starts": starts,
        "session_ends": tuple(each + timedelta(hours=3) for each in starts), "least_sessions": 1, "seats": 2,
        "closes_at": starts[0] - DAY,
    }  # fmt: skip
    return Plan(**{**good, **more})


def course(days: tuple[float, ...] = (7, 8), **more: Any) -> Course:
    return model.published(model.drafted(uuid4(), "disbudpar", plan(days, **more), NOW), NOW)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"days": (8, 7)}, "COURSE_TIMES_INVALID"),
        ({"days": (7, 7.05)}, "COURSE_TIMES_INVALID"),
        ({"days": (800,)}, "COURSE_TIMES_INVALID"),
        ({"closes_at": NOW + 9 * DAY}, "COURSE_TIMES_INVALID"),
        ({"session_ends": (NOW + 7 * DAY, NOW + 8 * DAY)}, "COURSE_TIMES_INVALID"),
        ({"least_sessions": 3}, "COURSE_LEAST_INVALID"),
    ],
)
def test_sessions_follow_each_other_and_enrolling_ends_before_them(wrong: dict[str, Any], reason: str) -> None:
    with refusal(reason):
        model.drafted(uuid4(), "disbudpar", plan(**wrong), NOW)


def test_a_draft_whose_closing_date_has_passed_is_not_published() -> None:
    draft = model.drafted(uuid4(), "disbudpar", plan(), NOW)
    with refusal("COURSE_TIMES_INVALID"):
        model.published(draft, NOW + 6 * DAY)
    with refusal("INVALID_TRANSITION"):
        model.published(model.published(draft, NOW), NOW)


def test_sessions_that_have_begun_stay_and_others_move() -> None:
    running = course()
    later = NOW + timedelta(days=7, hours=1)
    with refusal("COURSE_BEGUN"):
        model.rewritten(running, plan((7.2, 8)), later)
    assert model.rewritten(running, plan((7, 9)), later).ends_at == NOW + timedelta(days=9, hours=3)


@pytest.mark.parametrize(("days", "on"), [((1, 8), 2), ((-9, -8), 2), ((7, 7.2), 7.3)])
def test_no_session_of_a_published_course_moves_into_the_past(days: tuple[float, ...], on: float) -> None:
    """It could not be moved back, nor the course be called off, and certificates told of what never took place."""
    with refusal("COURSE_BEGUN"):
        model.rewritten(course(), plan(days), NOW + timedelta(days=on))


def test_there_are_never_fewer_seats_than_are_taken() -> None:
    full = replace(course(), taken=2, asked=2)
    with refusal("SEATS_TAKEN"):
        model.rewritten(full, plan(seats=1), NOW)


def test_a_course_is_finished_once_it_is_over_and_called_off_before() -> None:
    one = course()
    with refusal("COURSE_NOT_OVER"):
        model.finished(one, NOW + 8 * DAY)
    over = model.finished(one, NOW + 9 * DAY)
    assert over.state is State.FINISHED
    for act in (model.finished, model.cancelled):
        with refusal("INVALID_TRANSITION"):
            act(over, NOW + 9 * DAY)


def test_a_course_whose_last_session_has_ended_is_not_called_off_any_more() -> None:
    one = course()
    with refusal("COURSE_OVER"):
        model.cancelled(one, one.ends_at)
    assert model.cancelled(one, one.ends_at - timedelta(minutes=1)).state is State.CANCELLED


def test_nobody_enrols_after_the_closing_date_nor_behind_a_list_that_is_full() -> None:
    one = course()
    with refusal("ENROLMENT_CLOSED"):
        model.asked(one, one.closes_at)
    with refusal("COURSE_FULL"):
        model.asked(replace(one, taken=2, waiting=model.MOST_WAITING, asked=502), NOW)


def test_what_was_earned_by_a_course_that_is_over_is_not_asked_for_anew() -> None:
    """Another session made it begin again, and it could be called off; or more sessions were to have been attended."""
    one, over = course(), NOW + 9 * DAY
    assert model.rewritten(one, plan(title="Pemandu wisata kota", closes_at=one.closes_at), over).title != one.title
    for other in (plan((7, 8, 20)), plan(least_sessions=2)):
        with refusal("COURSE_OVER"):
            model.rewritten(one, other, over)
    assert model.rewritten(one, plan((7, 8, 20), least_sessions=2), NOW).least_sessions == 2
