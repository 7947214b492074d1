"""What came of surveys over gRPC: proto -> action -> proto."""

from collections.abc import Iterator

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.outcomes import actions
from services.society.outcomes.actions import Index
from services.society.questionnaires import model as questionnaires
from services.society.questionnaires.model import Kind
from services.society.satisfaction import model as satisfaction
from services.society.satisfaction.profile import surveys_of
from services.society.surveys.model import Survey
from services.society.tallies import model as tallies
from smartcity.society.v1 import satisfaction_pb2 as pb
from smartcity.society.v1 import surveys_pb2


@rpc
async def result(tx: Transaction, request: surveys_pb2.GetSurveyResultRequest) -> surveys_pb2.GetSurveyResultResponse:
    """What came of a survey."""
    one, found = await actions.result(tx, request.id)
    told = surveys_pb2.SurveyResult(
        survey=str(one.id),
        answers=found.answers,
        final=found.final,
        withheld=found.withheld,
        questions=_questions(one, found.counts) if found.counts else (),
    )
    return surveys_pb2.GetSurveyResultResponse(result=told)


@rpc
async def index(tx: Transaction, request: pb.GetSatisfactionRequest) -> pb.GetSatisfactionResponse:
    """The index of an agency and a period."""
    return pb.GetSatisfactionResponse(satisfaction=_index(tx, await actions.index(tx, request.survey)))


@rpc
async def indexes(tx: Transaction, request: pb.ListSatisfactionRequest) -> pb.ListSatisfactionResponse:
    """Those of agencies and periods."""
    found, token = await actions.indexes(tx, request.agency, request.page_size, request.page_token, final=request.final)
    return pb.ListSatisfactionResponse(satisfaction=[_index(tx, one) for one in found], next_page_token=token)


@rpc
async def formulas(tx: Transaction, request: pb.ListSatisfactionFormulasRequest) -> pb.ListSatisfactionFormulasResponse:
    """What the index rests on."""
    terms = surveys_of(tx.runtime.city)
    if terms is None:
        return pb.ListSatisfactionFormulasResponse()
    return pb.ListSatisfactionFormulasResponse(
        basis=terms.basis,
        formulas=[
            pb.SatisfactionFormula(
                id=one.id, name=one.name_id, name_en=one.name_en, weight=one.weight, current=one.id == terms.formula
            )
            for one in terms.formulas
        ],
        grades=[
            pb.SatisfactionGrade(id=one.id, name=one.name_id, name_en=one.name_en, **{"from": one.least})
            for one in terms.grades
        ],
        samples=[
            pb.SampleLine(population=population, answers=answers)
            for population, answers in zip(terms.samples.populations, terms.samples.answers, strict=True)
        ],
        months=terms.months,
        made_up=terms.made_up,
    )


def _questions(one: Survey, counts: tuple[int, ...]) -> Iterator[surveys_pb2.QuestionResult]:
    parts = questionnaires.parts(one.asked, counts)
    for number, question in enumerate(one.asked, 1):
        shown = surveys_pb2.QuestionResult(number=number)
        if number in parts:
            told = tallies.told(parts[number])
            shown.options.extend(
                surveys_pb2.OptionCount(number=place, answers=count or 0, hidden=count is None)
                for place, count in enumerate(told.counts, 1)
            )
            shown.hidden_answers = sum(parts[number]) - sum(count or 0 for count in told.counts)
            if question.kind is Kind.SCALE and told.mean_known:
                shown.mean = str(tallies.mean(parts[number]))
        yield shown


def _index(tx: Transaction, one: Index) -> pb.Satisfaction:
    terms, survey = surveys_of(tx.runtime.city), one.survey
    elements = zip(terms.elements, one.sums, strict=True) if terms and one.sums else ()
    return pb.Satisfaction(
        survey=str(survey.id),
        agency=protos.agency(tx.runtime.city, survey.agency),
        first_day=str(survey.first_day),
        last_day=str(survey.last_day),
        final=one.final,
        answers=one.answers,
        invited=one.invited,
        needed=one.needed,
        enough=0 < one.needed <= one.answers,
        index=one.index,
        grade=one.grade,
        formula=one.formula,
        elements=[
            pb.ElementResult(
                number=number,
                name=element.name_id,
                name_en=element.name_en,
                mean=str(satisfaction.mean(total, one.answers)),
                sum=total,
            )
            for number, (element, total) in enumerate(elements, 1)
        ],
        others=[
            pb.FormulaIndex(formula=each.id, index=str(each.index(one.sums, one.answers)))
            for each in (terms.formulas if terms and one.sums else ())
            if each.id != one.formula
        ],
        publish_time=protos.timestamp(survey.published_at),
        made_up=survey.made_up,
    )
