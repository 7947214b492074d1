"""Each rule of each field: refused just beyond its border and taken on it, at the edge and in the pillar."""

import pytest

from services.kit.errors import DomainError, Kind
from services.kit.rpc.rules import Field, checked, fields_of
from smartcity.types.v1 import edge_pb2
from tests.gateway.rest.asking import (
    decoded,
    edge_path,
    path_of,
    placed,
    plain_contents,
    refused,
)
from tests.gateway.rest.borders import OTHERS, RULES, Case, edge_cases, hold, pillar_cases
from tests.gateway.rest.contents import Contents, changed, plain
from tests.gateway.rest.messages import filled


def at_the_edge(case: Case) -> Contents:
    """A request that is right everywhere else."""
    assert case.route is not None
    return changed(plain_contents(case.route), case.where, case.border.value)


def in_the_pillar(case: Case) -> Contents:
    """The same for a pillar."""
    assert case.rpc is not None
    return changed(plain(fields_of(case.rpc.method.input_type)), case.where, case.border.value)


def edge_refuses(case: Case) -> None:
    """It names the field."""
    assert case.route is not None
    faults = refused(case.route, placed(case.route, at_the_edge(case)))
    path = edge_path(case.route, case.where)
    assert [each.field for each in faults] == [f"{path}.{case.border.item}" if case.border.item else path]
    assert faults[0].message


def edge_takes(case: Case) -> None:
    """Without a word."""
    assert case.route is not None
    decoded(case.route, placed(case.route, at_the_edge(case)))


def pillar_refuses(case: Case) -> None:
    """With the contract's reason."""
    assert case.rpc is not None
    message = filled(case.rpc.request(), in_the_pillar(case))
    with pytest.raises(DomainError) as caught:
        checked(message)
    path = path_of(case.where)
    path = f"{path}.{case.border.item}" if case.border.item else path
    assert caught.value.kind is Kind.INVALID
    assert caught.value.reason == (case.where[-1].rules.reason or "INVALID_REQUEST")
    assert caught.value.metadata == {"field": path}
    assert caught.value.message.startswith(f"{path} ")


def pillar_takes(case: Case) -> None:
    """Without a word."""
    assert case.rpc is not None
    checked(filled(case.rpc.request(), in_the_pillar(case)))


def test_the_edge_refuses_what_is_just_beyond_and_names_the_field() -> None:
    hold(edge_cases(taken=False), edge_refuses)


def test_the_edge_takes_what_is_just_within() -> None:
    hold(edge_cases(taken=True), edge_takes)


def test_the_pillar_refuses_what_is_just_beyond_with_the_contracts_reason() -> None:
    hold(pillar_cases(taken=False), pillar_refuses)


def test_the_pillar_takes_what_is_just_within() -> None:
    hold(pillar_cases(taken=True), pillar_takes)


def test_one_case_that_fails_hides_no_other() -> None:
    cases = edge_cases(taken=True, only="createOdd")
    with pytest.raises(BaseExceptionGroup) as caught:
        hold(cases, edge_refuses)
    assert [each.__notes__ for each in caught.value.exceptions] == [[case.name] for case in cases]


def test_there_are_as_many_cases_as_the_contracts_have_rules() -> None:
    assert len(edge_cases(taken=False)) >= 400
    assert len(edge_cases(taken=True)) >= 200
    assert len(pillar_cases(taken=False)) >= 200
    assert len(pillar_cases(taken=True)) >= 200


def test_no_rule_is_without_a_case() -> None:
    judged = [*pillar_cases(taken=False), *pillar_cases(taken=True), *edge_cases(taken=False)]
    proved = {(_id(case.where[-1]), case.border.rule.split()[0]) for case in judged}
    fields = {case.where[-1] for case in (*judged, *edge_cases(taken=True))}
    said = {(_id(each), rule.name) for each in fields for rule, _ in each.rules.ListFields() if rule.name in RULES}
    assert said - proved == set()


def test_every_rule_of_the_contract_is_known_here() -> None:
    assert {each.name for each in edge_pb2.Rules.DESCRIPTOR.fields} <= RULES | OTHERS


def _id(field: Field) -> str:
    return str(field.descriptor.full_name)
