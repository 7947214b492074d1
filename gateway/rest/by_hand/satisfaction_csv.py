"""The index of satisfaction, and what came of a survey, for a spreadsheet."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import sheets
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.society.v1 import satisfaction_pb2 as pb2
from smartcity.society.v1 import surveys_pb2

PAGE = 200
ELEMENTS = tuple(f"u{number}" for number in range(1, 10))
COLUMNS = (
    *("agency", "first_day", "last_day", "final", "answers", "invited", "needed", "index", "grade", "formula"),
    *ELEMENTS,
    "made_up",
)
COUNTS = ("question", "text", "option", "option_text", "answers", "hidden", "mean")


@by_hand(
    "GET",
    "/v1/satisfaction.csv",
    pb2.ListSatisfactionRequest,
    "getSatisfactionCsv",
    only=("agency", "final"),
    file="text/csv",
)
async def satisfaction(parts: Gateway, request: Request, message: pb2.ListSatisfactionRequest) -> Response:
    """Writes the index of agencies and periods for a spreadsheet: a line for each, with the means of the elements."""
    rows: list[tuple[sheets.Cell, ...]] = []
    message.page_size = PAGE
    while True:
        found = await parts.pillars.call(message, current_caller(request))
        rows += [_line(each) for each in found.satisfaction]
        message.page_token = found.next_page_token
        if not message.page_token:
            return await sheets.sheet("satisfaction", COLUMNS, rows)


@by_hand(
    "GET",
    "/v1/surveys/{id}/result.csv",
    surveys_pb2.GetSurveyResultRequest,
    "getSurveyResultCsv",
    file="text/csv",
)
async def result(parts: Gateway, request: Request, message: surveys_pb2.GetSurveyResultRequest) -> Response:
    """Writes what came of a survey for a spreadsheet: a line for each option; those that are hidden have no number."""
    caller = current_caller(request)
    asked = await parts.pillars.call(surveys_pb2.GetSurveyRequest(id=message.id), caller)
    found = await parts.pillars.call(message, caller)
    return await sheets.sheet(f"survey-{message.id}", COUNTS, _counts(asked.survey, found.result))


def _line(one: pb2.Satisfaction) -> tuple[sheets.Cell, ...]:
    means = [each.mean for each in one.elements] or [""] * len(ELEMENTS)
    answers = one.answers if one.index else ""  # fewer than five are not told, and are not none
    return (
        one.agency.id, one.first_day, one.last_day, "yes" if one.final else "no", answers, one.invited, one.needed,
        one.index, one.grade, one.formula, *means, "yes" if one.made_up else "no",
    )  # fmt: skip


def _counts(one: surveys_pb2.Survey, found: surveys_pb2.SurveyResult) -> Iterator[tuple[sheets.Cell, ...]]:
    for each in found.questions:
        question = one.questions[each.number - 1]
        for option in each.options:
            count = "" if option.hidden else option.answers
            text = question.options[option.number - 1]
            hidden = "yes" if option.hidden else "no"
            yield each.number, question.text, option.number, text, count, hidden, each.mean
