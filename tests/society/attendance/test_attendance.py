"""Attendance over the pillar's real server: noted by officers once, corrected with a note, never one's own."""

from smartcity.society.v1 import enrolments_pb2 as pb
from tests.governance.conftest import refused
from tests.society.courses.teaching import BOTH, DISBUDPAR, DISDIK, Teaching
from tests.society.taking_part import BUDI, SITI


async def test_a_correction_needs_a_note_and_keeps_what_was_noted_before(teaching: Teaching) -> None:
    course = await teaching.course()
    siti, budi = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    with refused("SESSION_NOT_BEGUN"):
        await teaching.mark(course, 1, siti.id)
    teaching.served.pass_time(days=7, hours=1)
    noted = await teaching.mark(course, 1, siti.id, absent=[budi.id])
    assert (noted.noted, noted.corrected) == (2, 0)
    assert (await teaching.mark(course, 1, siti.id)).noted == 0, "the same again is no news"
    with refused("CORRECTION_NOTE_REQUIRED"):
        await teaching.mark(course, 1, budi.id)
    fixed = await teaching.mark(course, 1, budi.id, note="Datang terlambat, sudah tanda tangan.")
    assert fixed.corrected == 1
    now = await teaching.enrolment(budi, BUDI)
    assert (list(now.present), list(now.absent), now.attended) == ([1], [], 1)
    marks = (await teaching.call(pb.ListAttendanceMarksRequest(id=budi.id), DISBUDPAR)).marks
    assert [(one.present, one.officer, bool(one.note)) for one in marks] == [
        (False, DISBUDPAR.subject, False), (True, DISBUDPAR.subject, True),
    ]  # fmt: skip


async def test_nobody_marks_their_own(teaching: Teaching) -> None:
    course = await teaching.course()
    own = await teaching.enrol(course, BOTH, "Petugas Wisata")
    teaching.served.pass_time(days=7, hours=1)
    with refused("OWN_MATTER"):
        await teaching.mark(course, 1, own.id)


async def test_only_those_with_a_seat_in_the_course_are_marked_and_by_its_agency(teaching: Teaching) -> None:
    course, other = await teaching.course(seats=1), await teaching.course()
    seated, waiting = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    elsewhere = await teaching.enrol(other, SITI)
    teaching.served.pass_time(days=7, hours=1)
    for wrong in (waiting.id, elsewhere.id, "somebody"):
        with refused("ENROLMENT_NOT_FOUND"):
            await teaching.mark(course, 1, wrong)
    with refused("ATTENDANCE_AMBIGUOUS"):
        await teaching.mark(course, 1, seated.id, absent=[seated.id])
    with refused("SESSION_UNKNOWN"):
        await teaching.mark(course, 3, seated.id)
    with refused("NOT_YOURS"):
        await teaching.mark(course, 1, seated.id, caller=DISDIK)
    listed = await teaching.call(pb.ListParticipantsRequest(course=course.id), DISBUDPAR)
    assert [(one.id, one.name) for one in listed.enrolments] == [(seated.id, "Siti Aminah")]
