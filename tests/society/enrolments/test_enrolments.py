"""Enrolments over the pillar's real server: seats, the waiting list that moves up, what everybody is told, erasure."""

import asyncio
import hashlib
import runpy
from collections import Counter
from uuid import UUID

import pytest

from services.kit.caller import ANONYMOUS, Caller
from services.society.enrolments import actions, timers
from services.society.own_data import reactions
from services.society.pillar import PILLAR
from services.society.seating import store
from smartcity.society.v1 import courses_pb2, own_records_pb2
from smartcity.society.v1 import enrolments_pb2 as pb
from smartcity.society.v1.certificates_pb2 import WithdrawCertificateRequest
from smartcity.society.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.fixtures.meanwhile import meanwhile
from tests.fixtures.personal import asked, exported
from tests.fixtures.pillars import answered_elsewhere
from tests.governance.conftest import RefusedError, officer, refused
from tests.society.courses.teaching import DISBUDPAR, DISDIK, REASON, Teaching, somebody
from tests.society.taking_part import BUDI, SITI

SEATED, WAITING = pb.ENROLMENT_STATE_SEATED, pb.ENROLMENT_STATE_WAITING


async def test_a_freed_seat_goes_to_who_waits_the_longest_by_itself(teaching: Teaching) -> None:
    course = await teaching.course(seats=1)
    people = [somebody(place) for place in range(3)]
    first, second, third = [await teaching.enrol(course, each) for each in people]
    assert [(one.state, one.ahead) for one in (first, second, third)] == [(SEATED, 0), (WAITING, 0), (WAITING, 1)]
    gone = await teaching.withdraw(first, people[0])
    assert (gone.state, gone.course.free, gone.course.waiting) == (pb.ENROLMENT_STATE_WITHDRAWN, 0, 1)
    assert (await teaching.enrolment(second, people[1])).state == SEATED
    again = await teaching.enrol(course, people[0])
    assert (again.state, again.ahead) == (WAITING, 1), "who comes back stands at the end"
    assert await teaching.told() == ["CoursePublished", "SeatTaken", "SeatFreed", "SeatTaken"]


async def test_shortly_before_the_first_session_nobody_moves_up_once_enrolling_is_over(teaching: Teaching) -> None:
    course = await teaching.course(seats=1, close_time=teaching.at(days=6))
    first, second = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    assert course.move_up_end_time == teaching.at(days=6)
    teaching.served.pass_time(days=6, hours=1)
    await teaching.withdraw(first)
    assert (await teaching.enrolment(second, BUDI)).state == WAITING


async def test_as_long_as_people_enrol_a_free_seat_is_of_who_waits_also_shortly_before(teaching: Teaching) -> None:
    course = await teaching.course(seats=1, close_time=teaching.at(days=7))
    first, second = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    teaching.served.pass_time(days=6, hours=1)
    await teaching.withdraw(first)
    assert (await teaching.enrolment(second, BUDI)).state == SEATED


async def test_who_waited_for_a_seat_that_stayed_free_has_it_before_who_comes(teaching: Teaching) -> None:
    course = await teaching.course(seats=1)
    first, second = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    await teaching.served.runtime.pool.execute("UPDATE course SET seats = 2")  # as nobody was moved up before
    third = await teaching.enrol(course, somebody(3))
    states = [first.state, (await teaching.enrolment(second, BUDI)).state, third.state]
    assert states == [SEATED, SEATED, WAITING]


async def test_many_who_ask_at_once_never_have_more_seats_than_there_are(teaching: Teaching) -> None:
    course = await teaching.course(seats=3)

    async def one(place: int) -> int:
        try:
            return (await teaching.enrol(course, somebody(place % 12))).state
        except RefusedError as error:
            assert error.reason == "ENROLLED_ALREADY"  # noqa: PT017 - of one person's two taps
            return 0

    states = Counter(await asyncio.gather(*(one(place) for place in range(24))))
    now = await teaching.read(course)
    assert states == {SEATED: 3, WAITING: 9, 0: 12}
    assert (now.free, now.waiting) == (0, 9)


