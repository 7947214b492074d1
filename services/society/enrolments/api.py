"""EnrolmentService over gRPC: seats and who has them."""

from collections.abc import Mapping

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.society.attendance import store as attendance
from services.society.certificates import store as certificates
from services.society.certificates.model import Certificate
from services.society.courses import views as courses
from services.society.courses.model import Course
from services.society.enrolments import access, actions
from services.society.seating import names, store
from services.society.seating.model import Enrolment, State
from smartcity.society.v1 import enrolments_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateEnrolmentRequest) -> pb.CreateEnrolmentResponse:
    """Enrols the caller."""
    name = " ".join(request.name.split())
    made, course = await actions.create(tx, request.course, name, name_shown=request.name_shown)
    return pb.CreateEnrolmentResponse(enrolment=await _view(tx, made, course))


@rpc
async def read(tx: Transaction, request: pb.GetEnrolmentRequest) -> pb.GetEnrolmentResponse:
    """Reads one."""
    found, course = await actions.get(tx, request.id)
    marks = await attendance.latest(tx, [found.id])
    gone = await certificates.withdrawn(tx, [found.certificate])
    shown = _told(tx, await _view(tx, found, course), found, marks, gone)
    shown.news_email = await actions.news_email(tx, found)
    return pb.GetEnrolmentResponse(enrolment=shown)


@rpc
async def page(tx: Transaction, request: pb.ListEnrolmentsRequest) -> pb.ListEnrolmentsResponse:
    """Lists the caller's."""
    found, known = await actions.page(tx, request.course, request.page_size, request.page_token)
    gone = await certificates.withdrawn(tx, [one.certificate for one in found.rows])
    shown = [_held(await _view(tx, one, known[one.course]), gone) for one in found.rows]
    return pb.ListEnrolmentsResponse(enrolments=shown, next_page_token=found.token)


@rpc
async def withdraw(tx: Transaction, request: pb.WithdrawEnrolmentRequest) -> pb.WithdrawEnrolmentResponse:
    """Gives a seat back."""
    done, course = await actions.withdraw(tx, request.id, request.etag)
    return pb.WithdrawEnrolmentResponse(enrolment=await _view(tx, done, course))


@rpc
async def show_name(tx: Transaction, request: pb.ShowEnrolmentNameRequest) -> pb.ShowEnrolmentNameResponse:
    """Says whether the name is shown, and corrects it."""
    name = " ".join(request.name.split())
    done, course = await actions.show_name(tx, request.id, request.etag, name, name_shown=request.name_shown)
    return pb.ShowEnrolmentNameResponse(enrolment=await _view(tx, done, course))


@rpc
async def participants(tx: Transaction, request: pb.ListParticipantsRequest) -> pb.ListParticipantsResponse:
    """Lists who takes part."""
    state = protos.member(pb.EnrolmentState, request.state, State) if request.state else State.SEATED
    found = await actions.participants(tx, request.course, state, request.page_size, request.page_token)
    marks = await attendance.latest(tx, [one.id for one in found.rows])
    gone = await certificates.withdrawn(tx, [one.certificate for one in found.rows])
    shown = [_told(tx, await _view(tx, one, None), one, marks, gone) for one in found.rows]
    return pb.ListParticipantsResponse(enrolments=shown, next_page_token=found.token)


async def _view(tx: Transaction, one: Enrolment, course: Course | None) -> pb.Enrolment:
    """One, without its name: idempotency keeps answers of what changes something."""
    return pb.Enrolment(
        id=str(one.id),
        course=courses.course(tx, course) if course else None,
        state=protos.number(pb.EnrolmentState, one.state),
        ahead=await store.ahead(tx, one) if course else 0,
        name_shown=one.name_shown,
        attended=one.attended,
        certificate=one.certificate,
        create_time=protos.timestamp(one.created_at),
        seat_time=protos.timestamp(one.seated_at),
        own=access.is_own(tx, one),
        etag=etag.of(one.version),
    )


def _held(shown: pb.Enrolment, gone: Mapping[str, Certificate]) -> pb.Enrolment:
    """It with since when its certificate holds no longer, and why."""
    if withdrawn := gone.get(shown.certificate):
        at = protos.timestamp(withdrawn.withdrawn_at)
        why = withdrawn.reason if withdrawn.told or not shown.own else ""
        shown.MergeFrom(pb.Enrolment(certificate_withdraw_time=at, certificate_withdraw_reason=why))
    return shown


def _told(
    tx: Transaction, shown: pb.Enrolment, one: Enrolment, marks: attendance.Latest, gone: Mapping[str, Certificate]
) -> pb.Enrolment:
    """It with its name, the sessions that were noted, and whether its certificate holds."""
    shown.name = names.unseal(tx.runtime, one)
    noted = marks.get(one.id, {})
    shown.present.extend(sorted(session for session, present in noted.items() if present))
    shown.absent.extend(sorted(session for session, present in noted.items() if not present))
    return _held(shown, gone)
