"""CourseService over gRPC: what changes a course for all who are enrolled."""

from services.kit.database import Transaction
from services.kit.rpc import rpc
from services.society.course_changes import actions
from services.society.courses import store, views
from smartcity.society.v1 import courses_pb2 as pb


@rpc
async def rewrite(tx: Transaction, request: pb.UpdateCourseRequest) -> pb.UpdateCourseResponse:
    """Writes one anew."""
    done = await actions.rewrite(tx, request.id, request.etag, views.plan(tx, request), request.reason)
    return pb.UpdateCourseResponse(course=views.course(tx, done, await store.changes(tx, done.id)))


@rpc
async def cancel(tx: Transaction, request: pb.CancelCourseRequest) -> pb.CancelCourseResponse:
    """Calls one off."""
    done = await actions.cancel(tx, request.id, request.etag, request.reason)
    return pb.CancelCourseResponse(course=views.course(tx, done, await store.changes(tx, done.id)))
