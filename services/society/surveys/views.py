"""Surveys as their messages show them."""

from collections.abc import Iterable

from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from services.society.questionnaires.model import Question
from services.society.surveys.model import Survey
from smartcity.society.v1 import surveys_pb2 as pb


def survey(tx: Transaction, one: Survey) -> pb.Survey:
    """One of them."""
    return pb.Survey(
        id=str(one.id),
        kind=protos.number(pb.SurveyKind, one.kind),
        state=protos.number(pb.SurveyState, one.state),
        agency=protos.agency(tx.runtime.city, one.agency),
        title=one.title,
        title_en=one.title_en,
        about=one.about,
        about_en=one.about_en,
        questions=questions(one.asked),
        first_day=str(one.first_day or ""),
        last_day=str(one.last_day or ""),
        open_time=protos.timestamp(one.opens_at),
        close_time=protos.timestamp(one.closes_at),
        publish_time=protos.timestamp(one.published_at),
        etag=etag.of(one.version),
        end_time=protos.timestamp(one.ended_at),
    )


def questions(asked: Iterable[Question]) -> list[pb.Question]:
    """Questions, by number."""
    return [
        pb.Question(
            kind=protos.number(pb.QuestionKind, one.kind),
            text=one.text,
            text_en=one.text_en,
            options=one.options,
            options_en=one.options_en,
        )
        for one in asked
    ]
