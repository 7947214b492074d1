"""Whom an enrolment concerns: who is enrolled, the agency that offers the course, the administrators."""

from typing import Any

from smartcity.society.v1 import enrolments_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.courses.teaching import DISBUDPAR, DISDIK, Teaching
from tests.society.taking_part import DLH, SITI


async def _one(served: Served) -> pb.Enrolment:
    teaching = Teaching(served)
    await served.admin.execute("UPDATE society.enrolment SET subject = '', sealed = '' WHERE subject <> ''")
    return await teaching.enrol(await teaching.course())


async def _create(served: Served) -> Any:
    course = await Teaching(served).course(seats=50)
    return pb.CreateEnrolmentRequest(request_id=request_id(), course=course.id, name="Siti Aminah")


async def _get(served: Served) -> Any:
    return pb.GetEnrolmentRequest(id=(await _one(served)).id)


async def _list(_: Served) -> Any:
    return pb.ListEnrolmentsRequest()


async def _withdraw(served: Served) -> Any:
    return pb.WithdrawEnrolmentRequest(request_id=request_id(), id=(await _one(served)).id)


async def _name(served: Served) -> Any:
    return pb.ShowEnrolmentNameRequest(request_id=request_id(), id=(await _one(served)).id, name_shown=True)


async def _participants(served: Served) -> Any:
    return pb.ListParticipantsRequest(course=(await _one(served)).course.id)


async def _mark(served: Served) -> Any:
    one = await _one(served)
    served.pass_time(days=7, hours=1)
    return pb.MarkAttendanceRequest(request_id=request_id(), course=one.course.id, session=1, present=[one.id])


async def _marks(served: Served) -> Any:
    return pb.ListAttendanceMarksRequest(id=(await _one(served)).id)


ROWS = {
    "EnrolmentService.CreateEnrolment": Row(_create, (SITI, DLH), own=True),
    "EnrolmentService.GetEnrolment": Row(_get, (SITI, DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "EnrolmentService.ListEnrolments": Row(_list, (SITI, DLH), own=True),
    "EnrolmentService.WithdrawEnrolment": Row(_withdraw, (SITI,), (DISBUDPAR, DLH)),
    "EnrolmentService.ShowEnrolmentName": Row(_name, (SITI,), (DISBUDPAR, DLH)),
    "EnrolmentService.ListParticipants": Row(_participants, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "EnrolmentService.MarkAttendance": Row(_mark, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "EnrolmentService.ListAttendanceMarks": Row(_marks, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
}
NOBODY_OWNS = {
    "EnrolmentService.CreateEnrolment": "enrols the caller, whoever they are",
    "EnrolmentService.WithdrawEnrolment": "gives back what is the caller's own",
    "EnrolmentService.ShowEnrolmentName": "is said of the caller's own name",
    "EnrolmentService.MarkAttendance": "refused by login of who is marked; see test_attendance",
}
