"""Builds the event messages of surveys. There is none of an answer."""

from services.kit.rpc import protos
from services.society.surveys.model import Survey
from services.society.tallies.model import Outcome
from smartcity.society.v1 import events_pb2, surveys_pb2


def published(one: Survey, outcome: Outcome) -> events_pb2.SurveyPublished:
    """Everybody may see what came of it."""
    return events_pb2.SurveyPublished(
        id=str(one.id),
        agency=one.agency,
        kind=protos.number(surveys_pb2.SurveyKind, one.kind),
        answers=outcome.answers,
        publish_time=protos.timestamp(one.published_at),
    )


def satisfaction(one: Survey, outcome: Outcome) -> events_pb2.SatisfactionPublished:
    """The index of an agency and a period."""
    return events_pb2.SatisfactionPublished(
        survey=str(one.id),
        agency=one.agency,
        first_day=str(one.first_day),
        last_day=str(one.last_day),
        answers=outcome.answers,
        invited=outcome.invited,
        needed=outcome.needed,
        index=outcome.index,
        grade=outcome.grade,
        formula=outcome.formula,
        publish_time=protos.timestamp(one.published_at),
    )
