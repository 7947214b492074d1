"""CourseService over gRPC: reading courses, writing and publishing them."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.courses import access, actions, store, views
from services.society.courses.model import State
from smartcity.society.v1 import courses_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetCourseRequest) -> pb.GetCourseResponse:
    """Reads one."""
    found = await access.known(tx, request.id)
    return pb.GetCourseResponse(course=views.course(tx, found, await store.changes(tx, found.id)))


@rpc
async def page(tx: Transaction, request: pb.ListCoursesRequest) -> pb.ListCoursesResponse:
    """Lists them, the soonest first."""
    state = protos.member(pb.CourseState, request.state, State) if request.state else State.PUBLISHED
    found = await actions.page(tx, state, request.agency, request.page_size, request.page_token)
    return pb.ListCoursesResponse(courses=[views.course(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def create(tx: Transaction, request: pb.CreateCourseRequest) -> pb.CreateCourseResponse:
    """Writes a draft."""
    made = await actions.create(tx, views.plan(tx, request))
    return pb.CreateCourseResponse(course=views.course(tx, made))


@rpc
async def discard(tx: Transaction, request: pb.DeleteCourseRequest) -> pb.DeleteCourseResponse:
    """Throws a draft away."""
    return pb.DeleteCourseResponse(id=str(await actions.discard(tx, request.id, request.etag)))


@rpc
async def publish(tx: Transaction, request: pb.PublishCourseRequest) -> pb.PublishCourseResponse:
    """Makes one public."""
    done = await actions.publish(tx, request.id, request.etag)
    return pb.PublishCourseResponse(course=views.course(tx, done, await store.changes(tx, done.id)))
