"""The check character finds every wrong character and every swap."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit import codes
from services.kit.codes import ALPHABET

_BODY = st.text(ALPHABET, min_size=codes.SHORT - 1, max_size=codes.LONGEST - 1).map(
    lambda data: data + codes.check_character(data)
)


def test_the_code_of_the_documents_is_valid() -> None:
    assert codes.parse("SMG", "SMG-7K4P-92") == "SMG-7K4P-92"


@given(_BODY)
def test_every_single_wrong_character_is_found(body: str) -> None:
    for place, right in enumerate(body):
        for wrong in ALPHABET:
            changed = body[:place] + wrong + body[place + 1 :]
            assert codes.is_valid(changed) == (wrong == right)


@given(_BODY)
def test_every_swap_of_two_different_characters_is_found(body: str) -> None:
    for first, second in combinations(range(len(body)), 2):
        characters = list(body)
        characters[first], characters[second] = characters[second], characters[first]
        assert codes.is_valid("".join(characters)) == (body[first] == body[second])


def test_each_weight_of_a_character_tells_all_values_apart() -> None:
    # Exhaustive where it matters: one place, all 32 values, 32 different check characters.
    for place in range(codes.LONGEST - 1):
        checks = {codes.check_character("0" * place + value + "0" * (codes.LONGEST - 2 - place)) for value in ALPHABET}
        assert len(checks) == 32


@given(_BODY)
def test_a_code_is_read_as_people_write_it(body: str) -> None:
    shown = codes.written("SMG", body)
    typed = [shown.lower(), shown.replace("-", ""), shown.replace("-", " "), f"  {shown} ", shown.replace("-", "–")]
    typed += [shown.replace("0", "O").replace("1", "l")]
    assert {codes.parse("SMG", text) for text in typed} == {shown}


@pytest.mark.parametrize(
    "text", ["", "SMG", "SMG-", "SMG-7K4P", "7K4P-92", "KSM-7K4P-92", "SMG-7K4P-9U", "SMG-" + "0" * 11]
)
def test_what_is_no_code_of_the_city_is_refused(text: str) -> None:
    assert codes.parse("SMG", text) is None


@given(_BODY.filter(lambda body: len(body) < codes.LONGEST), st.sampled_from(ALPHABET[1:]))
def test_a_code_with_a_letter_more_in_its_prefix_is_never_one_without(body: str, letter: str) -> None:
    shown = codes.written(f"SMG{letter}", body)
    assert codes.parse(f"SMG{letter}", shown) == shown
    assert codes.parse("SMG", shown) is None


@given(st.text())
def test_any_text_can_be_tried(text: str) -> None:
    found = codes.parse("SMG", text)
    assert found is None or codes.parse("SMG", found) == found


def test_new_codes_are_valid_and_as_long_as_asked() -> None:
    for length in range(codes.SHORT, codes.LONGEST + 1):
        made = codes.new("SMG", length)
        assert codes.parse("SMG", made) == made
        assert len(made.replace("-", "")) == 3 + length
