"""JSON -> message -> JSON: for every route, what is sent is what the pillar gets, and what its rules take."""

import json
from collections import Counter
from functools import cache

import pytest
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.rest.answering import Answer
from gateway.rest.route import Route
from services.kit.rpc.rules import Field, checked, fields_of
from tests.gateway.rest.asking import ROUTES, decoded, every_route, placed, taken
from tests.gateway.rest.contents import Contents
from tests.gateway.rest.messages import cleaned, handed_on, shown

SOME = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def expected(route: Route, held: Contents) -> Contents:
    """What the message must hold."""
    in_body = {each.descriptor.name for each in route.in_body} if route.body == "*" else {route.body}
    if route.body and route.body != "*" and held.get(route.body) is None:
        held = {**held, route.body: {}}  # the body itself, which is there
    body, others = list[Field](), list[Field]()
    for each in route.fields:
        (body if each.descriptor.name in in_body else others).append(each)
    return handed_on(others, held, trimmed=False) | handed_on(body, held, trimmed=True)


@cache
def takes(operation: str) -> st.SearchStrategy[Contents]:
    """What a route takes: made once, since to read patterns takes longer than to draw from them."""
    return taken(next(each for each in ROUTES if each.operation == operation))


@pytest.mark.parametrize("route", every_route())
@SOME
@given(data=st.data())
def test_what_is_sent_is_what_the_pillar_gets_takes_and_cleans(route: Route, data: st.DataObject) -> None:
    held = data.draw(takes(route.operation))
    message = decoded(route, placed(route, held))
    assert shown(message) == expected(route, held)
    if route.act is None:  # else no pillar gets it as it is
        before = message.SerializeToString(deterministic=True)
        acted_on = checked(message)
        assert shown(acted_on) == cleaned(fields_of(message.DESCRIPTOR), shown(message))
        assert message.SerializeToString(deterministic=True) == before  # `once` digests it as it came


@pytest.mark.parametrize("route", [pytest.param(one, id=one.operation) for one in ROUTES if one.rpc.options.beside])
def test_what_stands_beside_the_answered_message_stands_there_once_and_says_its_own(route: Route) -> None:
    made = GetMessageClass(route.rpc.method.output_type)()
    inner = getattr(made, route.answered)
    for name in (texts := [each.name for each in made.DESCRIPTOR.fields if each.type == each.TYPE_STRING]):
        setattr(made, name, "own")
        if name in inner.DESCRIPTOR.fields_by_name:
            setattr(inner, name, "other")
    answer = Answer(route)(made)
    pairs = json.loads(bytes(answer.body), object_pairs_hook=list)
    assert [name for name, times in Counter(name for name, _ in pairs).items() if times > 1] == []
    assert {name: value for name, value in pairs if name in texts} == dict.fromkeys(texts, "own")
