"""Whom a certificate concerns: its number everybody, issuing and withdrawing the agency that offered the course."""

from typing import Any

from smartcity.society.v1 import certificates_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.courses.teaching import DISBUDPAR, DISDIK, Teaching, somebody
from tests.society.taking_part import DLH


async def _issue(served: Served) -> Any:
    teaching = Teaching(served)
    course = await teaching.course(days=(7,))
    served.pass_time(days=8)
    return pb.IssueCertificatesRequest(request_id=request_id(), course=course.id)


async def _withdraw(served: Served) -> Any:
    people = await served.admin.fetchval("SELECT count(*) FROM society.enrolment")
    one = await Teaching(served).certified(somebody(people))
    reason = "Kehadiran tercatat untuk orang lain."
    return pb.WithdrawCertificateRequest(request_id=request_id(), code=one.certificate, etag="1", reason=reason)


async def _reissue(served: Served) -> Any:
    gone = await _withdraw(served)
    await Teaching(served).call(gone, DISBUDPAR)
    return pb.ReissueCertificateRequest(request_id=request_id(), code=gone.code)


ROWS = {
    "CertificateService.IssueCertificates": Row(_issue, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "CertificateService.WithdrawCertificate": Row(_withdraw, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
    "CertificateService.ReissueCertificate": Row(_reissue, (DISBUDPAR, ADMIN), (DISDIK, DLH)),
}
NOBODY_OWNS: dict[str, str] = {
    "CertificateService.IssueCertificates": "the caller's own is left to a colleague, and they are told how many",
    "CertificateService.WithdrawCertificate": "refused by login of who holds it; see test_certificates",
    "CertificateService.ReissueCertificate": "refused by login of who holds it; see test_certificates",
}
