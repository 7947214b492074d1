"""The rules of fields in a pillar: what is cleaned, what counts as given, and what a refusal says."""

import math
from typing import Any

import pytest

from services.kit.errors import DomainError, Kind
from services.kit.rpc.rules import checked, fields_of
from tests.kit import odd

Thing, Listing, Part = odd.kind("CreateThingRequest"), odd.kind("ListThingsRequest"), odd.kind("CreatePartRequest")
DUE = {"seconds": 1_795_489_965}
RIGHT = {
    "code": "T-1",
    "shapes": [1],
    "words": ["satu"],
    "whole": 1,
    "amount": 1,
    "where": {"lon": 110.4, "lat": -6.9},
    "floor": "2",
    "due": DUE,
    "title": "a thing",
    "file": "x",
}
LISTED = {"shape_now": 1, "need": "it", "tags": ["ab"]}


def thing(**changes: Any) -> Any:
    """A right request to make a thing, but for the changes."""
    return Thing(**RIGHT | changes)


def listing(**changes: Any) -> Any:
    """A right request to list things, but for the changes."""
    return Listing(**LISTED | changes)


def acted_on(request: Any) -> Any:
    """The request as the pillar acts on it."""
    return checked(request)


def refusal(request: Any) -> tuple[str, str]:
    """Reason and message of the refusal of a request; its field is the path that the message begins with."""
    with pytest.raises(DomainError) as caught:
        checked(request)
    assert caught.value.kind is Kind.INVALID
    assert caught.value.message.partition(" ")[0] == caught.value.metadata["field"]
    return caught.value.reason, caught.value.message


def test_a_request_that_is_right_is_acted_on() -> None:
    assert checked(thing()) == thing()
    assert checked(listing()) == listing()


def test_the_request_itself_stays_as_it_came() -> None:
    request = thing(title=" a thing ", words=[" satu\r\ndua "])
    before = request.SerializeToString()
    clean = acted_on(request)
    assert (clean.title, list(clean.words)) == ("a thing", ["satu\ndua"])
    assert request.SerializeToString() == before


def test_a_request_without_free_text_is_not_copied() -> None:
    request = Part(day="2026-11")
    assert checked(request) is request


@pytest.mark.parametrize("unseen", ["", " ", "\u200b", "\u3164\u200b", "\x00", " \r\n\t"], ids=ascii)
def test_what_cannot_be_seen_is_not_given(unseen: str) -> None:
    assert refusal(listing(need=unseen)) == ("NEED", "need is empty; give some text.")
    assert acted_on(listing(purpose=unseen)).purpose == ""


def test_text_is_cleaned_before_it_is_measured() -> None:
    assert acted_on(listing(purpose=f"\n{'p' * 30}\u00a0\x00 ")).purpose == "p" * 30
    assert refusal(listing(purpose="abcd   ")) == ("PURPOSE", "purpose has 4 characters; give 5 to 30.")


def test_text_without_words_is_measured_as_it_came() -> None:
    assert acted_on(thing(code=" T-1 ")).code == " T-1 "
    assert refusal(thing(code="T" * 13)) == ("INVALID_REQUEST", "code has 13 characters; give at most 12.")


def test_characters_count_not_bytes() -> None:
    checked(listing(purpose="é👍" * 15))
    assert refusal(listing(purpose="é👍" * 15 + "é"))[1] == "purpose has 31 characters; give 5 to 30."


@pytest.mark.parametrize("title", ["Thing", "a\nthing", "thing1"])
def test_a_pattern_is_matched_whole(title: str) -> None:
    assert refusal(thing(title=title)) == ("INVALID_REQUEST", "title is not of the form [a-z ]+.")


def test_a_line_end_after_a_pattern_is_not_overlooked() -> None:
    assert refusal(Part(day="2026-11\n")) == ("DAY", "day is not of the form [0-9]{4}-[0-9]{2}.")


def test_text_that_is_not_given_has_no_form() -> None:
    checked(thing(size="", hint=""))
    assert refusal(thing(size="huge")) == ("SIZE", "size is none of: small, large.")
    assert refusal(thing(hint="x")) == ("INVALID_REQUEST", "hint has 1 character; give at least 2.")


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 0.6, -0.6, 1e300])
def test_no_strange_number_is_within_a_range(number: float) -> None:
    reason, message = refusal(listing(measure=number))
    assert reason == "MEASURE"
    assert message.endswith("give -0.5 to 0.5.")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (math.nan, "no number"),
        (1e300, "1e+300"),
        (-math.inf, "-inf"),
        (2.0**63, "9,223,372,036,854,775,807"),
        (0.6, "0.6"),
        (12_345.0, "12,345"),
    ],
)
def test_a_number_is_said_as_people_write_it(number: float, said: str) -> None:
    assert refusal(listing(measure=number))[1] == f"measure is {said}; give -0.5 to 0.5."


def test_a_range_may_be_open() -> None:
    checked(listing(count=-(2**31)))
    assert refusal(listing(count=6)) == ("COUNT", "count is 6; give at most 5.")
    assert refusal(thing(where={"lon": 0, "lat": -91})) == ("PLACE", "where.lat is -91; give at least -90.")


