"""Numbers of a contract's enums and values of a model."""

from enum import Enum

import pytest

from services.kit.city import load_city
from services.kit.rpc import protos
from services.kit.rpc.contract import enum_names
from smartcity.environment.v1 import cleanups_pb2 as pb


class State(Enum):
    """As a room's model has it."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"


def test_a_number_becomes_the_value_of_its_name_and_back() -> None:
    for state in State:
        number = protos.number(pb.CleanupState, state)
        assert protos.member(pb.CleanupState, number, State) is state
        assert protos.number(pb.CleanupState, state.value) == number


def test_several_numbers_become_values_each_once_and_always_in_one_order() -> None:
    given = [pb.CLEANUP_STATE_OPEN, pb.CLEANUP_STATE_ABANDONED, pb.CLEANUP_STATE_OPEN]
    assert protos.members(pb.CleanupState, given, State) == (State.ABANDONED, State.OPEN)
    assert protos.members(pb.CleanupState, reversed(given), State) == (State.ABANDONED, State.OPEN)


def test_no_numbers_are_no_values() -> None:
    assert protos.members(pb.CleanupState, [], State) == ()


def test_a_model_may_do_with_texts() -> None:
    assert protos.members(pb.CleanupState, [pb.CLEANUP_STATE_OPEN], str) == ("open",)


@pytest.mark.parametrize("number", [0, 99])
def test_what_the_rules_let_through_by_mistake_is_no_value(number: int) -> None:
    with pytest.raises(KeyError):
        protos.member(pb.CleanupState, number, State)


def test_what_is_not_given_has_no_name() -> None:
    assert set(enum_names(pb.CleanupState.DESCRIPTOR)) == {state.value for state in State}


def test_areas_that_have_left_the_profile_are_left_out() -> None:
    city = load_city("semarang")
    found = protos.areas(city, ["33.74.02.1008", "33.74.99.9999", "33.74.02.1001"])
    assert [one.code for one in found] == ["33.74.02.1008", "33.74.02.1001"]
