"""SurveyService over gRPC, as far as writing and holding surveys goes: proto -> action -> proto."""

from collections.abc import Iterable

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.questionnaires.model import Kind as QuestionKind
from services.society.questionnaires.model import Question
from services.society.surveys import actions, views
from services.society.surveys.actions import Draft
from services.society.surveys.model import Kind, State
from smartcity.society.v1 import surveys_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateSurveyRequest) -> pb.CreateSurveyResponse:
    """Writes a draft."""
    return pb.CreateSurveyResponse(survey=views.survey(tx, await actions.create(tx, _draft(request))))


@rpc
async def read(tx: Transaction, request: pb.GetSurveyRequest) -> pb.GetSurveyResponse:
    """Reads one."""
    return pb.GetSurveyResponse(survey=views.survey(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListSurveysRequest) -> pb.ListSurveysResponse:
    """Lists those that agencies have written."""
    states = protos.members(pb.SurveyState, request.states, State)
    found = await actions.page(tx, Kind.FREE, states, request.agency, request.page_size, request.page_token)
    return pb.ListSurveysResponse(surveys=[views.survey(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def rewrite(tx: Transaction, request: pb.UpdateSurveyRequest) -> pb.UpdateSurveyResponse:
    """Writes a draft anew."""
    done = await actions.rewrite(tx, request.id, request.etag, _draft(request))
    return pb.UpdateSurveyResponse(survey=views.survey(tx, done))


@rpc
async def discard(tx: Transaction, request: pb.DeleteSurveyRequest) -> pb.DeleteSurveyResponse:
    """Throws a draft away."""
    return pb.DeleteSurveyResponse(id=str(await actions.discard(tx, request.id, request.etag)))


@rpc
async def begin(tx: Transaction, request: pb.OpenSurveyRequest) -> pb.OpenSurveyResponse:
    """Opens a draft."""
    done = await actions.begin(tx, request.id, request.etag, protos.instant(request.close_time))
    return pb.OpenSurveyResponse(survey=views.survey(tx, done))


@rpc
async def close(tx: Transaction, request: pb.CloseSurveyRequest) -> pb.CloseSurveyResponse:
    """Ends one before its time."""
    return pb.CloseSurveyResponse(survey=views.survey(tx, await actions.close(tx, request.id, request.etag)))


@rpc
async def publish(tx: Transaction, request: pb.PublishSurveyRequest) -> pb.PublishSurveyResponse:
    """Publishes what came of one."""
    return pb.PublishSurveyResponse(survey=views.survey(tx, await actions.publish(tx, request.id, request.etag)))


@rpc
async def words(tx: Transaction, request: pb.ListSurveyWordsRequest) -> pb.ListSurveyWordsResponse:
    """What was said in words."""
    found = await actions.words(tx, request.id, request.page_size, request.page_token)
    shown = [pb.SurveyWords(question=question, words=said) for question, said in found.rows]
    return pb.ListSurveyWordsResponse(words=shown, next_page_token=found.token)


def _draft(request: pb.CreateSurveyRequest | pb.UpdateSurveyRequest) -> Draft:
    return Draft(
        " ".join(request.title.split()),
        " ".join(request.title_en.split()),
        request.about,
        request.about_en,
        tuple(_questions(request.questions)),
    )


def _questions(given: Iterable[pb.Question]) -> Iterable[Question]:
    for one in given:
        yield Question(
            kind=protos.member(pb.QuestionKind, one.kind, QuestionKind),
            text=" ".join(one.text.split()),
            text_en=" ".join(one.text_en.split()),
            options=tuple(" ".join(each.split()) for each in one.options),
            options_en=tuple(" ".join(each.split()) for each in one.options_en),
        )
