"""ComplaintService over gRPC, what citizens bring."""

from uuid import UUID

from observability import semconv
from observability.telemetry import current_span
from services.governance.keys import link
from services.governance.resources import Brought, resources
from services.kit.database.idempotency import Claim
from services.kit.errors import DomainError
from services.kit.rpc import Call, after, rpc
from smartcity.governance.v1 import complaints_pb2 as pb


@rpc
async def create(call: Call, request: pb.CreateComplaintRequest) -> pb.CreateComplaintResponse:
    """Files, in one commit with whoever files at the same time. Errors: those of `actions.judged`."""
    ours, around = resources(call.runtime), current_span()
    claim = Claim(call.caller.subject, request.request_id, call.request, call.runtime.masking)
    group = ours.filings_alone if request.HasField("contact") else ours.filings
    answer = await group.submit(Brought(claim, request, call.caller, around.traceparent))
    if isinstance(answer, DomainError):
        raise answer
    filed = pb.CreateComplaintResponse.FromString(answer)
    around.set(semconv.CASE_CODE, filed.complaint.code)  # the viewer finds the traces of a case by it
    around.set(semconv.CORRELATION_ID, filed.complaint.correlation_id)
    return filed


@after(create)
async def with_link_key(call: Call, answer: pb.CreateComplaintResponse) -> pb.CreateComplaintResponse:
    """Adds the link key, which the stored answer does not hold: it is derived anew each time."""
    answer.link_key = link.derive(resources(call.runtime).link_secret, UUID(answer.complaint.correlation_id))
    return answer
