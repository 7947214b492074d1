"""Certificates over the pillar's real server: to whom, what their number tells anybody, withdrawal, erasure."""

from services.kit.caller import ANONYMOUS, Caller
from services.society.certificates import model, timers
from services.society.courses import gauges
from services.society.enrolments import timers as enrolment_timers
from services.society.own_data import reactions
from smartcity.society.v1 import certificates_pb2 as pb
from smartcity.society.v1 import courses_pb2, enrolments_pb2
from tests.fixtures.personal import asked
from tests.governance.conftest import refused
from tests.society.courses.teaching import BOTH, DISBUDPAR, DISDIK, Teaching
from tests.society.taking_part import BUDI, SITI

VALID, WITHDRAWN = pb.CERTIFICATE_STATE_VALID, pb.CERTIFICATE_STATE_WITHDRAWN


async def overdue(teaching: Teaching) -> float:
    """What the gauge says, in seconds."""
    ((age, _),) = next(iter((await gauges.read(teaching.served.runtime)).values()))
    return age


async def test_who_attended_enough_has_a_certificate_once_the_course_is_over(teaching: Teaching) -> None:
    course = await teaching.course(least_sessions=2)
    siti, budi = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    teaching.served.pass_time(days=7, hours=1)
    await teaching.mark(course, 1, siti.id, budi.id)
    with refused("COURSE_NOT_OVER"):
        await teaching.issue(course)
    teaching.served.pass_time(days=2)
    with refused("ATTENDANCE_MISSING"):
        await teaching.issue(course)
    await teaching.mark(course, 2, siti.id, absent=[budi.id])
    with refused("NOT_YOURS"):
        await teaching.issue(course, DISDIK)
    assert (await teaching.issue(course)).issued == 1
    assert (await teaching.issue(course)).issued == 0
    assert (await teaching.read(course)).state == courses_pb2.COURSE_STATE_FINISHED
    assert (await teaching.enrolment(budi, BUDI)).certificate == ""
    found = await teaching.verified((await teaching.enrolment(siti)).certificate, ANONYMOUS)
    assert (found.state, found.title, found.name) == (VALID, course.title, "")
    assert (await teaching.told())[-2:] == ["CertificateIssued", "CourseFinished"]
    await teaching.mark(course, 2, budi.id, note="Sudah tanda tangan.")
    assert (await teaching.issue(course)).issued == 1, "who was noted wrongly has theirs later"


async def test_a_number_is_valid_withdrawn_unknown_or_mistyped(teaching: Teaching) -> None:
    code = (await teaching.certified()).certificate
    assert (await teaching.verified(code.lower().replace("-", " "))).code == code, "however it is written"
    last = "0" if code[-1] != "0" else "1"
    with refused("CERTIFICATE_MISTYPED"):
        await teaching.verified(code[:-1] + last)
    with refused("CERTIFICATE_MISTYPED"):
        await teaching.verified("SMGU-7K4P2-92")
    with refused("CERTIFICATE_NOT_FOUND"):
        await teaching.verified(model.new_code("SMG"))
    request = pb.WithdrawCertificateRequest(code=code, etag="1", reason="Kehadiran tercatat untuk orang lain.")
    with refused("NOT_YOURS"):
        await teaching.call(request, DISDIK)
    await teaching.call(request, DISBUDPAR)
    assert (await teaching.verified(code)).state == WITHDRAWN
    with refused("INVALID_TRANSITION"):
        await teaching.call(pb.WithdrawCertificateRequest(code=code, etag="2", reason="Sekali lagi."), DISBUDPAR)


async def attended(teaching: Teaching) -> enrolments_pb2.Enrolment:
    """Siti's seat in a course that is over, whose certificates are not issued yet."""
    course = await teaching.course(days=(7,))
    one = await teaching.enrol(course)
    teaching.served.pass_time(days=7, hours=3)
    await teaching.mark(course, 1, one.id)
    return one


async def test_who_attended_cannot_give_the_seat_back_after_the_last_session(teaching: Teaching) -> None:
    one = await attended(teaching)
    with refused("COURSE_OVER"):
        await teaching.withdraw(one)
    assert (await teaching.issue(one.course)).issued == 1


async def test_a_course_is_not_called_off_after_its_last_session(teaching: Teaching) -> None:
    one = await attended(teaching)
    with refused("COURSE_OVER"):
        request = courses_pb2.CancelCourseRequest(id=one.course.id, etag=one.course.etag, reason="Keliru tanggal.")
        await teaching.call(request, DISBUDPAR)
    assert (await teaching.issue(one.course)).issued == 1


