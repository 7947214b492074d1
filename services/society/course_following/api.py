"""CourseFollowerService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.mail.keys import Purpose
from services.kit.rpc import protos, rpc
from services.society.course_following import actions
from services.society.course_following.actions import Followed
from smartcity.society.v1 import course_followers_pb2 as pb

_PURPOSES = {pb.COURSE_FOLLOWER_LINK_CONFIRM: Purpose.CONFIRM, pb.COURSE_FOLLOWER_LINK_END: Purpose.END}


@rpc
async def follow(tx: Transaction, request: pb.CreateCourseFollowerRequest) -> pb.CreateCourseFollowerResponse:
    """Asks the owner of an address."""
    made = await actions.follow(tx, request.enrolment, request.email, request.language or "id")
    return pb.CreateCourseFollowerResponse(follower=_view(made))


@rpc
async def look(tx: Transaction, request: pb.GetCourseFollowerRequest) -> pb.GetCourseFollowerResponse:
    """Reads what a link is for."""
    found = await actions.linked(tx, _PURPOSES[request.link], request.token)
    return pb.GetCourseFollowerResponse(follower=_view(found))


@rpc
async def confirm(tx: Transaction, request: pb.ConfirmCourseFollowerRequest) -> pb.ConfirmCourseFollowerResponse:
    """Confirms an address."""
    return pb.ConfirmCourseFollowerResponse(follower=_view(await actions.confirm(tx, request.token)))


@rpc
async def end(tx: Transaction, request: pb.EndCourseFollowerRequest) -> pb.EndCourseFollowerResponse:
    """Ends it."""
    return pb.EndCourseFollowerResponse(follower=_view(await actions.end(tx, request.token)))


def _view(found: Followed) -> pb.CourseFollower:
    one, course = found
    return pb.CourseFollower(
        state=protos.number(pb.CourseFollowerState, one.state),
        course=str(course.id),
        title=course.title,
        title_en=course.title_en,
        language=one.language,
    )
