"""CertificateService over gRPC: proto -> action -> proto.

Answers of what changes one tell no name: idempotency keeps answers.
"""

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.society.certificates import actions
from services.society.certificates.actions import Shown
from smartcity.society.v1 import certificates_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetCertificateRequest) -> pb.GetCertificateResponse:
    """Says what a number is."""
    found = await actions.get(tx, request.code)
    return pb.GetCertificateResponse(certificate=_view(found, found.name))


@rpc
async def issue(tx: Transaction, request: pb.IssueCertificatesRequest) -> pb.IssueCertificatesResponse:
    """Issues those of a course."""
    issued, own = await actions.issue(tx, request.course)
    return pb.IssueCertificatesResponse(issued=issued, own=own)


@rpc
async def withdraw(tx: Transaction, request: pb.WithdrawCertificateRequest) -> pb.WithdrawCertificateResponse:
    """Withdraws one."""
    done = await actions.withdraw(tx, request.code, request.etag, request.reason)
    return pb.WithdrawCertificateResponse(certificate=_view(done, ""))


@rpc
async def reissue(tx: Transaction, request: pb.ReissueCertificateRequest) -> pb.ReissueCertificateResponse:
    """Issues a withdrawn one anew."""
    made = await actions.reissue(tx, request.code)
    return pb.ReissueCertificateResponse(certificate=_view(made, ""))


def _view(found: Shown, name: str) -> pb.Certificate:
    one, course = found.certificate, found.course
    return pb.Certificate(
        code=one.code,
        state=protos.number(pb.CertificateState, one.state),
        name=name,
        course=str(course.id),
        title=course.title,
        title_en=course.title_en,
        agency=course.agency,
        start_time=protos.timestamp(course.starts_at),
        end_time=protos.timestamp(course.ends_at),
        issue_time=protos.timestamp(one.issued_at),
        withdraw_time=protos.timestamp(one.withdrawn_at),
        etag=etag.of(one.version),
    )