async def test_erasure_after_the_last_session_takes_the_name_and_leaves_what_was_attended(teaching: Teaching) -> None:
    one = await attended(teaching)
    await asked(teaching.served, reactions, SITI.subject, erase=True)
    (left,) = (await teaching.participants(one.course)).enrolments
    assert (left.id, left.name, left.attended) == (one.id, "", 1)
    assert (await teaching.issue(one.course)).issued == 1


async def test_the_holder_reads_only_reasons_whose_officers_knew_that_they_would(teaching: Teaching) -> None:
    one, reason = await teaching.certified(), "Kehadiran tercatat untuk orang lain."
    request = pb.WithdrawCertificateRequest(code=one.certificate, etag="1", reason=reason)
    await teaching.call(request, DISBUDPAR)

    async def why(caller: Caller) -> str:
        found = await teaching.enrolment(one, caller)
        assert found.HasField("certificate_withdraw_time")
        return str(found.certificate_withdraw_reason)

    assert (await why(SITI), await why(DISBUDPAR)) == (reason, reason)
    await teaching.served.admin.execute("UPDATE society.certificate SET told = DEFAULT")  # as before the upgrade
    assert (await why(SITI), await why(DISBUDPAR)) == ("", reason)


async def withdrawn(teaching: Teaching, caller: Caller = SITI) -> enrolments_pb2.Enrolment:
    """Somebody whose certificate was withdrawn by mistake."""
    one = await teaching.certified(caller)
    request = pb.WithdrawCertificateRequest(code=one.certificate, etag="1", reason="Salah orang.")
    await teaching.call(request, DISBUDPAR)
    return one


async def test_a_certificate_that_was_withdrawn_by_mistake_is_issued_anew_with_another_number(
    teaching: Teaching,
) -> None:
    one = await withdrawn(teaching)
    with refused("NOT_YOURS"):
        await teaching.call(pb.ReissueCertificateRequest(code=one.certificate), DISDIK)
    made = (await teaching.call(pb.ReissueCertificateRequest(code=one.certificate), DISBUDPAR)).certificate
    assert (made.state, made.code != one.certificate) == (VALID, True)
    now = await teaching.enrolment(one)
    assert (now.certificate, now.HasField("certificate_withdraw_time")) == (made.code, False)
    assert (await teaching.verified(one.certificate)).state == WITHDRAWN
    assert (await teaching.told())[-1] == "CertificateIssued"


async def test_a_certificate_is_issued_anew_once_and_not_while_it_holds(teaching: Teaching) -> None:
    one = await teaching.certified()
    with refused("INVALID_TRANSITION"):
        await teaching.call(pb.ReissueCertificateRequest(code=one.certificate), DISBUDPAR)
    gone = await withdrawn(teaching, BUDI)
    await teaching.call(pb.ReissueCertificateRequest(code=gone.certificate), DISBUDPAR)
    with refused("INVALID_TRANSITION"):
        await teaching.call(pb.ReissueCertificateRequest(code=gone.certificate), DISBUDPAR)


async def test_nobody_has_a_certificate_anew_for_what_they_did_not_attend(teaching: Teaching) -> None:
    one = await withdrawn(teaching)
    await teaching.mark(one.course, 1, absent=[one.id], note="Hadir itu orang lain.")
    with refused("CERTIFICATE_UNEARNED"):
        await teaching.call(pb.ReissueCertificateRequest(code=one.certificate), DISBUDPAR)


async def test_nobody_issues_their_own_certificate_anew(teaching: Teaching) -> None:
    colleague = type(DISBUDPAR)("officer-disbudpar-2", frozenset({"officer"}), "disbudpar")
    course = await teaching.course(days=(7,))
    own = await teaching.enrol(course, BOTH, "Petugas Wisata")
    teaching.served.pass_time(days=8)
    await teaching.mark(course, 1, own.id, caller=colleague)
    await teaching.issue(course, colleague)
    code = (await teaching.enrolment(own, BOTH)).certificate
    await teaching.call(pb.WithdrawCertificateRequest(code=code, etag="1", reason="Salah orang."), colleague)
    with refused("OWN_MATTER"):
        await teaching.call(pb.ReissueCertificateRequest(code=code), DISBUDPAR)


async def test_who_is_erased_is_given_no_certificate_anew(teaching: Teaching) -> None:
    one = await withdrawn(teaching)
    await asked(teaching.served, reactions, SITI.subject, erase=True)
    with refused("INVALID_TRANSITION"):
        await teaching.call(pb.ReissueCertificateRequest(code=one.certificate), DISBUDPAR)


