"""Whatever is sent, a decoder gives a message that the pillar takes or refuses with a problem, and nothing else."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.answers.problems import Problem
from gateway.rest.route import Route
from services.kit.rpc.rules import checked
from tests.gateway.rest.asking import KEYS, ROUTES, Sent, decoded, every_route, placed, plain_contents, with_body

# Few for each of hundreds of routes, whose decoders are the same code: thousands for each way a value can stand.
SOME = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
STATUSES = {400, 422, 428}

_TEXTS = st.text(max_size=20) | st.sampled_from(
    ["", "\0", "\ud7ff\ue000", "\U0010ffff", " \u200b", "id", "2026-02-31", "1e400"]
)
_NUMBERS = st.integers() | st.floats() | st.sampled_from([2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, -0.0])
VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)
"""Any JSON, and NaN."""
_ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(["9" * 20, "1e999", "+1"])
_LATIN = st.text(st.characters(max_codepoint=255), max_size=20)


def outcome(route: Route, sent: Sent) -> Message | None:
    """What comes of a request: the message, or None when it is refused as it should be."""
    try:
        message = decoded(route, sent)
    except Problem as problem:
        sound(problem)
        return None
    if route.act is None:
        checked(message)  # else the edge would let through what the contract refuses
    return type(message).FromString(message.SerializeToString())


def sound(problem: Problem) -> None:
    """A refusal that says what is wrong."""
    assert problem.status in STATUSES
    assert problem.status != 422 or problem.errors
    assert json.loads(bytes(problem.response("/v1").body))["detail"]


@cache
def right(operation: str) -> Sent:
    """A request of an operation that is taken."""
    route = next(each for each in ROUTES if each.operation == operation)
    return placed(route, plain_contents(route))


def sent_to_all(body: bytes) -> None:
    """The outcome of one body in every route: to make it up takes longer than to refuse it a hundred times."""
    for route in ROUTES:
        if route.body:
            try:
                outcome(route, replace(right(route.operation), body=body))
            except Exception as error:
                error.add_note(route.operation)
                raise


def as_json(value: Any) -> bytes:
    """Bytes of a body, with what JSON has not."""
    return json.dumps(value).encode()


@settings(SOME, max_examples=100)
@given(value=VALUES)
@example(value=[])
@example(value={})
def test_no_json_breaks_a_decoder(value: Any) -> None:
    sent_to_all(as_json(value))


@settings(SOME, max_examples=100)
@given(body=st.binary(max_size=60))
@example(body=b"[" * 50_000)
@example(body=b'{"a":' * 50_000)
@example(body=b'"\\ud800"')
@example(body=b"\xef\xbb\xbf{}")
@example(body=b"1" * 5_000)
def test_no_bytes_break_a_decoder(body: bytes) -> None:
    sent_to_all(body)


@pytest.mark.parametrize("route", with_body())
@SOME
@given(data=st.data())
def test_no_value_breaks_a_decoder_wherever_it_stands(route: Route, data: st.DataObject) -> None:
    sent = right(route.operation)
    body = json.loads(sent.body)
    for _ in range(data.draw(st.integers(1, 3))):
        body = replaced(body, data)
    outcome(route, replace(sent, body=as_json(body)))


def replaced(value: Any, data: st.DataObject) -> Any:
    """The same with any value at some place."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 7)):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: replaced(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        return [replaced(value[0], data), *value[1:]]
    return data.draw(VALUES)


@cache
def anywhere(operation: str) -> st.SearchStrategy[Sent]:
    """Its right request with anything in query, path and headers: made once, which takes longer than to draw."""
    route, sent = next(each for each in ROUTES if each.operation == operation), right(operation)
    names = st.sampled_from([each.name for each in route.in_query]) if route.in_query else st.just("x")
    return st.builds(
        replace,
        st.just(sent),
        query=st.lists(st.tuples(names, _ANYTHING | st.binary(max_size=6)), max_size=6),
        path=st.fixed_dictionaries({name: st.just(text) | _ANYTHING for name, text in sent.path.items()}),
        headers=st.fixed_dictionaries({}, optional={KEYS[each.descriptor.name][0]: _LATIN for each in route.headers}),
    )


@pytest.mark.parametrize("route", every_route())
@SOME
@given(data=st.data())
def test_no_query_path_or_header_breaks_a_decoder(route: Route, data: st.DataObject) -> None:
    outcome(route, data.draw(anywhere(route.operation)))
