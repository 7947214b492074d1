"""Made-up courses: by the rules, once, and nobody is told."""

from services.society.demo import seed_courses
from smartcity.society.v1 import courses_pb2 as pb
from tests.society.courses.teaching import Teaching


async def test_one_is_over_with_certificates_and_others_can_be_enrolled_in(teaching: Teaching) -> None:
    runtime = teaching.served.runtime
    assert await seed_courses(runtime) == 3
    assert await seed_courses(runtime) == 0
    assert await teaching.told() == []
    listed = (await teaching.call(pb.ListCoursesRequest())).courses
    assert [(one.seats, one.free, one.waiting, one.open) for one in listed] == [(6, 0, 3, True), (20, 11, 0, True)]
    over = (await teaching.call(pb.ListCoursesRequest(state=pb.COURSE_STATE_FINISHED))).courses
    assert [(one.seats, one.free) for one in over] == [(12, 0)]
    codes = await teaching.served.admin.fetch("SELECT code FROM society.certificate ORDER BY id")
    assert len(codes) == 10
    found = [await teaching.verified(row["code"]) for row in codes[:3]]
    assert {one.name for one in found} == {""}, "nobody's name is shown who did not want it"