async def test_nobody_takes_part_in_more_courses_by_asking_at_once(
    teaching: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_OF_ONE", 2)
    offered = [await teaching.course() for _ in range(8)]
    answers = await asyncio.gather(*(teaching.enrol(each, SITI) for each in offered), return_exceptions=True)
    refusals = [one.reason for one in answers if isinstance(one, RefusedError)]
    assert refusals == ["ENROLMENTS_TOO_MANY"] * 6


async def test_courses_that_are_over_count_no_longer_among_those_that_somebody_takes_part_in(
    teaching: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_OF_ONE", 2)
    await teaching.certified()
    await teaching.enrol(await teaching.course(days=(1,), close_time=teaching.at(hours=2)))
    teaching.served.pass_time(days=2)
    assert [(await teaching.enrol(await teaching.course())).state for _ in range(2)] == [SEATED, SEATED]
    with refused("ENROLMENTS_TOO_MANY"):
        await teaching.enrol(await teaching.course())


async def test_the_same_request_again_is_answered_as_before(teaching: Teaching) -> None:
    course = await teaching.course()
    request = pb.CreateEnrolmentRequest(request_id="tap", course=course.id, name="Siti Aminah")
    first, again = [(await teaching.call(request)).enrolment for _ in range(2)]
    assert first == again
    await answered_elsewhere(PILLAR, teaching.served.runtime)
    assert (await teaching.call(request)).enrolment == first
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await teaching.call(pb.CreateEnrolmentRequest(request_id="tap", course=course.id, name="Siti Aminah B."))
    kept = await teaching.served.admin.fetch("SELECT request_hash, answer FROM society.idempotency_key")
    assert not any(b"Aminah" in bytes(row["answer"] or b"") for row in kept)
    tried = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
    assert tried not in [row["request_hash"] for row in kept]


async def test_more_seats_go_to_those_who_wait_and_a_change_is_told_with_its_reason(teaching: Teaching) -> None:
    course = await teaching.course(seats=1)
    _, second = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    with refused("COURSE_REASON_REQUIRED"):
        await teaching.call(
            courses_pb2.UpdateCourseRequest(id=course.id, etag=course.etag, **teaching.plan()), DISBUDPAR
        )
    changed = courses_pb2.UpdateCourseRequest(id=course.id, etag=course.etag, reason=REASON, **teaching.plan(seats=5))
    done = (await teaching.call(changed, DISBUDPAR)).course
    assert (done.free, done.waiting, done.changes[-1].reason) == (3, 0, REASON)
    assert (await teaching.enrolment(second, BUDI)).state == SEATED
    with refused("SEATS_TAKEN"):
        fewer = courses_pb2.UpdateCourseRequest(id=course.id, etag=done.etag, reason=REASON, **teaching.plan(seats=1))
        await teaching.call(fewer, DISBUDPAR)


async def test_a_course_that_is_called_off_says_so_to_all(teaching: Teaching) -> None:
    course = await teaching.course(seats=1)
    both = [(await teaching.enrol(course, each), each) for each in (SITI, BUDI)]
    request = courses_pb2.CancelCourseRequest(id=course.id, etag=course.etag, reason="Pengajar berhalangan.")
    with refused("NOT_YOURS"):
        await teaching.call(request, DISDIK)
    await teaching.call(request, DISBUDPAR)
    for one, caller in both:
        now = await teaching.enrolment(one, caller)
        assert now.state == pb.ENROLMENT_STATE_CANCELLED
        assert now.course.state == courses_pb2.COURSE_STATE_CANCELLED
    with refused("ENROLMENT_CLOSED"):
        await teaching.enrol(course, somebody(5))


async def test_drafts_are_for_their_agency_and_enrolling_needs_a_login(teaching: Teaching) -> None:
    draft = await teaching.draft()
    for caller in (SITI, DISDIK):
        with refused("COURSE_NOT_FOUND"):
            await teaching.read(draft, caller)
    assert (await teaching.read(draft, DISBUDPAR)).title == draft.title
    with refused("LOGIN_REQUIRED"):
        await teaching.enrol(await teaching.course(), ANONYMOUS)
    with refused("NOT_YOURS"):
        await teaching.draft(caller=officer("dlh"))


async def test_an_enrolment_is_shown_to_its_owner_and_the_agency_alone(teaching: Teaching) -> None:
    course = await teaching.course()
    one = await teaching.enrol(course, SITI)
    assert one.name == "", "what is kept for a repeat has no name"
    assert [(await teaching.enrolment(one, caller)).name for caller in (SITI, DISBUDPAR)] == ["Siti Aminah"] * 2
    for caller in (BUDI, DISDIK):
        with refused("ENROLMENT_NOT_FOUND"):
            await teaching.enrolment(one, caller)
    with refused("ENROLMENT_NOT_FOUND"):
        await teaching.withdraw(one, DISBUDPAR)
    own = await teaching.call(pb.ListEnrolmentsRequest(), SITI)
    assert [each.id for each in own.enrolments] == [one.id]


async def test_erasure_gives_the_seat_back_and_takes_the_name(teaching: Teaching) -> None:
    course = await teaching.course(seats=1)
    _, second = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    told = await asked(teaching.served, reactions, SITI.subject, erase=True)
    assert told["enrolments"] == (1, 1, "")
    assert (await teaching.enrolment(second, BUDI)).state == SEATED
    kept = await teaching.served.admin.fetch("SELECT subject, sealed FROM society.enrolment ORDER BY place")
    assert [(row["subject"], bool(row["sealed"])) for row in kept] == [("", False), (BUDI.subject, True)]


async def test_a_name_that_is_corrected_while_its_owner_is_erased_is_not_kept(teaching: Teaching) -> None:
    mine = await teaching.certified()
    withdrawn = WithdrawCertificateRequest(code=mine.certificate, etag="1", reason="Namanya salah tulis.")
    await teaching.call(withdrawn, DISBUDPAR)  # else the name is settled, and cannot be corrected any more
    request = pb.ShowEnrolmentNameRequest(request_id="late", id=mine.id, name="Siti Aminah binti Ali", name_shown=True)
    async with teaching.served.runtime.transaction() as tx:
        await actions.erase(tx, await store.these(tx, [UUID(mine.id)]))
        late = await meanwhile(tx, teaching.call(request))
    with refused("ENROLMENT_NOT_FOUND"):
        await late
    (kept,) = await teaching.served.admin.fetch("SELECT subject, sealed, name_shown FROM society.enrolment")
    assert tuple(kept) == ("", b"", False)


async def _corrected(teaching: Teaching, caller: Caller, course: courses_pb2.Course) -> pb.Enrolment:
    """Somebody whose attendance an officer noted, and corrected in words."""
    one = await teaching.enrol(course, caller)
    teaching.served.pass_time(days=7, hours=1)
    await teaching.mark(course, 1, absent=[one.id])
    await teaching.mark(course, 1, one.id, note="Siti pulang karena sakit, hubungi 081355557777.")
    return one


async def _marks(teaching: Teaching, one: pb.Enrolment) -> list[tuple[bool, str]]:
    found = (await teaching.call(pb.ListAttendanceMarksRequest(id=one.id), DISBUDPAR)).marks
    return [(mark.present, mark.note) for mark in found]


async def test_words_of_officers_on_somebodys_attendance_are_theirs_to_read_and_go_with_their_name(
    teaching: Teaching,
) -> None:
    course = await teaching.course()
    one = await _corrected(teaching, SITI, course)
    request = own_records_pb2.ListOwnRecordsRequest()
    told = (await exported(teaching.served, OwnRecordServiceStub, request, SITI))["attendance"]
    assert [(row["course"], row["session"], row["present"], row.get("note", "")) for row in told] == [
        (course.title, "1", "true", "Siti pulang karena sakit, hubungi 081355557777."),
        (course.title, "1", "false", ""),
    ]
    teaching.served.pass_time(days=2)  # before it is over the seat would be given back
    await asked(teaching.served, reactions, SITI.subject, erase=True)
    assert await _marks(teaching, one) == [(False, ""), (True, "")], "who was there stays noted, of nobody"
    await teaching.mark(course, 1, absent=[one.id], note="Ternyata Siti tidak datang.")
    assert await _marks(teaching, one) == [(False, ""), (True, ""), (False, "")], "nothing would erase them"


async def test_words_of_officers_on_somebodys_attendance_go_on_the_day_of_their_name(teaching: Teaching) -> None:
    one = await _corrected(teaching, SITI, await teaching.course())
    await teaching.served.admin.execute("UPDATE society.enrolment SET forget_at = $1", teaching.served.now)
    teaching.served.pass_time(seconds=1)
    await timers.forget(teaching.served.runtime)
    assert await _marks(teaching, one) == [(False, ""), (True, "")]


async def test_words_that_erasures_of_before_left_are_taken_away_and_no_others(teaching: Teaching) -> None:
    one = await _corrected(teaching, SITI, await teaching.course())
    other = await _corrected(teaching, BUDI, await teaching.course())
    gone = "UPDATE society.enrolment SET subject = '', sealed = '' WHERE subject = $1"
    await teaching.served.admin.execute(gone, SITI.subject)
    async with teaching.served.runtime.transaction() as tx:
        await tx.execute(runpy.run_path(str(PILLAR.migrations / "2026_12_01_attendance_words.py"))["CLEAR"])
    assert [[bool(note) for _, note in await _marks(teaching, each)] for each in (one, other)] == [
        [False, False], [False, True],
    ]  # fmt: skip


async def test_names_of_those_who_left_are_erased_later(teaching: Teaching) -> None:
    course = await teaching.course()
    one = await teaching.withdraw(await teaching.enrol(course, SITI))
    teaching.served.pass_time(days=89)
    await timers.forget(teaching.served.runtime)
    assert (await teaching.enrolment(one)).name == "Siti Aminah"
    teaching.served.pass_time(days=2)
    await timers.forget(teaching.served.runtime)
    with refused("ENROLMENT_NOT_FOUND"):
        await teaching.enrolment(one)
