"""DataRequestService over gRPC: proto -> action -> proto."""

from collections.abc import Mapping, Sequence

from services.kit import personal
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.own_data import actions, model, store
from services.society.own_data.model import Answer, Asked
from smartcity.society.v1 import data_requests_pb2 as pb
from smartcity.society.v1 import own_records_pb2


@rpc
async def create(tx: Transaction, request: pb.CreateDataRequestRequest) -> pb.CreateDataRequestResponse:
    """Asks all pillars."""
    made = await actions.create(tx, erase=request.erase)
    return pb.CreateDataRequestResponse(data_request=(await _views(tx, [made]))[0])


@rpc
async def read(tx: Transaction, request: pb.GetDataRequestRequest) -> pb.GetDataRequestResponse:
    """Reads one."""
    found = await actions.get(tx, request.id)
    return pb.GetDataRequestResponse(data_request=(await _views(tx, [found]))[0])


@rpc
async def page(tx: Transaction, request: pb.ListDataRequestsRequest) -> pb.ListDataRequestsResponse:
    """Lists them."""
    found = await actions.page(tx, request.page_size, request.page_token)
    return pb.ListDataRequestsResponse(data_requests=await _views(tx, found.rows), next_page_token=found.token)


@rpc
async def export(tx: Transaction, request: pb.GetOwnDataRequest) -> pb.GetOwnDataResponse:
    """What society keeps of the caller."""
    own, at = await actions.export(tx), protos.timestamp
    told = pb.OwnData(
        proposals=[
            pb.OwnProposal(
                code=one["code"], state=one["state"], title=one["title"], words=one["words"],
                create_time=at(one["created_at"]), note=one["note"],
            )
            for one in own.proposals
        ],
        comments=[
            pb.OwnComment(
                proposal=one["code"], state=one["state"], words=one["words"], create_time=at(one["created_at"])
            )
            for one in own.comments
        ],
        supports=[pb.OwnSupport(proposal=one.code, create_time=at(one.since)) for one in own.supports],
        residences=[
            pb.OwnResidence(
                state=one["state"], area=one["area"], create_time=at(one["created_at"]),
                verify_time=at(one["verified_at"]), lived_before=one["lived_before"],
            )
            for one in own.residences
        ],
        consents=[
            pb.OwnConsent(
                purpose=one["purpose"], give_time=at(one["given_at"]), withdraw_time=at(one["withdrawn_at"])
            )
            for one in own.consents
        ],
        as_of=at(tx.now),
    )  # fmt: skip
    return pb.GetOwnDataResponse(own_data=told)


@rpc
async def records(
    tx: Transaction, request: own_records_pb2.ListOwnRecordsRequest
) -> own_records_pb2.ListOwnRecordsResponse:  # fmt: skip
    """The same, and their courses, as every pillar lists what it keeps."""
    own = await actions.export(tx)
    kinds: Sequence[tuple[str, Sequence[Mapping[str, object]]]] = (
        ("residents", [{**one, "lived_before": ", ".join(one["lived_before"])} for one in own.residences]),
        ("consents", own.consents),
        ("proposals", own.proposals),
        ("comments", own.comments),
        ("supports", [{"code": one.code, "since": one.since} for one in own.supports]),
        ("enrolments", await actions.enrolled(tx)),
        ("attendance", await actions.attended(tx)),
    )
    found = [personal.record(kind, dict(row)) for kind, rows in kinds for row in rows[: personal.MOST]]
    return own_records_pb2.ListOwnRecordsResponse(records=[*found, *await personal.export(tx, (), store.DEEDS)])


async def _views(tx: Transaction, found: Sequence[Asked]) -> list[pb.DataRequest]:
    answers = await store.answers(tx, [one.id for one in found]) if found else {}
    return [
        pb.DataRequest(
            id=str(one.id),
            erase=one.erase,
            done=one.missing == 0,
            answers=[_answer(pillar, answers.get(one.id, {}).get(pillar)) for pillar in model.PILLARS],
            create_time=protos.timestamp(one.created_at),
        )
        for one in found
    ]


def _answer(pillar: str, one: Answer | None) -> pb.DataAnswer:
    if one is None:
        return pb.DataAnswer(pillar=pillar)
    kinds = [pb.DataKind(kind=each.kind, held=each.held, erased=each.erased, reason=each.reason) for each in one.kinds]
    return pb.DataAnswer(pillar=pillar, answered=True, kinds=kinds, answer_time=protos.timestamp(one.at))
