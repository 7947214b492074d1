"""Problems of what pillars refuse: status, and when to come again."""

import json
from datetime import timedelta

import grpc
import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from gateway.answers.problems import MEDIA_TYPE, Problem, from_grpc, missing_header
from gateway.openapi import problems
from services.kit.errors import exhausted


def refused(code: grpc.StatusCode, reason: str, **metadata: str) -> grpc.aio.AioRpcError:
    """What the gateway gets when a pillar refuses."""
    packed = Packed()
    packed.Pack(ErrorInfo(reason=reason, domain="test", metadata=metadata))
    trailing = grpc.aio.Metadata(("grpc-status-details-bin", Status(details=[packed]).SerializeToString()))
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing, details="It is not so.")


def test_a_limit_of_which_nobody_knows_when_it_ends_does_not_ask_to_be_repeated_every_second() -> None:
    problem = from_grpc(refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "QUOTA_UNTIMED"))
    assert (problem.status, problem.headers) == (429, {})


@pytest.mark.parametrize(("wait", "seconds"), [(timedelta(minutes=10), "600"), (timedelta(milliseconds=1), "1")])
def test_a_limit_that_ends_at_a_known_time_says_after_how_many_seconds(wait: timedelta, seconds: str) -> None:
    error = exhausted("MAIL_LINK_JUST_SENT", "Later.", wait=wait)
    problem = from_grpc(refused(grpc.StatusCode.RESOURCE_EXHAUSTED, error.reason, **error.metadata))
    assert (problem.status, problem.headers) == (429, {"retry-after": seconds})


def test_the_language_of_a_problem_is_said() -> None:
    """And not the one that was asked for: no program is to show it as if it were."""
    assert Problem(404, "NOT_FOUND", "There is nothing.").response("/v1/x").headers["content-language"] == "en"


def unexplained(code: grpc.StatusCode) -> Problem:
    """Of a pillar that says nothing more."""
    return from_grpc(grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata()))


@pytest.mark.parametrize(
    "problem",
    [
        missing_header("Idempotency-Key"),
        missing_header("If-Match"),
        *map(unexplained, (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)),
    ],
    ids=lambda problem: problem.reason,
)
def test_an_example_of_the_document_says_what_is_really_answered(problem: Problem) -> None:
    really = json.loads(bytes(problem.response("/v1/complaints").body))
    shown = problems.responses()[f"Problem{problem.status}"]["content"][MEDIA_TYPE]["example"]
    assert {**shown, "trace_id": None} == {**really, "trace_id": None}


def test_what_is_away_is_asked_again_in_a_second() -> None:
    problem = from_grpc(refused(grpc.StatusCode.UNAVAILABLE, "LEDGER_AWAY"))
    assert (problem.status, problem.headers) == (503, {"retry-after": "1"})


@pytest.mark.parametrize(
    "problem",
    [
        from_grpc(refused(grpc.StatusCode.ABORTED, "REQUEST_IN_FLIGHT")),
        from_grpc(refused(grpc.StatusCode.DEADLINE_EXCEEDED, "BUSY")),
        unexplained(grpc.StatusCode.DEADLINE_EXCEEDED),
    ],
    ids=lambda problem: problem.reason,
)
def test_what_is_to_be_repeated_says_after_how_many_seconds(problem: Problem) -> None:
    """Before: 409 and 504 said to wait, and not how long."""
    assert problem.headers == {"retry-after": "1"}
    assert "Retry-After" in problems.responses()[f"Problem{problem.status}"]["headers"]


def test_a_conflict_that_no_repetition_ends_does_not_ask_for_one() -> None:
    assert from_grpc(refused(grpc.StatusCode.ABORTED, "WRONG_STATE")).headers == {}
