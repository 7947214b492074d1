"""Whom a course concerns: the agency that offers it, and the administrators; drafts are nobody else's."""

from typing import Any

from smartcity.society.v1 import courses_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.courses.teaching import DISBUDPAR, DISDIK, REASON, Teaching
from tests.society.taking_part import DLH


async def _get(served: Served) -> Any:
    return pb.GetCourseRequest(id=(await Teaching(served).draft()).id)


async def _list(served: Served) -> Any:
    await Teaching(served).draft()
    return pb.ListCoursesRequest(state=pb.COURSE_STATE_DRAFT)


async def _create(served: Served) -> Any:
    return pb.CreateCourseRequest(request_id=request_id(), **Teaching(served).plan())


async def _update(served: Served) -> Any:
    made = await Teaching(served).draft()
    return pb.UpdateCourseRequest(request_id=request_id(), id=made.id, etag=made.etag, **Teaching(served).plan())


async def _delete(served: Served) -> Any:
    made = await Teaching(served).draft()
    return pb.DeleteCourseRequest(request_id=request_id(), id=made.id, etag=made.etag)


async def _publish(served: Served) -> Any:
    made = await Teaching(served).draft()
    return pb.PublishCourseRequest(request_id=request_id(), id=made.id, etag=made.etag)


async def _cancel(served: Served) -> Any:
    made = await Teaching(served).course()
    return pb.CancelCourseRequest(request_id=request_id(), id=made.id, etag=made.etag, reason=REASON)


ROWS = {
    "CourseService.GetCourse": Row(_get, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "CourseService.ListCourses": Row(_list, (DISBUDPAR, DISDIK, ADMIN), own=True),
    "CourseService.CreateCourse": Row(_create, (DISBUDPAR, DISDIK), (DLH,)),
    "CourseService.UpdateCourse": Row(_update, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "CourseService.DeleteCourse": Row(_delete, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "CourseService.PublishCourse": Row(_publish, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "CourseService.CancelCourse": Row(_cancel, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
}
NOBODY_OWNS = {
    "CourseService.CreateCourse": "is the agency's, and names no person",
    "CourseService.UpdateCourse": "is the agency's, and names no person",
    "CourseService.DeleteCourse": "is the agency's, and names no person",
    "CourseService.PublishCourse": "is the agency's, and names no person",
    "CourseService.CancelCourse": "is the agency's, and names no person",
}
