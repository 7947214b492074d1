"""Courses that were open when the city's profile lost ``courses.toml``: nobody comes to them, and they can be ended."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.society.certificates import timers
from services.society.courses import gauges
from services.society.terms.profile import FILE
from smartcity.society.v1 import courses_pb2, enrolments_pb2
from tests.governance.conftest import refused
from tests.society.courses.teaching import DISBUDPAR, REASON, Teaching
from tests.society.taking_part import BUDI, SITI


@pytest.fixture
def elsewhere(teaching: Teaching, tmp_path: Path) -> Path:
    """The profile without the file."""
    for path in teaching.served.runtime.city.folder.iterdir():
        if path.name != FILE:
            (tmp_path / path.name).symlink_to(path)
    return tmp_path


def taken_away(teaching: Teaching, elsewhere: Path) -> None:
    """The pillar starts with that profile."""
    teaching.served.runtime.city = replace(teaching.served.runtime.city, folder=elsewhere)


async def test_nobody_enrols_in_an_open_course_once_the_city_offers_none(teaching: Teaching, elsewhere: Path) -> None:
    course = await teaching.course()
    taken_away(teaching, elsewhere)
    with refused("COURSES_OFF"):
        await teaching.enrol(course, SITI)
    assert not (await teaching.read(course)).open


async def test_a_draft_is_published_no_more_once_the_city_offers_none_and_can_be_thrown_away(
    teaching: Teaching, elsewhere: Path
) -> None:
    draft = await teaching.draft()
    taken_away(teaching, elsewhere)
    with refused("COURSES_OFF"):
        await teaching.call(courses_pb2.PublishCourseRequest(id=draft.id, etag=draft.etag), DISBUDPAR)
    await teaching.call(courses_pb2.DeleteCourseRequest(id=draft.id, etag=draft.etag), DISBUDPAR)


async def test_an_open_course_can_be_called_off_once_the_city_offers_none(teaching: Teaching, elsewhere: Path) -> None:
    course = await teaching.course()
    siti = await teaching.enrol(course, SITI)
    taken_away(teaching, elsewhere)
    etag = (await teaching.read(course)).etag
    request = courses_pb2.CancelCourseRequest(id=course.id, etag=etag, reason=REASON)
    assert (await teaching.call(request, DISBUDPAR)).course.state == courses_pb2.COURSE_STATE_CANCELLED
    assert (await teaching.enrolment(siti)).state == enrolments_pb2.ENROLMENT_STATE_CANCELLED


async def test_who_is_enrolled_gives_the_seat_back_to_who_waits_also_once_the_city_offers_none(
    teaching: Teaching, elsewhere: Path
) -> None:
    course = await teaching.course(seats=1)
    siti, budi = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    taken_away(teaching, elsewhere)
    await teaching.withdraw(siti)
    assert (await teaching.enrolment(budi, BUDI)).state == enrolments_pb2.ENROLMENT_STATE_SEATED


async def test_a_course_that_is_over_is_finished_by_itself_also_once_the_city_offers_none(
    teaching: Teaching, elsewhere: Path
) -> None:
    course = await teaching.course()
    siti = await teaching.enrol(course, SITI)
    teaching.served.pass_time(days=7, hours=1)
    await teaching.mark(course, 1, siti.id)
    taken_away(teaching, elsewhere)
    teaching.served.pass_time(days=16)
    ((late, _),) = next(iter((await gauges.read(teaching.served.runtime)).values()))
    assert late > 0
    await timers.due(teaching.served.runtime)
    assert (await teaching.read(course)).state == courses_pb2.COURSE_STATE_FINISHED
    assert (await teaching.enrolment(siti)).certificate
