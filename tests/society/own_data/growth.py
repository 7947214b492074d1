"""Requests for own data going all the ways that they can, so that each statement is looked at."""

from datetime import timedelta

from services.society.own_data import reactions, timers
from services.society.proposals import reactions as proposals
from smartcity.society.v1 import comments_pb2, events_pb2, own_records_pb2, processes_pb2, proposals_pb2
from smartcity.society.v1 import data_requests_pb2 as pb
from smartcity.society.v1.data_requests_pb2_grpc import DataRequestServiceStub
from smartcity.types.v1.personal_data_pb2 import PersonalDataReported
from tests.fixtures.arriving import arrived
from tests.fixtures.personal import asked
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.society.residents.people import BUDI
from tests.society.taking_part import Society


async def _live(served: Served) -> None:
    request = pb.CreateDataRequestRequest(request_id=request_id())
    made = (await served.call(DataRequestServiceStub, "CreateDataRequest", request, BUDI)).data_request
    async with served.runtime.transaction() as tx:
        told = PersonalDataReported(request=made.id, kinds=[PersonalDataReported.Kind(kind="cards", held=1)])
        await reactions.on_personal_data_reported(tx, arrived(served, told, "living"))
    await served.call(DataRequestServiceStub, "GetDataRequest", pb.GetDataRequestRequest(id=made.id), BUDI)
    for size in (1, 0):
        listing = pb.ListDataRequestsRequest(page_size=size)
        await served.call(DataRequestServiceStub, "ListDataRequests", listing, BUDI)
    society = Society(served)
    one, other = await society.published(caller=BUDI), await society.published()
    await society.call(comments_pb2.CreateCommentRequest(code=one.code, words="Setuju, gelap sekali."), BUDI)
    await society.support(other.code, BUDI)
    await society.review(other, proposals_pb2.PROPOSAL_STATE_DECLINED)
    await served.admin.execute("UPDATE society.proposal_supporter SET person = NULL")  # as of a version before
    await society.call(pb.GetOwnDataRequest(), BUDI)
    await society.call(own_records_pb2.ListOwnRecordsRequest(), BUDI)
    for erase in (False, True):
        await asked(served, reactions, BUDI.subject, erase=erase)
    async with served.runtime.transaction() as tx:
        over = events_pb2.ProcessMoved(id=one.process, phase=processes_pb2.PROCESS_PHASE_DONE)
        await proposals.on_process_moved(tx, arrived(served, over, "society"))
    served.pass_time(days=366)
    await timers.forget(served.runtime)
    served.now -= timedelta(days=366)


LIVES = {"own_data": _live}
