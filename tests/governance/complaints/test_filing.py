"""Filing a complaint, over gRPC and PostgreSQL."""

from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.types.v1 import place_pb2

from tests.governance.conftest import Governance, request_id

SEKAYU = place_pb2.Point(lon=110.4137, lat=-6.9805)


async def test_a_filed_complaint_gets_code_agency_and_due_dates(governance: Governance) -> None:
    request = pb.CreateComplaintRequest(
        request_id=request_id(), text="Sampah menumpuk sejak tiga hari di depan pasar", location=SEKAYU
    )
    answer = await governance.call("ComplaintService.CreateComplaint", request)
    complaint = answer.complaint
    assert complaint.code.startswith("SMG-")
    assert complaint.area.name == "Sekayu"
    assert complaint.agency.id == "dlh"
    print(answer)
