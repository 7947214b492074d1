"""Answering over gRPC: proto -> action -> proto.

Both calls open their transactions themselves: the kit's idempotency would keep a digest of what was answered, and so
few answers are possible that it tells which.
"""

from services.kit.errors import invalid
from services.kit.rpc import Call, protos, rpc
from services.society.answering import actions
from services.society.questionnaires.model import Answer
from smartcity.society.v1 import satisfaction_pb2, surveys_pb2


@rpc
async def answer(call: Call, request: surveys_pb2.AnswerSurveyRequest) -> surveys_pb2.AnswerSurveyResponse:
    """Answers a survey."""
    answers = {one.question: Answer(one.option, one.words) for one in request.answers}
    if len(answers) != len(request.answers):
        raise invalid("ANSWERS_INVALID", "A question is answered twice.", field="answers")
    async with call.transaction() as tx:
        origin = request.origin
        one = await actions.answer(tx, request.id, request.request_id, answers, origin.session, origin.network)
    return surveys_pb2.AnswerSurveyResponse(survey=str(one.id))


@rpc
async def judge(
    call: Call, request: satisfaction_pb2.AnswerInvitationRequest
) -> satisfaction_pb2.AnswerInvitationResponse:
    """Judges a service."""
    async with call.transaction() as tx:
        agency = await actions.judge(tx, request.link_key, request.request_id, request.levels, request.words)
        shown = protos.agency(tx.runtime.city, agency)
    return satisfaction_pb2.AnswerInvitationResponse(agency=shown)
