"""Who reads all tables, outbox, logs and traces, and not the pillar's secret, tries to find out who answered what.

Everybody answers in another way and says something else in words. What an answer changes can be seen in the database's
log (decision 29 says so); nothing that is kept tells it afterwards, and nothing that is told while a survey is open.
"""

import hashlib
import itertools
import json
from typing import Any

import pytest
import structlog.testing

from smartcity.society.v1 import surveys_pb2 as pb
from smartcity.types.v1.origin_pb2 import Origin
from tests.kit.tracing import recording
from tests.society.surveys.surveying import DISDAG, Surveying
from tests.society.taking_part import Society

BATCH = 5
WAYS = list(itertools.product(range(1, 4), range(1, 4)))
"""Of answering both questions; and each in words of their own."""
PEOPLE = 17
"""Three batches and two."""


def _request(survey: str, place: int, way: tuple[int, int], words: str) -> pb.AnswerSurveyRequest:
    answers = [pb.Answer(question=1, option=way[0]), pb.Answer(question=2, option=way[1])]
    answers.append(pb.Answer(question=3, words=words))
    origin = Origin(session=f"browser-{place}", network=f"network-{place % 4}")
    return pb.AnswerSurveyRequest(request_id=f"answer-{place}", id=survey, answers=answers, origin=origin)


def _words(place: int) -> str:
    return f"Kata nomor {place}"


@pytest.fixture
async def answered(society: Society, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A survey that people answer one after the other, and what was told and noted meanwhile."""
    surveying = Surveying(society.served)
    one = await surveying.asked()
    requests, told = [], []
    with structlog.testing.capture_logs() as logs, recording(monkeypatch) as spans:
        for place in range(PEOPLE):
            request = _request(one.id, place, WAYS[place % len(WAYS)], _words(place))
            requests.append(request)
            await surveying.call(request)
            result, said = await surveying.result(one, DISDAG), pb.ListSurveyWordsRequest(id=one.id)
            read = [each.words for each in (await surveying.call(said, DISDAG)).words]
            told.append((result.answers, len(result.questions), read))
        calls = spans.named("smartcity.society.v1.SurveyService/AnswerSurvey")
    return {"one": one, "surveying": surveying, "requests": requests, "told": told, "logs": logs, "spans": calls}


async def test_what_is_told_while_it_is_open_moves_by_five_people_or_by_none(answered: dict[str, Any]) -> None:
    numbers = [answers for answers, _, _ in answered["told"]]
    assert {after - before for before, after in itertools.pairwise(numbers)} == {0, BATCH}
    assert numbers[-1] == 2 * BATCH, "the last whole batch waits, and so does what fills"
    assert {questions for _, questions, _ in answered["told"]} == {0}, "of open questions it is only how many answered"
    for answers, _, read in answered["told"]:
        assert set(read) == {_words(place) for place in range(answers)}, "words come with their batch, not before"


async def test_no_row_that_is_kept_is_of_one_answer_once_its_batch_is_told(answered: dict[str, Any]) -> None:
    admin = answered["surveying"].served.admin
    rows = await admin.fetch("SELECT xmin::text AS written, words, id FROM society.survey_words WHERE batch = 2")
    place_of = {_words(place): place for place in range(PEOPLE)}
    batches: dict[str, set[int]] = {}
    for row in rows:
        batches.setdefault(row["written"], set()).add(place_of[row["words"]])
    assert sorted(map(sorted, batches.values())) == [list(range(5)), list(range(5, 10))], "five are written at once"
    assert {row["id"].version for row in rows} == {4}
    (tally,) = await admin.fetch("SELECT * FROM society.survey_tally")
    assert (tally["shown"], tally["waiting"], tally["filling"]) == (10, 5, 2)
    assert sum(tally["shown_counts"][:3]) == 10
    people = await admin.fetch("SELECT xmin::text AS written FROM society.survey_person")
    assert set(batches) <= _last_of_batches(people), "and with nobody else's answer"


def _last_of_batches(people: list[Any]) -> set[str]:
    """Whoever makes a batch whole writes the words of the one before, in the same transaction."""
    return {row["written"] for row in people[BATCH - 1 :: BATCH]}


async def test_nothing_kept_of_a_request_lets_anybody_try_out_what_was_answered(answered: dict[str, Any]) -> None:
    surveying, one = answered["surveying"], answered["one"]
    kept, logged = await _everything(surveying), json.dumps(answered["logs"], default=str)
    for place, request in enumerate(answered["requests"]):
        assert request.request_id.encode() not in kept
        assert f"browser-{place}".encode() not in kept
        assert request.request_id not in logged
        for way in WAYS:
            tried = _request(one.id, place, way, _words(place))
            digest = hashlib.sha256(tried.SerializeToString(deterministic=True)).digest()
            assert digest not in kept, "idempotency keeps a digest that could be tried out"
    assert {row["type"].rpartition(".")[2] for row in await surveying.served.outbox()} <= {"SurveyPublished"}
    assert len(answered["spans"]) == PEOPLE
    said = {json.dumps(dict(span.attributes or {}), sort_keys=True) for span in answered["spans"]}
    assert len(said) == 1, "all answers leave the same spans, but for the time"


async def test_who_has_answered_stands_without_a_time_and_is_forgotten_when_it_closes(answered: dict[str, Any]) -> None:
    surveying, admin = answered["surveying"], answered["surveying"].served.admin
    sql = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema = 'society' AND table_name IN ('survey_person', 'survey_invitation', 'survey_words')
    """
    assert not [row for row in await admin.fetch(sql) if "time" in row["data_type"]]
    await surveying.closed(answered["one"])
    assert await admin.fetchval("SELECT count(*) FROM society.survey_person") == 0
    assert await admin.fetchval("SELECT count(*) FROM society.survey_tally") == 0
    words = await admin.fetch("SELECT DISTINCT xmin::text FROM society.survey_words WHERE batch <> 2")
    assert not words, "and all words are of whole batches, or of the end"


async def _everything(surveying: Surveying) -> bytes:
    admin, parts = surveying.served.admin, []
    for row in await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'society'"):
        for kept in await admin.fetch(f'SELECT * FROM society."{row["tablename"]}"'):
            parts += [value if isinstance(value, bytes) else str(value).encode() for value in kept.values()]
    return b"\n".join(parts)
