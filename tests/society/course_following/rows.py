"""Whom news of a course concern: who is enrolled."""

from typing import Any

from smartcity.society.v1 import course_followers_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.society.courses.teaching import DISDIK, Teaching
from tests.society.taking_part import SITI


async def _create(served: Served) -> Any:
    runtime = served.runtime
    runtime.settings = runtime.settings.model_copy(update={"smtp_url": "smtp://mail.test:25"})  # no timer sends here
    teaching = Teaching(served)
    one = await teaching.enrol(await teaching.course())
    return pb.CreateCourseFollowerRequest(request_id=request_id(), enrolment=one.id, email="siti@contoh.id")


ROWS = {"CourseFollowerService.CreateCourseFollower": Row(_create, (SITI,), (DISDIK,), own=True)}
NOBODY_OWNS = {
    "CourseFollowerService.CreateCourseFollower": "asking for news of one's own seat is everybody's right",
    "CourseFollowerService.ConfirmCourseFollower": "whoever holds the link",
    "CourseFollowerService.EndCourseFollower": "whoever holds the link",
}
"""Why a change is no decision on a matter of somebody's own."""
