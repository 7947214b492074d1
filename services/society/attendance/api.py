"""EnrolmentService over gRPC: attendance."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.attendance import actions
from smartcity.society.v1 import enrolments_pb2 as pb


@rpc
async def mark(tx: Transaction, request: pb.MarkAttendanceRequest) -> pb.MarkAttendanceResponse:
    """Notes who attended."""
    noted, corrected = await actions.mark(
        tx, request.course, request.session, request.present, request.absent, request.note
    )
    return pb.MarkAttendanceResponse(noted=noted, corrected=corrected)


@rpc
async def marks(tx: Transaction, request: pb.ListAttendanceMarksRequest) -> pb.ListAttendanceMarksResponse:
    """Lists what was noted of somebody."""
    found = await actions.page(tx, request.id, request.page_size, request.page_token)
    shown = [
        pb.AttendanceMark(
            session=one.session, present=one.present, officer=one.by, note=one.note, time=protos.timestamp(one.at)
        )
        for one in found.rows
    ]
    return pb.ListAttendanceMarksResponse(marks=shown, next_page_token=found.token)