async def test_nobody_puts_another_name_on_a_certificate_once_the_course_has_begun(teaching: Teaching) -> None:
    course = await teaching.course(days=(7,))
    one = await teaching.enrol(course, SITI, "Siti Aminah")
    teaching.served.pass_time(days=8)
    await teaching.mark(course, 1, one.id)
    with refused("NAME_SETTLED"):
        await teaching.call(enrolments_pb2.ShowEnrolmentNameRequest(id=one.id, name="Orang Lain"))
    await teaching.call(enrolments_pb2.ShowEnrolmentNameRequest(id=one.id, name="Siti Aminah", name_shown=True))
    await teaching.issue(course)
    assert (await teaching.verified((await teaching.enrolment(one)).certificate)).name == "Siti Aminah"


async def test_a_misspelt_name_is_corrected_until_the_course_begins(teaching: Teaching) -> None:
    course = await teaching.course()
    one = await teaching.enrol(course, SITI, "Siti Amniah")
    await teaching.call(enrolments_pb2.ShowEnrolmentNameRequest(id=one.id, name=" Siti  Aminah "))
    assert (await teaching.enrolment(one)).name == "Siti Aminah"
    await teaching.call(enrolments_pb2.ShowEnrolmentNameRequest(id=one.id, name_shown=True))
    assert (await teaching.enrolment(one, DISBUDPAR)).name == "Siti Aminah"


async def test_the_name_of_a_certificate_is_corrected_once_that_is_withdrawn_and_stands_on_the_next(
    teaching: Teaching,
) -> None:
    one = await teaching.certified(name="Siti Amniah", name_shown=True)
    corrected = enrolments_pb2.ShowEnrolmentNameRequest(id=one.id, name="Siti Aminah", name_shown=True)
    with refused("CERTIFICATE_HOLDS"):
        await teaching.call(corrected)
    request = pb.WithdrawCertificateRequest(code=one.certificate, etag="1", reason="Nama salah tulis.")
    await teaching.call(request, DISBUDPAR)
    corrected.request_id = ""
    await teaching.call(corrected)
    made = (await teaching.call(pb.ReissueCertificateRequest(code=one.certificate), DISBUDPAR)).certificate
    assert (await teaching.verified(made.code)).name == "Siti Aminah"


async def test_the_name_is_shown_as_the_holder_agrees(teaching: Teaching) -> None:
    one = await teaching.certified(name_shown=True)
    assert (await teaching.verified(one.certificate, ANONYMOUS)).name == "Siti Aminah"
    await teaching.call(enrolments_pb2.ShowEnrolmentNameRequest(id=one.id, name_shown=False))
    assert (await teaching.verified(one.certificate, ANONYMOUS)).name == ""


async def test_nobody_gives_themselves_a_certificate_nor_withdraws_their_own(teaching: Teaching) -> None:
    course = await teaching.course(days=(7,))
    own = await teaching.enrol(course, BOTH, "Petugas Wisata")
    teaching.served.pass_time(days=8)
    colleague = type(DISBUDPAR)("officer-disbudpar-2", frozenset({"officer"}), "disbudpar")
    await teaching.mark(course, 1, own.id, caller=colleague)
    done = await teaching.issue(course, DISBUDPAR)
    assert (done.issued, done.own) == (0, 1)
    assert (await teaching.issue(course, colleague)).issued == 1
    code = (await teaching.enrolment(own, BOTH)).certificate
    with refused("OWN_MATTER"):
        await teaching.call(pb.WithdrawCertificateRequest(code=code, etag="1", reason="Milik sendiri."), DISBUDPAR)


async def test_a_course_that_nobody_finishes_is_finished_by_itself(teaching: Teaching) -> None:
    course = await teaching.course(days=(7,), seats=1)
    one, late = await teaching.enrol(course, SITI), await teaching.enrol(course, BUDI)
    teaching.served.pass_time(days=8)
    await teaching.mark(course, 1, one.id)
    await timers.due(teaching.served.runtime)
    assert (await teaching.enrolment(one)).certificate == ""
    teaching.served.pass_time(days=14)
    assert await overdue(teaching) > 0
    await timers.due(teaching.served.runtime)
    assert (await teaching.verified((await teaching.enrolment(one)).certificate)).state == VALID
    assert (await teaching.enrolment(late, BUDI)).state == enrolments_pb2.ENROLMENT_STATE_MISSED
    assert await overdue(teaching) == 0


async def test_after_erasure_the_number_is_valid_still_and_nobodys(teaching: Teaching) -> None:
    one = await teaching.certified(name_shown=True)
    await asked(teaching.served, reactions, SITI.subject, erase=True)
    found = await teaching.verified(one.certificate)
    assert (found.state, found.name) == (VALID, "")
    other = await teaching.certified(BUDI, name_shown=True)
    teaching.served.pass_time(days=1096)
    await enrolment_timers.forget(teaching.served.runtime)
    found = await teaching.verified(other.certificate)
    assert (found.state, found.name) == (VALID, "")
