"""Text of people: what is kept of it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.kit.rpc.text import clean, has_control, is_blank, piled, unreadable


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("  Sampah menumpuk \n", "Sampah menumpuk"),
        ("satu\r\ndua", "satu\ndua"),
        ("satu\n\tdua", "satu\n\tdua"),
        ("satu\rdua", "satudua"),
        ("sa\x00tu\x07\x1b[0m\x7f\x85", "satu[0m"),
        ("\x00 satu \x00", "satu"),
        ("sa\ufffetu\uffff", "satu"),
        ("", ""),
        (" \t\r\n ", ""),
        ("\u00a0satu\u3000", "satu"),
        ("keluarga 👨\u200d👩\u200d👧", "keluarga 👨\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u202a+62 24 123\u202c, \u2068RSUD\u2069", "+62 24 123, RSUD"),
        ("cafe\u0301", "cafe\u0301"),
        ("Puskes\u200bmas\u2060 Pon\u00adcol\u200e\ufeff", "Puskesmas Poncol"),
        ("Simpang\u200d Li\u200cma\u200d", "Simpang Lima"),
        ("satu\U000e0041\U000e0042", "satu"),
        ("👨\u200d\u200d👩 م\u200b\u200dی", "👨👩 م\u200dی"),
        ("🏃\u200d♂\ufe0f क्\u200dष", "🏃\u200d♂\ufe0f क्\u200dष"),
    ],
)
def test_text_is_trimmed_and_loses_its_control_characters(given_text: str, kept: str) -> None:
    assert clean(given_text) == kept


@pytest.mark.parametrize(
    "unseen",
    [
        "\u200b",
        "\u200b \u2060",
        "\ufeff",
        "\u00ad",
        "\u202e\u202c",
        "\u2028",
        "\u3164",
        "\u2800\u2800",
        "\ufe0f",
        "\x00\u200b\x00",
        "\u0301",
        "\u202e\u20e3 ",
    ],
    ids=ascii,
)
def test_text_of_nothing_but_invisible_characters_is_empty(unseen: str) -> None:
    assert clean(unseen * 20) == ""


@pytest.mark.parametrize("seen", [".", "-", "한", "✓", "👍🏽", "a\u3164", "\u28001"])
def test_text_with_anything_to_see_is_kept(seen: str) -> None:
    assert clean(seen) == seen
    assert not is_blank(seen)


@given(st.text())
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_nothing_is_left_that_a_database_or_a_page_cannot_hold(text: str) -> None:
    kept = clean(text)
    etree.Element("note").text = kept
    assert kept == kept.strip()
    assert not has_control(kept)
    assert all(each in "\n\t" or unicodedata.category(each) != "Cc" for each in kept)


@pytest.mark.parametrize(
    ("text", "has"),
    [("a\nb\tc", False), ("a\r\nb", False), ("a\x00b", True), ("a\x9f", True), ("a\uffff", True), ("\ufffea", True)],
)
def test_control_characters_are_known_but_for_line_ends_and_tabs(text: str, has: bool) -> None:
    assert has_control(text) is has


@pytest.mark.parametrize("turning", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"], ids=ascii)
def test_what_turns_the_direction_of_writing_is_named(turning: str) -> None:
    assert f"U+{ord(turning):04X}, which turns" in unreadable(f"Puskesmas {turning}nolagnaM")


def test_piles_of_marks_are_refused_and_what_languages_need_is_not() -> None:
    assert "4 marks" in piled("Puskesmas M" + "\u0310\u0343\u0301\u0302\u0300")
    assert "4 marks" in piled("M" + "\u0310\u0343\u200d\u0301\u0302\u0300")
    for needed in ("Ngũ Xá", "e\u0302\u0301", "שָׁלוֹם", "ที่นี่", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3", "plain"):
        assert piled(needed) == ""
