"""What is no QRIS is refused, each mistake with its own reason, and nothing ever breaks."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.economy.qris.model import Qris, Template, Tip, TipKind, decode, encode
from services.kit.errors import DomainError, Kind
from tests.economy.qris.payloads import DYNAMIC, VALID, put, sealed

BODY = DYNAMIC[:-8]
ASTRAPAY = VALID[1]
"""A sample with a fixed tip."""
LONG = [f"{tag}99{'x' * 99}" for tag in range(70, 75)]

MISTAKES = {
    "nothing": ("", "QRIS_TOO_SHORT", "00"),
    "a wrong checksum": (DYNAMIC[:-4] + "0000", "QRIS_CRC_WRONG", "63"),
    "a checksum in small letters": (DYNAMIC[:-4] + DYNAMIC[-4:].lower(), "QRIS_CRC_WRONG", "63"),
    "a character changed on the way": (DYNAMIC.replace("PASAR", "PASAT"), "QRIS_CRC_WRONG", "63"),
    "cut off within a value": (DYNAMIC[:100], "QRIS_TOO_SHORT", "51"),
    "cut off within a length": (DYNAMIC[:15], "QRIS_TOO_SHORT", "26"),
    "cut off between two fields": (BODY, "QRIS_FIELD_MISSING", "63"),
    "cut off within the checksum": (DYNAMIC[:-2], "QRIS_TOO_SHORT", "63"),
    "a field twice": (sealed(BODY + "5802ID"), "QRIS_TAG_REPEATED", "58"),
    "a field within a field twice": (put(DYNAMIC, "62", "0501A0501B"), "QRIS_TAG_REPEATED", "62.05"),
    "a length that is no number": (sealed(BODY.replace("5802ID", "58xxID")), "QRIS_LENGTH_WRONG", "58"),
    "a length of zero": (sealed(BODY.replace("5802ID", "5800")), "QRIS_LENGTH_WRONG", "58"),
    "a length inside that does not fit": (put(DYNAMIC, "62", "0509TSMG"), "QRIS_LENGTH_WRONG", "62.05"),
    "half a field inside": (put(DYNAMIC, "62", "0504TSMG07"), "QRIS_LENGTH_WRONG", "62"),
    "a tag that is no number": (sealed(BODY.replace("5802ID", "5A02ID")), "QRIS_TAG_WRONG", "5A"),
    "a tag inside that is no number": (put(DYNAMIC, "62", "X504TSMG"), "QRIS_TAG_WRONG", "62"),
    "not the format": (put(DYNAMIC, "00", "02"), "QRIS_FIELD_INVALID", "00"),
    "the format not first": (sealed(BODY[6:] + "000201"), "QRIS_FIELD_MISSING", "00"),
    "an address": ("https://semarangkota.go.id/bayar", "QRIS_TAG_WRONG", "ht"),
    "the checksum not last": (DYNAMIC + "8005TEST1", "QRIS_FIELD_INVALID", "63"),
    "a checksum of three digits": (BODY + "6303123", "QRIS_LENGTH_WRONG", "63"),
    "no currency": (put(DYNAMIC, "53", None), "QRIS_FIELD_MISSING", "53"),
    "no name": (put(DYNAMIC, "59", None), "QRIS_FIELD_MISSING", "59"),
    "no city": (put(DYNAMIC, "60", None), "QRIS_FIELD_MISSING", "60"),
    "no country": (put(DYNAMIC, "58", None), "QRIS_FIELD_MISSING", "58"),
    "no category": (put(DYNAMIC, "52", None), "QRIS_FIELD_MISSING", "52"),
    "no sign of static or dynamic": (put(DYNAMIC, "01", None), "QRIS_FIELD_MISSING", "01"),
    "no account": (put(put(DYNAMIC, "26", None), "51", None), "QRIS_FIELD_MISSING", "26"),
    "an account of nobody": (put(DYNAMIC, "26", "0118936000000000000001"), "QRIS_FIELD_MISSING", "26.00"),
    "neither static nor dynamic": (put(DYNAMIC, "01", "13"), "QRIS_FIELD_INVALID", "01"),
    "an amount of zero": (put(DYNAMIC, "54", "0"), "QRIS_AMOUNT_INVALID", "54"),
    "an amount below zero": (put(DYNAMIC, "54", "-4000"), "QRIS_AMOUNT_INVALID", "54"),
    "an amount with a comma": (put(DYNAMIC, "54", "4000,00"), "QRIS_AMOUNT_INVALID", "54"),
    "an amount with three decimals": (put(DYNAMIC, "54", "4.000"), "QRIS_AMOUNT_INVALID", "54"),
    "an amount with zeros in front": (put(DYNAMIC, "54", "04000"), "QRIS_AMOUNT_INVALID", "54"),
    "an amount with nothing behind its point": (put(DYNAMIC, "54", "4000."), "QRIS_AMOUNT_INVALID", "54"),
    "an amount in other digits": (put(DYNAMIC, "54", "٤٠٠٠"), "QRIS_AMOUNT_INVALID", "54"),
    "too large an amount": (put(DYNAMIC, "54", "1" * 14), "QRIS_AMOUNT_INVALID", "54"),
    "an unknown currency": (put(DYNAMIC, "53", "999"), "QRIS_CURRENCY_UNKNOWN", "53"),
    "a currency in letters": (put(DYNAMIC, "53", "IDR"), "QRIS_CURRENCY_UNKNOWN", "53"),
    "too long a name": (put(DYNAMIC, "59", "N" * 26), "QRIS_FIELD_INVALID", "59"),
    "too long a city": (put(DYNAMIC, "60", "K" * 16), "QRIS_FIELD_INVALID", "60"),
    "too long a reference": (put(DYNAMIC, "62", f"0526{'R' * 26}"), "QRIS_FIELD_INVALID", "62.05"),
    "a PAN with letters": (put(DYNAMIC, "26", "0004BANK0104936X"), "QRIS_FIELD_INVALID", "26.01"),
    "a criterion of four letters": (put(DYNAMIC, "51", "0004QRIS0304UMKM"), "QRIS_FIELD_INVALID", "51.03"),
    "a category of letters": (put(DYNAMIC, "52", "FOOD"), "QRIS_FIELD_INVALID", "52"),
    "a tip of no kind": (put(ASTRAPAY, "55", "04"), "QRIS_FIELD_INVALID", "55"),
    "a tip without its value": (put(ASTRAPAY, "56", None), "QRIS_FIELD_MISSING", "56"),
    "a tip's value without a tip": (put(ASTRAPAY, "55", None), "QRIS_FIELD_INVALID", "56"),
    "a tip that is no amount": (put(ASTRAPAY, "56", "0"), "QRIS_AMOUNT_INVALID", "56"),
    "a tip of a hundred per cent": (sealed(BODY + "550203" + "5703100"), "QRIS_FIELD_INVALID", "57"),
    "a control character": (put(DYNAMIC, "59", "A\tB"), "QRIS_CHARACTER_WRONG", "00"),
    "half a character": (DYNAMIC + "\ud800", "QRIS_CHARACTER_WRONG", "00"),
    "more than fits into a code": (sealed(BODY + "".join(LONG)), "QRIS_TOO_LONG", "00"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_has_its_own_reason_and_says_how_to_mend(mistake: str) -> None:
    text, reason, field = MISTAKES[mistake]
    with pytest.raises(DomainError) as caught:
        decode(text)
    error = caught.value
    assert (error.kind, error.reason, error.metadata["field"]) == (Kind.INVALID, reason, field), error.message
    assert len(error.message) > 30
    assert error.message.endswith(".")


NOT_WRITABLE: dict[str, tuple[dict[str, Any], str]] = {
    "fractions of a cent": ({"amount": Decimal("1.005")}, "QRIS_AMOUNT_INVALID"),
    "no number": ({"amount": Decimal("NaN")}, "QRIS_AMOUNT_INVALID"),
    "less than nothing": ({"amount": Decimal(-1)}, "QRIS_AMOUNT_INVALID"),
    "a currency that has no number": ({"currency": "XXX"}, "QRIS_CURRENCY_UNKNOWN"),
    "no name": ({"name": ""}, "QRIS_FIELD_MISSING"),
    "no accounts": ({"accounts": {}}, "QRIS_FIELD_MISSING"),
    "an account where none can be": ({"others": {"27": "0004BANK"}}, "QRIS_FIELD_INVALID"),
    "a field of two places": ({"others": {"59": "A"}}, "QRIS_FIELD_INVALID"),
    "an empty field inside": ({"additional": Template((("05", ""),))}, "QRIS_LENGTH_WRONG"),
    "a field twice inside": ({"additional": Template((("05", "A"), ("05", "B")))}, "QRIS_TAG_REPEATED"),
    "more than a field holds": ({"additional": Template((("50", "A" * 96),))}, "QRIS_LENGTH_WRONG"),
    "half a character": ({"name": "\ud800"}, "QRIS_CHARACTER_WRONG"),
    "a fixed tip without a value": ({"tip": Tip(TipKind.FIXED)}, "QRIS_FIELD_MISSING"),
    "a value that is asked for": ({"tip": Tip(TipKind.ASKED, Decimal(1))}, "QRIS_FIELD_INVALID"),
}


@pytest.mark.parametrize("mistake", NOT_WRITABLE)
def test_what_could_not_be_read_again_is_not_written(mistake: str) -> None:
    change, reason = NOT_WRITABLE[mistake]
    with pytest.raises(DomainError) as caught:
        encode(replace(decode(DYNAMIC), **change))
    assert caught.value.reason == reason, caught.value.message


def _sealed(body: str) -> str:
    """The body with its checksum, or as it is when it cannot have one."""
    try:
        return sealed(body)
    except UnicodeEncodeError:
        return body


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=120), st.text("0123456789", max_size=120), st.text(max_size=60).map(_sealed)))
def test_any_text_is_read_or_refused_and_never_breaks_anything(text: str) -> None:
    _read_or_refused(text)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(VALID), st.integers(0, 300), st.characters(codec="utf-8"), st.booleans())
def test_a_damaged_sample_is_refused_or_read_and_written_back(payload: str, at: int, new: str, seal: bool) -> None:
    at %= len(payload) - 8
    damaged = payload[:at] + new + payload[at + 1 :]
    code = _read_or_refused(_sealed(damaged[:-8]) if seal else damaged)
    assert code is None or seal or damaged == payload


def _read_or_refused(text: str) -> Qris | None:
    try:
        code = decode(text)
    except DomainError:
        return None
    assert encode(code) == text.strip()
    return code