def test_zero_is_not_given_unless_the_number_is_required_or_has_a_value_for_being_left_out() -> None:
    checked(thing(maybe=0, digits=[]))
    assert refusal(thing(amount=0)) == ("AMOUNT", "amount is 0; give at least 1.")


def test_zero_in_a_list_is_given() -> None:
    assert refusal(thing(digits=[1, 0])) == ("DIGITS", "digits.1 is 0; give 1 to 9.")


def test_all_of_64_bits_can_be_asked_for() -> None:
    for most in (2**63 - 1, -(2**63)):
        assert acted_on(thing(whole=most)).whole == most


@pytest.mark.parametrize("number", [0, 5, 99, -1])
def test_an_enum_takes_only_the_values_that_the_contract_names(number: int) -> None:
    assert refusal(listing(shape_now=number)) == ("SHAPE_NOW", "shape_now is none of: round.")
    assert refusal(thing(shapes=[1, number]))[1] == "shapes.1 is none of: round."


def test_an_enum_without_rules_takes_every_value_but_unknown_ones() -> None:
    for number in (0, 1, 5, 7):
        checked(listing(shape_then=number))
    assert refusal(listing(shape_then=99)) == ("INVALID_REQUEST", "shape_then is none of: round, long_and_thin, lost.")


def test_the_words_for_an_enum_stand_in_the_contracts_order() -> None:
    assert (
        refusal(thing(parts=[{"label": "a", "shape": 7}] * 2))[1] == "parts.0.shape is none of: round, long_and_thin."
    )


def test_a_message_that_is_required_is_missed() -> None:
    assert refusal(thing(where=None)) == ("WHERE", "where is missing.")
    assert refusal(thing(due=None)) == ("INVALID_REQUEST", "due is missing.")


def test_a_message_that_is_there_must_be_right_even_if_it_is_not_required() -> None:
    assert refusal(thing(parts=[{"label": "a"}, {"label": "A"}])) == (
        "LABEL",
        "parts.1.label is not of the form [a-z]+.",
    )
    assert refusal(thing(parts=[{"label": "a"}, {}]))[1] == "parts.1.label is empty; give 1 to 8 characters."


def test_messages_within_messages_are_cleaned_and_checked() -> None:
    part = {"label": "a", "notes": [" \u200b xy "], "place": {"lon": 0, "lat": 0}}
    assert list(acted_on(thing(parts=[part, part])).parts[1].notes) == ["xy"]
    away = {**part, "place": {"lon": 181, "lat": 0}}
    assert refusal(thing(parts=[part, away])) == ("PLACE", "parts.1.place.lon is 181; give -180.5 to 180.5.")


def test_a_field_inside_an_object_is_named_by_its_place_there() -> None:
    assert refusal(thing(floor="")) == ("FLOOR", "where.floor is empty; give 1 to 3 characters.")
    assert refusal(thing(door="x"))[1] == "where.entrance has 1 character; give at least 2."


@pytest.mark.parametrize(
    ("parts", "message"),
    [(1, "parts has 1 item; give 2 to 3."), (4, "parts has 4 items; give 2 to 3.")],
)
def test_items_are_counted(parts: int, message: str) -> None:
    assert refusal(thing(parts=[{"label": "a"}] * parts)) == ("PARTS", message)


def test_a_list_that_is_empty_is_not_given() -> None:
    checked(thing(parts=[], digits=[]))
    assert refusal(thing(words=[])) == ("INVALID_REQUEST", "words is empty; give at least one.")
    assert refusal(thing(shapes=[])) == ("INVALID_REQUEST", "shapes is empty; give 1 to 2 items.")


def test_each_text_of_a_list_is_measured_an_empty_one_too() -> None:
    assert refusal(listing(tags=["ab", ""]))[1] == "tags.1 is empty; give 2 to 4 characters."
    assert refusal(thing(words=["satu", "\u200b"]))[1] == "words.1 is empty; give some text."
    assert refusal(thing(parts=[{"label": "a", "notes": ["xy", "x"]}] * 2)) == (
        "NOTES",
        "parts.0.notes.1 has 1 character; give 2 to 10.",
    )


def test_a_list_has_the_name_that_callers_know() -> None:
    assert refusal(listing(shapes=[1, 7, 1]))[1] == "shape has 3 items; give at most 2."
    assert refusal(listing(shapes=[1, 5]))[1] == "shape.1 is none of: round, lost."


def test_a_field_knows_its_names_and_values() -> None:
    fields = {each.descriptor.name: each for each in fields_of(Thing.DESCRIPTOR)}
    assert (fields["door"].name, fields["door"].path, fields["floor"].path) == (
        "entrance",
        "where.entrance",
        "where.floor",
    )
    assert fields["shape"].names == {"round": 1, "long_and_thin": 5, "lost": 7}
    assert fields["shapes"].numbers == {1}
    assert (fields["whole"].is_whole, fields["measure"].is_whole, fields["measure"].is_number) == (True, False, True)
