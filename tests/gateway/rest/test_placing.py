"""Where values go: names over HTTP, constants, defaults, headers, the body as a whole, and what is not known."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.routing import Match

from gateway.answers.problems import Problem
from gateway.rest import mount
from gateway.rest.route import Route
from gateway.rest.routes import routes
from services.kit.rpc.rules import Field
from tests.gateway.rest.asking import (
    KEYS,
    ROUTES,
    Sent,
    decoded,
    edge_path,
    every_route,
    for_all,
    path_of,
    placed,
    plain_contents,
    refused,
    with_body,
)
from tests.gateway.rest.borders import edge_cases
from tests.gateway.rest.contents import Contents, changed, is_time, places
from tests.gateway.rest.messages import shown


def fields_with(rule: str) -> list[Any]:
    """The fields of bodies and queries that have a rule, each with its route."""
    return [
        pytest.param(route, each, id=f"{route.operation}-{each.descriptor.name}")
        for route in ROUTES
        for each in (*route.in_query, *(route.in_body if route.body == "*" else []))
        if getattr(each.rules, rule)
    ]


def without(route: Route, name: str) -> Contents:
    """A request that is right, but for a field that is left out."""
    return {key: value for key, value in plain_contents(route).items() if key != name}


def body_of(route: Route, held: Contents | None = None) -> dict[str, Any]:
    """The body of a right request."""
    found: dict[str, Any] = json.loads(placed(route, held or plain_contents(route)).body)
    return found


def sent(route: Route, body: Any) -> Any:
    """A right request with another body."""
    return replace(placed(route, plain_contents(route)), body=json.dumps(body).encode())


@for_all(fields_with("otherwise"))
def test_what_is_left_out_has_the_value_that_the_contract_says(route: Route, field: Field) -> None:
    message = decoded(route, placed(route, without(route, field.descriptor.name)))
    assert str(shown(message)[field.descriptor.name]) == field.rules.otherwise


@for_all(fields_with("fixed"))
def test_callers_have_no_say_in_a_constant(route: Route, field: Field) -> None:
    assert shown(decoded(route, sent(route, body_of(route))))[field.descriptor.name] == field.rules.fixed
    faults = refused(route, sent(route, {**body_of(route), field.descriptor.name: field.rules.fixed}))
    assert [each.field for each in faults] == [field.descriptor.name]


@for_all(fields_with("dropped"))
def test_what_the_pillar_has_no_use_for_does_not_reach_it(route: Route, field: Field) -> None:
    assert field.descriptor.name not in shown(decoded(route, sent(route, body_of(route))))


@for_all(fields_with("inside"))
def test_what_stands_in_an_object_is_not_known_beside_it(route: Route, field: Field) -> None:
    held = without(route, field.descriptor.name)
    name = field.rules.name or field.descriptor.name
    faults = refused(route, sent(route, {**body_of(route, held), name: plain_contents(route)[field.descriptor.name]}))
    assert name in [each.field for each in faults]


@for_all(with_body())
def test_of_a_thousand_unknown_fields_a_refusal_names_a_few(route: Route) -> None:
    faults = refused(route, sent(route, {**body_of(route), **{f"x{place}": 1 for place in range(1_000)}}))
    assert [each.field for each in faults] == [f"x{place}" for place in range(20)]


@for_all(fields_with("inside"))
def test_what_stands_in_an_object_may_do_without_the_rest_of_it(route: Route, field: Field) -> None:
    whole = body_of(route)
    group = whole.pop(field.rules.inside)
    name = field.rules.name or field.descriptor.name
    kept = {key: value for key, value in group.items() if key in _required_inside(route, field) | {name}}
    message = decoded(route, sent(route, {**whole, field.rules.inside: kept}))
    assert (field.descriptor.name in shown(message)) is not field.rules.dropped


def _required_inside(route: Route, field: Field) -> set[str]:
    """What must stand there too."""
    group = next(each for each in route.in_body if each.descriptor.name == field.rules.inside)
    beside = {each.descriptor.name for each in route.in_body if each.rules.inside and each.rules.required}
    own = group.descriptor.message_type
    assert own is not None
    return beside | ({each.name for each in own.fields} if group.rules.required else set())


@for_all(with_body(), value=[7, None])
def test_what_is_not_known_is_refused_with_its_path(route: Route, value: Any) -> None:
    for path in objects(route):
        body = body_of(route)
        inner: Any = body
        for name in path:
            inner = inner[int(name) if name.isdecimal() else name]
        inner["no_such"] = value
        assert [each.field for each in refused(route, sent(route, body))] == [".".join([*path, "no_such"])]


def objects(route: Route) -> list[list[str]]:
    """The paths of all objects in a body, the body itself first."""
    inner = [one for one in places(route.in_body) if one[-1].descriptor.message_type and not is_time(one[-1])]
    return [[], *([*path_of(one).split("."), *(["0"] if one[-1].descriptor.is_repeated else [])] for one in inner)]


@for_all(every_route())
def test_every_fault_is_told_at_once(route: Route) -> None:
    held, wrong = plain_contents(route), set[str]()
    for case in edge_cases(taken=False, only=route.operation):
        if len(case.where) == 1 and case.where[0].descriptor.message_type is None:
            held = changed(held, case.where, case.border.value)
            wrong.add(edge_path(route, case.where))
    if wrong:
        assert {each.field.removesuffix(".0") for each in refused(route, placed(route, held))} == wrong


@pytest.mark.parametrize(
    ("text", "version"),
    [("7", "7"), ('"7"', "7"), ('W/"7"', "7"), (' "7" ', "7"), ("a" * 200, "a" * 200)],
)
def test_a_version_is_known_in_every_spelling_of_http(text: str, version: str) -> None:
    for route in ROUTES:
        if route.takes_version:
            held = plain_contents(route) | {"etag": text}
            assert shown(decoded(route, placed(route, held)))["etag"] == version


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("request_id", text) for text in ("", "a b", "é", "k" * 129)),
        *(("etag", text) for text in ("\xe9", "a" * 201)),
        *(("link_key", text) for text in ("a b", "k_1", "k" * 65)),
    ],
)
def test_a_header_that_is_not_of_its_form_is_refused_by_its_name(name: str, text: str) -> None:
    for route in ROUTES:
        if any(each.descriptor.name == name for each in route.headers):
            faults = refused(route, placed(route, plain_contents(route) | {name: text}))
            assert [each.field.lower() for each in faults] == [KEYS[name][0]]


@pytest.mark.parametrize("text", [None, "*", '""'])
def test_a_change_without_the_version_that_was_seen_is_refused(text: str | None) -> None:
    for route in ROUTES:
        if route.needs_version:
            with pytest.raises(Problem) as caught:
                decoded(route, placed(route, plain_contents(route) | {"etag": text}))
            assert (caught.value.status, caught.value.reason) == (428, "IF_MATCH_MISSING")


@pytest.mark.parametrize("text", [None, "*"])
def test_any_version_is_meant_where_it_may_be_left_out(text: str | None) -> None:
    optional = [route for route in ROUTES if route.takes_version and not route.needs_version]
    assert {"withdrawComplaint", "rateComplaint", "confirmUnit", "payFromWallet"} <= {one.operation for one in optional}
    for route in optional:
        made = shown(decoded(route, placed(route, plain_contents(route) | {"etag": text})))
        assert not made.get("etag"), route.operation


@pytest.mark.parametrize("text", ["", '""', 'W/""'])
def test_an_if_match_that_names_nothing_is_not_taken_for_none(text: str) -> None:
    for route in ROUTES:
        if route.takes_version and not route.needs_version:
            faults = refused(route, placed(route, plain_contents(route) | {"etag": text}))
            assert [each.field for each in faults] == ["If-Match"], route.operation


@pytest.mark.parametrize("text", ["*", '"7"'])
def test_a_route_that_compares_no_version_refuses_if_match(text: str) -> None:
    """The method must not be performed under a condition that does not hold (RFC 9110, 13.1.1), and whether it holds is
    not known here. It is no 412: that would ask for another try with the tag as it is now, which is refused as well.
    """
    for route in ROUTES:
        if not route.takes_version and route.verb != "GET":
            sent = placed(route, plain_contents(route))
            faults = refused(route, replace(sent, headers=sent.headers | {"if-match": text}))
            assert [each.field for each in faults] == ["If-Match"], route.operation


def test_a_read_is_not_refused_for_if_match() -> None:
    """Who resumes a download, or sends it with each request, asks for no change."""
    for route in ROUTES:
        if not route.takes_version and route.verb == "GET":
            sent = placed(route, plain_contents(route))
            decoded(route, replace(sent, headers=sent.headers | {"if-match": '"7"'}))


def test_an_if_match_of_several_versions_says_so() -> None:
    for route in ROUTES:
        if route.takes_version:
            (fault,) = refused(route, placed(route, plain_contents(route) | {"etag": '"7", "8"'}))
            assert (fault.field, fault.message) == (
                "If-Match", "names more than one version; send the one you saw",
            ), route.operation  # fmt: skip


def test_what_changes_an_existing_thing_and_answers_its_etag_compares_if_match() -> None:
    answering = [one for one in routes() if one.verb != "GET" and one.etag and not one.rpc.options.created]
    others = {one.operation for one in answering if not one.takes_version}
    made = {
        "createAdvisory",
        "createAccountChange",
        "createComment",
        "createUnit",
        "createRefund",
        "handOverShift",
        "payBill",
        "boardVehicle",
    }
    asked = {"presentQr", "settleCard"}  # of the acquirer or the wallet, and the same again for who asks again
    beside = {"createTicketType", "createTerminal", "updateTerminal", "signOnUnit"}  # the version answered stays
    assert others == made | asked | beside, "where no version moves there is none to compare; all else takes it"


def test_a_write_without_a_key_is_refused_where_the_contract_says_so_and_gets_one_elsewhere() -> None:
    asked = set()
    for route in ROUTES:
        if route.takes_key and route.rpc.options.key_required:
            asked.add(route.operation)
            with pytest.raises(Problem) as caught:
                decoded(route, placed(route, plain_contents(route) | {"request_id": None}))
            assert (caught.value.status, caught.value.reason) == (400, "IDEMPOTENCY_KEY_MISSING")
        elif route.takes_key:
            found = [decoded(route, placed(route, plain_contents(route) | {"request_id": None})) for _ in range(2)]
            assert len({shown(each)["request_id"] for each in found}) == 2
    assert "createComplaint" in asked


@for_all(with_body())
def test_a_body_that_is_not_there_is_refused_where_one_is_needed(route: Route) -> None:
    empty = replace(placed(route, plain_contents(route)), body=b"")
    if route.rpc.options.body_optional:
        decoded(route, empty)
    else:
        assert [each.field for each in refused(route, empty)] == ["body"]


@for_all(with_body(), kind=["text/plain", "", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_said_to_be_json_is_refused(route: Route, kind: str) -> None:
    right = placed(route, plain_contents(route))
    right.headers["content-type"] = kind
    problem = not_taken(route, right)
    assert problem.headers == {"accept": "application/json"}
    assert (kind or "without a Content-Type") in problem.detail
    assert "Content-Type: application/json" in problem.detail


@for_all(with_body(), coding=["gzip", "br", "gzip, identity"])
def test_a_packed_body_is_refused_as_such_and_not_as_broken_json(route: Route, coding: str) -> None:
    packed = placed(route, plain_contents(route))
    packed.headers["content-encoding"] = coding
    problem = not_taken(route, packed)
    assert problem.headers == {"accept-encoding": "identity"}
    assert coding in problem.detail


def not_taken(route: Route, sent: Sent) -> Problem:
    """The refusal of a body that is of another kind."""
    with pytest.raises(Problem) as caught:
        decoded(route, sent)
    assert (caught.value.status, caught.value.reason) == (415, "MEDIA_TYPE_NOT_TAKEN")
    return caught.value


@for_all(each for each in with_body() if each.values[0].rpc.options.body_optional)
def test_no_body_needs_no_type_where_none_is_needed(route: Route) -> None:
    nothing = replace(placed(route, plain_contents(route)), body=b"")
    for kind in ("", "application/x-www-form-urlencoded"):
        nothing.headers["content-type"] = kind
        decoded(route, nothing)


@pytest.mark.parametrize("number", ["7.0", "7e0", "0.7e1"])
def test_a_whole_number_may_be_written_as_a_fraction(number: str) -> None:
    """As JavaScript's and other programs' numbers, and as the schema takes it."""
    route, sent = counted(number)
    assert shown(decoded(route, sent))["quantity"] == 7


@pytest.mark.parametrize(
    ("number", "said"), [("7.5", "not a whole number"), ("1e300", "all its digits"), ("-1e16", "all its digits")]
)
def test_a_number_that_is_not_whole_or_not_exact_says_how_to_write_it(number: str, said: str) -> None:
    route, sent = counted(number)
    (fault,) = refused(route, sent)
    assert fault.field == "quantity"
    assert said in fault.message


def counted(number: str) -> tuple[Route, Sent]:
    """A bill for so many of something."""
    route = next(each for each in ROUTES if each.operation == "createBill")
    sent = placed(route, plain_contents(route) | {"quantity": 7})
    assert b'"quantity": 7' in sent.body
    return route, replace(sent, body=sent.body.replace(b'"quantity": 7', b'"quantity": ' + number.encode()))


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"]
)
def test_json_has_several_names(kind: str) -> None:
    for route in ROUTES:
        right = placed(route, plain_contents(route))
        right.headers["content-type"] = kind
        decoded(route, right)


@cache
def mounted() -> FastAPI:
    """An application with all addresses."""
    app = FastAPI()
    mount(app)
    return app


@for_all(pytest.param(each, id=each.operation) for each in routes())
def test_an_address_leads_to_its_own_route(route: Route) -> None:
    path = route.path
    for name, text in placed(route, plain_contents(route)).path.items():
        path = path.replace(f"{{{name}}}", text)
    scope = {"type": "http", "method": route.verb, "path": path, "headers": [], "root_path": ""}
    matches = (each.matches(scope) for each in mounted().router.routes)
    assert next(child for match, child in matches if match is Match.FULL)["endpoint"].path == route.path


def test_no_two_fields_of_an_object_have_one_name() -> None:
    for route in ROUTES:
        seen = [each.path for each in (*route.in_query, *route.in_body, *route.in_path) if not each.rules.fixed]
        assert len(seen) == len(set(seen)), route.operation
